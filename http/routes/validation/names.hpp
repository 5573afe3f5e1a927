#pragma once

#include <string>
#include <string_view>

#include "http/routes/validation/field_errors.hpp"

namespace closedpaw::http {

/// As in the configuration file, so that it can be a part of a path and of a
/// metric's label.
bool is_name(std::string_view text);

/// Adds an error about what is at `loc` unless it is one.
void check_name(const std::string& name, const json& loc, field_errors& errors);

}  // namespace closedpaw::http
