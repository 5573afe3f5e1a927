#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace closedpaw {

/// Lower-case hex.
std::string to_hex(std::string_view bytes);

/// Nothing where the text is not pairs of lower-case hex digits.
std::optional<std::string> bytes_from_hex(std::string_view text);

}  // namespace closedpaw
