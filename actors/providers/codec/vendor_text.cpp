#include "actors/providers/codec/vendor_text.hpp"

#include "messages/model/json.hpp"

namespace closedpaw::providers::codec {

namespace {

/// The library drops what is not UTF-8 when it writes a string.
std::string valid_utf8(std::string_view text) {
  auto written = json(text).dump(-1, ' ', false, json::error_handler_t::ignore);
  return json::parse(written).get<std::string>();
}

/// Bytes of the code point that begins here; the text is valid UTF-8.
std::size_t length_at(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

bool is_control(std::string_view point) {
  auto at = [&](std::size_t i) { return static_cast<unsigned char>(point[i]); };
  if (point.size() == 1) {
    return at(0) <= 0x20 || at(0) == 0x7f;
  }
  if (point.size() == 2) {
    // U+0080..U+009F, U+061C
    return (at(0) == 0xc2 && at(1) < 0xa0) || (at(0) == 0xd8 && at(1) == 0x9c);
  }
  if (point.size() != 3 || at(0) != 0xe2) {
    return false;
  }
  // U+200E, U+200F, U+2028..U+202E, U+2066..U+2069
  return (at(1) == 0x80 && (at(2) == 0x8e || at(2) == 0x8f ||
                            (at(2) >= 0xa8 && at(2) <= 0xae))) ||
         (at(1) == 0x81 && at(2) >= 0xa6 && at(2) <= 0xa9);
}

}  // namespace

std::string clean_vendor_text(std::string_view text, std::size_t max_chars) {
  // A code point has four bytes at most; more is not needed to know the cut.
  auto source = valid_utf8(text.substr(0, 8 * max_chars + 8));
  std::string out;
  std::size_t chars = 0;
  bool gap = false;
  for (std::size_t i = 0; i < source.size();) {
    auto size = length_at(static_cast<unsigned char>(source[i]));
    auto point = std::string_view{source}.substr(i, size);
    i += size;
    if (is_control(point)) {
      gap = !out.empty();
      continue;
    }
    std::size_t needed = gap ? 2 : 1;
    if (chars + needed > max_chars) {
      return out + "…";
    }
    out.append(gap ? " " : "").append(point);
    chars += needed;
    gap = false;
  }
  return out;
}

}  // namespace closedpaw::providers::codec
