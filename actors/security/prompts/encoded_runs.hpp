#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace closedpaw::security::prompts {

/// What the parts of a text that look like base64 (RFC 4648, both alphabets,
/// also over lines), hex, or escapes of URLs, C and HTML decode to, where that
/// is readable text of eight bytes at least; and what that contains, twice. At
/// most `most`. Pure.
std::vector<std::string> decoded_runs(std::string_view text, std::size_t most);

/// The rot13 of lower-case text, where that looks like English. Pure.
std::optional<std::string> rot13_of(std::string_view plain);

}  // namespace closedpaw::security::prompts
