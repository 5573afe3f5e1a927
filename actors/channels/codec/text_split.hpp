#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace closedpaw::channels::codec {

/// Length in UTF-16 code units, by which Telegram and Discord count. Bytes that
/// are no UTF-8 count one each.
std::size_t utf16_length(std::string_view utf8);

/// Cuts a text into parts of at most `limit` UTF-16 units (at least 32): after
/// a line if possible, else after a space, else between two characters. A code
/// fence that a cut falls into is closed before it and opened again after it.
/// Nothing is left out but blank space at a cut; an empty text has no parts.
std::vector<std::string> split_text(std::string_view text, std::size_t limit);

}  // namespace closedpaw::channels::codec
