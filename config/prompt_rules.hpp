#pragma once

#include <string_view>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/prompt_verdict.hpp"

namespace closedpaw::config {

/// The rules that are part of the program: config/prompt_rules.toml.
std::string_view builtin_prompt_rules();

/// Reads [[rules]] with id, category, weight, description and pattern, each of
/// them needed. bad_request names the line, or the rule, and what is wrong.
result<std::vector<prompt_rule>> parse_prompt_rules(std::string_view toml);

}  // namespace closedpaw::config
