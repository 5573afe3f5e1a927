#include "http/cli/options.hpp"

#include "http/cli/build_app.hpp"

namespace closedpaw::cli {

namespace {

shell to_shell(std::string_view name) {
  if (name == "zsh")
    return shell::zsh;
  return name == "fish" ? shell::fish : shell::bash;
}

/// By the words of the command line: "actions approve".
std::optional<operation_of_daemon> asked_of_daemon(const CLI::App& app) {
  using enum operation_of_daemon;
  std::string words;
  for (const auto* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    words += (words.empty() ? "" : " ") + at->get_name();
  }
  static const std::map<std::string, operation_of_daemon> known{
      {"status", status},
      {"tree", tree},
      {"alerts", alerts},
      {"providers", providers},
      {"channels", channels},
      {"agents", agents},
      {"actions list", list_actions},
      {"actions show", show_action},
      {"actions approve", approve},
      {"actions reject", reject},
      {"audit query", query_audit},
      {"audit export", export_audit},
      {"audit tail", tail_audit},
      {"shippers", shippers},
      {"logs", logs},
      {"logs level", raise_level},
      {"paths", paths},
      {"drain", drain},
      {"panic", panic},
      {"resume", resume}};
  const auto it = known.find(words);
  return it == known.end() ? std::nullopt : std::optional{it->second};
}

command chosen(const CLI::App& app, bindings& given) {
  if (app.got_subcommand("serve"))
    return std::move(given.serve);
  if (app.got_subcommand("backup"))
    return std::move(given.backup);
  if (app.got_subcommand("restore"))
    return std::move(given.restore);
  if (app.got_subcommand("chat"))
    return std::move(given.chat);
  if (app.got_subcommand("alerts") &&
      app.get_subcommand("alerts")->got_subcommand("rules"))
    return std::move(given.rules);
  if (app.got_subcommand("vault"))
    return std::move(given.vault);
  if (app.got_subcommand("tokens"))
    return std::move(given.tokens);
  if (app.got_subcommand("doctor"))
    return std::move(given.doctor);
  if (const auto what = asked_of_daemon(app)) {
    given.operate.what = *what;
    return std::move(given.operate);
  }
  if (app.got_subcommand("audit"))
    return std::move(given.verify);
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
