#include "http/routes/inert_text.hpp"

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <cstdint>
#include <cstdio>
#include <iterator>

namespace closedpaw::http {

namespace {

using utf8 = boost::locale::utf::utf_traits<char>;

struct span {
  std::uint32_t first;
  std::uint32_t last;
};

// C0 and C1, soft hyphen, bidirectional and invisible formatting characters
// (Unicode's Bidi_Control and Default_Ignorable_Code_Point, where they can
// hide or reorder text), line separators, tags.
constexpr std::array unsafe{
    span{0x00, 0x1f},     span{0x7f, 0x9f},      span{0xad, 0xad},
    span{0x61c, 0x61c},   span{0x180e, 0x180e},  span{0x200b, 0x200f},
    span{0x2028, 0x202e}, span{0x2060, 0x206f},  span{0xfeff, 0xfeff},
    span{0xfff9, 0xfffb}, span{0xe0000, 0xe007f}};

bool is_unsafe(std::uint32_t c) {
  return std::any_of(unsafe.begin(), unsafe.end(),
                     [c](span s) { return c >= s.first && c <= s.last; });
}

std::string escaped(std::uint32_t c) {
  std::array<char, 16> buffer;
  const int n =
      std::snprintf(buffer.data(), buffer.size(), "\\u{%04X}", unsigned{c});
  return {buffer.data(), static_cast<std::size_t>(n)};
}

// Calls `other` for what is not ASCII letters and digits or in `kept`.
template <class Other>
std::string replace(std::string_view text, std::string_view kept,
                    const Other& other) {
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                       (c >= 'A' && c <= 'Z');
    if (alnum || u >= 0x80 || kept.find(c) != std::string_view::npos)
      out += c;
    else
      out += other(c);
  }
  return out;
}

}  // namespace

std::string inert(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto* at = text.data();
  const auto* const end = at + text.size();
  while (at != end) {
    const auto c = utf8::decode(at, end);
    if (c == boost::locale::utf::illegal || c == boost::locale::utf::incomplete)
      out += "\xEF\xBF\xBD";
    else if (is_unsafe(c))
      out += escaped(c);
    else
      utf8::encode(c, std::back_inserter(out));
  }
  return out;
}

std::string inert_dot(std::string_view text) {
  constexpr std::string_view kept = " !#$%'()*+,-./:;=?@[]^_`{|}~";
  return replace(inert(text), kept, [](char c) -> std::string {
    switch (c) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      default:
        return std::string{'\\', c};
    }
  });
}

std::string inert_mermaid(std::string_view text) {
  return replace(inert(text), " -./:_", [](char c) {
    return "#" + std::to_string(static_cast<int>(c)) + ";";
  });
}

std::string inert_html(std::string_view text) {
  return replace(inert(text), " !#$%()*+,-./:;=?@[\\]^_{|}~", [](char c) {
    return "&#" + std::to_string(static_cast<int>(c)) + ";";
  });
}

std::size_t text_width(std::string_view utf8_text) {
  return static_cast<std::size_t>(std::count_if(
      utf8_text.begin(), utf8_text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace closedpaw::http
