#include "http/cli/options.hpp"

#include "http/cli/build_app.hpp"

namespace closedpaw::cli {

namespace {

shell to_shell(std::string_view name) {
  if (name == "zsh")
    return shell::zsh;
  return name == "fish" ? shell::fish : shell::bash;
}

command chosen(const CLI::App& app, bindings& given) {
  if (app.got_subcommand("serve"))
    return std::move(given.serve);
  if (app.got_subcommand("backup"))
    return std::move(given.backup);
  if (app.got_subcommand("restore"))
    return std::move(given.restore);
  if (app.got_subcommand("audit"))
    return std::move(given.verify);
  if (app.got_subcommand("chat"))
    return std::move(given.chat);
  if (app.got_subcommand("alerts") &&
      app.get_subcommand("alerts")->got_subcommand("rules"))
    return std::move(given.rules);
  for (const auto& [name, what] :
       {std::pair{"status", operation_of_daemon::status},
        {"tree", operation_of_daemon::tree},
        {"alerts", operation_of_daemon::alerts}})
    if (app.got_subcommand(name)) {
      given.operate.what = what;
      return std::move(given.operate);
    }
  return completion_options{to_shell(given.shell_name)};
}

/// The innermost subcommand's help where one was named.
const CLI::App& asked_about(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : asked_about(*named.front());
}

}  // namespace

std::variant<command, early_exit> parse(int argc, const char* const* argv,
                                        std::string_view version) {
  bindings given;
  const auto app = build_app(given, version);
  // CLI11 reports by exceptions; they end here.
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return early_exit{0, asked_about(*app).help()};
  } catch (const CLI::CallForVersion& version_text) {
    return early_exit{0, std::string{version_text.what()} + "\n"};
  } catch (const CLI::Error& error) {
    std::string about = "closedpaw";
    if (&asked_about(*app) != app.get())
      about += " " + asked_about(*app).get_name();
    return early_exit{usage_error, "closedpaw: " + std::string{error.what()} +
                                       "\nSee " + about + " --help\n"};
  }
  return chosen(*app, given);
}

}  // namespace closedpaw::cli
