#include "http/cli/completion.hpp"

#include <algorithm>

#include "http/cli/build_app.hpp"
#include "http/cli/completion_model.hpp"

namespace closedpaw::cli {

namespace {

/// The members of CLI::IsMember, which shows them as "{a,b}".
std::vector<std::string> choices_of(const std::string& type_name) {
  const auto open = type_name.find('{');
  const auto close = type_name.find('}', open);
  if (open == std::string::npos || close == std::string::npos)
    return {};
  return CLI::detail::split(type_name.substr(open + 1, close - open - 1), ',');
}

completion_value value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0)
    return {};
  const auto type = option.get_type_name();
  if (auto choices = choices_of(type); !choices.empty())
    return {value_kind::choice, std::move(choices)};
  if (type == "FILE" || type == "PATH")
    return {value_kind::file, {}};
  if (type == "DIR")
    return {value_kind::directory, {}};
  return {value_kind::any, {}};
}

completion_command model_of(const CLI::App& app) {
  completion_command model;
  model.name = app.get_name();
  model.description = app.get_description();
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) {
      model.positionals.push_back(value_of(*option));
      continue;
    }
    completion_option one;
    for (const auto& name : option->get_snames())
      one.names.push_back("-" + name);
    for (const auto& name : option->get_lnames())
      one.names.push_back("--" + name);
    one.description = option->get_description();
    one.value = value_of(*option);
    one.repeatable =
        option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    model.options.push_back(std::move(one));
  }
  for (const auto* sub : app.get_subcommands({}))
    model.commands.push_back(model_of(*sub));
  return model;
}

/// The scripts know one level of commands: of a group, the next word is one of
/// its commands, and what follows is of any of them.
void flatten(completion_command& group) {
  completion_value names{value_kind::choice, {}};
  for (auto& inner : group.commands) {
    names.choices.push_back(inner.name);
    for (auto& option : inner.options)
      if (std::ranges::none_of(group.options, [&](const auto& known) {
            return known.names == option.names;
          }))
        group.options.push_back(std::move(option));
  }
  group.positionals.push_back(std::move(names));
  if (!group.commands.empty() && !group.commands.front().positionals.empty())
    group.positionals.push_back(group.commands.front().positionals.front());
  group.commands.clear();
}

completion_command flat_model(const CLI::App& app) {
  auto model = model_of(app);
  for (auto& command : model.commands)
    if (!command.commands.empty())
      flatten(command);
  return model;
}

}  // namespace

std::string single_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text)
    quoted += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return quoted + "'";
}

std::string spaced(const std::vector<std::string>& words) {
  return CLI::detail::join(words, " ");
}

std::string completion_script(shell target) {
  bindings unused;
  const auto model = flat_model(*build_app(unused, "version"));
  switch (target) {
    case shell::zsh:
      return zsh_script(model);
    case shell::fish:
      return fish_script(model);
    case shell::bash:
      break;
  }
  return bash_script(model);
}

}  // namespace closedpaw::cli
