#pragma once

#include "messages/model/skill.hpp"

namespace closedpaw::sandbox {

/// Reads manifest.json. bad_request names the member that is missing, unknown
/// or wrong. Pure.
result<skill_manifest> manifest_from(const json& text);

/// Checks a request's parameters against the operation's JSON Schema.
/// bad_request says what does not fit, or which operations there are. Pure.
result<void> check_request(const skill_manifest& skill,
                           const std::string& operation,
                           const json& parameters);

/// Whether it is a JSON Schema; else bad_request says why not.
result<void> check_schema(const json& schema);

}  // namespace closedpaw::sandbox
