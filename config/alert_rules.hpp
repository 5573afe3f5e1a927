#pragma once

#include <string_view>
#include <vector>

#include "messages/model/alert.hpp"
#include "messages/model/error.hpp"

namespace closedpaw::config {

/// The rules that are part of the program: config/alert_rules.toml, which also
/// explains the form, and config/operation_rules.toml, security_rules.toml and
/// objective_rules.toml.
std::string_view builtin_alert_rules();

/// bad_request names the line, or the rule, and what is wrong.
result<std::vector<alert_rule>> parse_alert_rules(std::string_view toml);

}  // namespace closedpaw::config
