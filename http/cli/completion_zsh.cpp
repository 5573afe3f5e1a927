#include "http/cli/completion_model.hpp"

namespace closedpaw::cli {

namespace {

/// In _arguments' specifications these characters mean something.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\')
      safe += '\\';
    safe += c;
  }
  return safe;
}

std::string action_of(const completion_value& value) {
  switch (value.kind) {
    case value_kind::choice:
      return ":value:(" + spaced(value.choices) + ")";
    case value_kind::file:
      return ":path:_files";
    case value_kind::directory:
      return ":directory:_files -/";
    case value_kind::any:
      return ":value: ";
    default:
      return "";
  }
}

std::string specification(const completion_option& option) {
  const auto rest =
      "[" + escaped(option.description) + "]" + action_of(option.value);
  std::string text;
  for (const auto& name : option.names) {
    // Either name rules out both, unless it may be given again.
    const auto before =
        option.repeatable ? std::string{"*"} : "(" + spaced(option.names) + ")";
    const bool takes_equals =
        option.value.kind != value_kind::none && name.starts_with("--");
    text += " \\\n        " +
            single_quoted(before + name + (takes_equals ? "=" : "") + rest);
  }
  return text;
}

std::string arguments(const completion_command& command) {
  std::string text = "_arguments";
  for (const auto& option : command.options)
    text += specification(option);
  for (const auto& value : command.positionals)
    text += " \\\n        " + single_quoted("1" + action_of(value));
  return text;
}

}  // namespace

std::string zsh_script(const completion_command& root) {
  std::string text =
      "#compdef closedpaw\n"
      "_closedpaw() {\n"
      "  local curcontext=\"$curcontext\" state line\n"
      "  typeset -A opt_args\n"
      "  local -a commands=(\n";
  for (const auto& command : root.commands)
    text += "    " +
            single_quoted(command.name + ":" + escaped(command.description)) +
            "\n";
  std::string options;
  for (const auto& option : root.options)
    options += specification(option);
  text +=
      "  )\n"
      "  _arguments -C" +
      options +
      " \\\n        '1: :->command' '*::argument:->argument' && return\n"
      "  case $state in\n"
      "    command) _describe command commands ;;\n"
      "    argument)\n"
      "      case $line[1] in\n";
  for (const auto& command : root.commands)
    text +=
        "      " + command.name + ")\n        " + arguments(command) + " ;;\n";
  return text +
         "      esac ;;\n"
         "  esac\n"
         "}\n"
         "# Found in $fpath this file is the function; sourced it is "
         "not.\n"
         "if [[ $funcstack[1] == _closedpaw ]]; then\n"
         "  _closedpaw \"$@\"\n"
         "else\n"
         "  compdef _closedpaw closedpaw\n"
         "fi\n";
}

}  // namespace closedpaw::cli
