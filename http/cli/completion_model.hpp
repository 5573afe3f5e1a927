#pragma once

#include <string>
#include <vector>

namespace closedpaw::cli {

/// What may follow an option, or stand in a place.
enum class value_kind { none, any, file, directory, choice };

struct completion_value {
  value_kind kind = value_kind::none;
  std::vector<std::string> choices;
};

struct completion_option {
  /// With their dashes: "-c", "--config".
  std::vector<std::string> names;
  std::string description;
  completion_value value;
  bool repeatable = false;
};

struct completion_command {
  std::string name;
  std::string description;
  std::vector<completion_option> options;
  std::vector<completion_value> positionals;
  std::vector<completion_command> commands;
};

/// The three ways of saying it; each a complete script for its shell.
std::string bash_script(const completion_command& root);
std::string zsh_script(const completion_command& root);
std::string fish_script(const completion_command& root);

/// 'text' for any of the three shells.
std::string single_quoted(const std::string& text);

/// "a b c".
std::string spaced(const std::vector<std::string>& words);

}  // namespace closedpaw::cli
