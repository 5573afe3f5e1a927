#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace closedpaw::providers::codec {

inline constexpr std::size_t max_vendor_chars = 300;

/// Foreign text made fit for a terminal, a page and a log line: valid UTF-8
/// without control characters (C0, C1, line separators, bidirectional
/// overrides; each run of them and of blanks becomes one space), at most
/// `max_chars` code points, the cut marked with "…".
std::string clean_vendor_text(std::string_view text,
                              std::size_t max_chars = max_vendor_chars);

}  // namespace closedpaw::providers::codec
