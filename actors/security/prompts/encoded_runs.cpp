#include "actors/security/prompts/encoded_runs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>

namespace closedpaw::security::prompts {

namespace {

constexpr std::size_t shortest = 8;

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+' || c == '-')
    return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_readable(std::string_view text) {
  if (text.size() < shortest)
    return false;
  const auto good = std::ranges::count_if(text, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u >= 0x20 && u < 0x7F) || c == '\n';
  });
  // Some bytes may be of other scripts; noise has few letters and spaces.
  const auto letters = std::ranges::count_if(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ';
  });
  const auto n = static_cast<std::ptrdiff_t>(text.size());
  return good * 10 >= n * 9 && letters * 10 >= n * 7;
}

std::string from_base64(std::string_view run) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : run) {
    bits = bits << 6 | static_cast<std::uint32_t>(base64_digit(c));
    have += 6;
    if (have < 8)
      continue;
    have -= 8;
    out += static_cast<char>(bits >> have & 0xFF);
  }
  return out;
}

std::string from_hex(std::string_view run) {
  std::string out;
  for (std::size_t i = 0; i + 1 < run.size(); i += 2)
    out += static_cast<char>(hex_digit(run[i]) * 16 + hex_digit(run[i + 1]));
  return out;
}

/// Calls `use` with each longest run of at least `least` such characters.
template <class Is, class Use>
void for_runs(std::string_view text, std::size_t least, const Is& is,
              const Use& use) {
  for (std::size_t i = 0; i < text.size();) {
    auto end = i;
    while (end < text.size() && is(text[end]))
      ++end;
    if (end - i >= least)
      use(text.substr(i, end - i));
    i = std::max(end, i + 1);
  }
}

/// The digits of an escape that begins here: how long it is, and its value.
struct escape {
  std::size_t size = 0;
  char value = 0;
};

/// "%41" (RFC 3986), "\\x41" and "&#65;" or "&#x41;".
escape escape_at(std::string_view text) {
  const auto pair_at = [&](std::size_t i) {
    return i + 1 < text.size() && hex_digit(text[i]) >= 0 &&
           hex_digit(text[i + 1]) >= 0;
  };
  const auto pair = [&](std::size_t i) {
    return static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
  };
  if (text[0] == '%' && pair_at(1))
    return {3, pair(1)};
  if (text.starts_with("\\x") && pair_at(2))
    return {4, pair(2)};
  if (!text.starts_with("&#"))
    return {};
  const auto end = text.substr(0, 8).find(';');
  if (end == std::string_view::npos)
    return {};
  auto digits = text.substr(2, end - 2);
  const bool hex = digits.starts_with('x');
  if (hex)
    digits.remove_prefix(1);
  unsigned value = 0;
  const auto [stop, error] = std::from_chars(
      digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || stop != digits.data() + digits.size() ||
      value > 0x7F)
    return {};
  return {end + 1, static_cast<char>(value)};
}

/// The whole text with its escapes decoded, where it has some.
std::string from_escapes(std::string_view text) {
  std::string out;
  std::size_t escapes = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto x = escape_at(text.substr(i));
    out += x.size > 0 ? x.value : text[i];
    i += std::max<std::size_t>(1, x.size);
    escapes += x.size > 0 ? 1 : 0;
  }
  return escapes >= 3 ? out : std::string{};
}

/// Base64 is broken into lines; what stands before it may look like it.
void add_base64(std::string_view run, std::vector<std::string>& to) {
  std::string digits;
  std::ranges::copy_if(run, std::back_inserter(digits),
                       [](char c) { return base64_digit(c) >= 0; });
  for (std::size_t skip = 0; skip < 4 && skip < digits.size(); ++skip)
    if (auto x = from_base64(std::string_view{digits}.substr(skip));
        is_readable(x)) {
      to.push_back(std::move(x));
      return;
    }
}

void add_decoded(std::string_view text, std::vector<std::string>& to) {
  for_runs(
      text, 16,
      [](char c) { return base64_digit(c) >= 0 || c == '\n' || c == '\r'; },
      [&](std::string_view run) {
        if (run.size() % 2 == 0 && std::ranges::all_of(run, [](char c) {
              return hex_digit(c) >= 0;
            })) {
          if (auto x = from_hex(run); is_readable(x))
            to.push_back(std::move(x));
        } else {
          add_base64(run, to);
        }
      });
  if (auto x = from_escapes(text); is_readable(x))
    to.push_back(std::move(x));
}

/// Of the words, how many are among English's most frequent.
std::size_t frequent_words(std::string_view text) {
  constexpr std::array<std::string_view, 16> frequent{
      "the", "and", "you", "all", "your", "to",   "of",  "in",
      "is",  "it",  "for", "not", "that", "what", "are", "this"};
  std::size_t n = 0;
  for_runs(
      text, 2, [](char c) { return c >= 'a' && c <= 'z'; },
      [&](std::string_view word) {
        n += static_cast<std::size_t>(std::ranges::count(frequent, word));
      });
  return n;
}

}  // namespace

std::vector<std::string> decoded_runs(std::string_view text, std::size_t most) {
  std::vector<std::string> out;
  add_decoded(text, out);
  // What was encoded twice or thrice; each layer is smaller than the one around
  // it, but for escapes of nothing.
  std::size_t begin = 0;
  for (int layer = 0; layer < 2 && out.size() < most; ++layer) {
    const auto end = out.size();
    for (auto i = begin; i < end && out.size() < most; ++i) {
      const auto outer = out[i];
      add_decoded(outer, out);
    }
    begin = end;
  }
  if (out.size() > most)
    out.resize(most);
  return out;
}

std::optional<std::string> rot13_of(std::string_view plain) {
  if (plain.size() < shortest)
    return std::nullopt;
  std::string out{plain};
  for (auto& c : out)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>('a' + (c - 'a' + 13) % 26);
  if (frequent_words(out) < 3)
    return std::nullopt;
  return out;
}

}  // namespace closedpaw::security::prompts
