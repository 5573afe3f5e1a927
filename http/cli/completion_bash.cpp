#include "http/cli/completion_model.hpp"

namespace closedpaw::cli {

namespace {

std::string action_of(const completion_value& value) {
  switch (value.kind) {
    case value_kind::choice:
      return "COMPREPLY=($(compgen -W '" + spaced(value.choices) +
             "' -- \"$cur\"))";
    case value_kind::file:
      return "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < "
             "<(compgen -f -- \"$cur\")";
    case value_kind::directory:
      return "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < "
             "<(compgen -d -- \"$cur\")";
    default:
      return "COMPREPLY=()";
  }
}

std::string alternatives(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : "|") + name;
  return text;
}

/// One arm of `case "$command"`.
std::string arm(const completion_command& command) {
  std::string values;
  std::string words;
  for (const auto& option : command.options) {
    words += (words.empty() ? "" : " ") + spaced(option.names);
    if (option.value.kind != value_kind::none)
      values += "        " + alternatives(option.names) + ") " +
                action_of(option.value) + "; return ;;\n";
  }
  std::string text = "    " + single_quoted(command.name) + ")\n";
  if (!values.empty())
    text += "      case \"$prev\" in\n" + values + "      esac\n";
  text +=
      "      if [[ $cur == -* ]]; then\n"
      "        COMPREPLY=($(compgen -W '" +
      words + "' -- \"$cur\"))\n";
  if (!command.positionals.empty())
    text +=
        "      else\n        " + action_of(command.positionals.front()) + "\n";
  return text + "      fi\n      ;;\n";
}

}  // namespace

std::string bash_script(const completion_command& root) {
  std::vector<std::string> names;
  names.reserve(root.commands.size());
  std::vector<std::string> top;
  for (const auto& command : root.commands)
    names.push_back(command.name);
  for (const auto& option : root.options)
    top.insert(top.end(), option.names.begin(), option.names.end());
  std::string text =
      "# bash completion for closedpaw\n"
      "_closedpaw() {\n"
      "  local cur prev command word\n"
      "  cur=${COMP_WORDS[COMP_CWORD]}\n"
      "  prev=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  # Bash makes a word of the sign in --option=value.\n"
      "  if [[ $cur == = ]]; then\n"
      "    cur=\n"
      "  elif [[ $prev == = ]] && (( COMP_CWORD > 1 )); then\n"
      "    prev=${COMP_WORDS[COMP_CWORD-2]}\n"
      "  fi\n"
      "  COMPREPLY=()\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$word\" in\n"
      "      " +
      alternatives(names) +
      ") command=$word; break ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$command\" in\n"
      "    '')\n"
      "      COMPREPLY=($(compgen -W '" +
      spaced(names) + " " + spaced(top) +
      "' -- \"$cur\"))\n"
      "      ;;\n";
  for (const auto& command : root.commands)
    text += arm(command);
  return text + "  esac\n}\ncomplete -F _closedpaw closedpaw\n";
}

}  // namespace closedpaw::cli
