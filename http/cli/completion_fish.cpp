#include "http/cli/completion_model.hpp"

namespace closedpaw::cli {

namespace {

/// In fish a backslash escapes inside single quotes too.
std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\')
      safe += '\\';
    safe += c;
  }
  return safe + "'";
}

std::string value_flags(const completion_value& value) {
  switch (value.kind) {
    case value_kind::choice:
      return " -x -a " + quoted(spaced(value.choices));
    case value_kind::file:
      return " -r -F";
    case value_kind::directory:
      return " -x -a '(__fish_complete_directories)'";
    case value_kind::any:
      return " -x";
    default:
      return " -f";
  }
}

std::string line(const std::string& condition, const std::string& flags) {
  return "complete -c closedpaw -n " + quoted(condition) + flags + "\n";
}

std::string option_line(const std::string& condition,
                        const completion_option& option) {
  std::string names;
  for (const auto& name : option.names)
    names += name.starts_with("--") ? " -l " + name.substr(2)
                                    : " -s " + name.substr(1);
  return line(condition, names + value_flags(option.value) + " -d " +
                             quoted(option.description));
}

}  // namespace

std::string fish_script(const completion_command& root) {
  const std::string at_top = "__fish_use_subcommand";
  std::string text =
      "# fish completion for closedpaw\n"
      "complete -c closedpaw -f\n";
  for (const auto& option : root.options)
    text += option_line(at_top, option);
  for (const auto& command : root.commands) {
    text += line(at_top, " -f -a " + quoted(command.name) + " -d " +
                             quoted(command.description));
    const auto inside = "__fish_seen_subcommand_from " + command.name;
    for (const auto& option : command.options)
      text += option_line(inside, option);
    for (const auto& value : command.positionals)
      text += line(inside, value.kind == value_kind::choice
                               ? " -f -a " + quoted(spaced(value.choices))
                               : " -F");
  }
  return text;
}

}  // namespace closedpaw::cli
