#pragma once

#include <string_view>

#include "messages/model/json.hpp"

namespace closedpaw::config {

/// The value of `--set key=value`. Text needs no quotes, a list may be one bare
/// item; the rest is TOML. What is none of these stays text, for the setting
/// itself to refuse.
json parse_set_value(std::string_view text, bool is_text, bool is_list);

}  // namespace closedpaw::config
