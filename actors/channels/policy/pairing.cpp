#include "actors/channels/policy/pairing.hpp"

#include <algorithm>

namespace closedpaw::channels {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool holds(const channel_pairing& x, timestamp now) {
  return now < x.expires;
}

}  // namespace

std::string pairing_code(const std::array<std::uint8_t, 5>& random) {
  std::uint64_t bits = 0;
  for (const auto byte : random)
    bits = bits << 8 | byte;
  std::string out(8, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, bits >>= 5)
    *at = alphabet[bits & 31];
  return out;
}

std::string normal_code(std::string_view typed) {
  std::string out;
  for (char c : typed) {
    if (c == ' ' || c == '-')
      continue;
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O')
      c = '0';
    if (c == 'I' || c == 'L')
      c = '1';
    out += c;
  }
  return out;
}

const channel_pairing* pairing_of(const channel_access& access,
                                  std::string_view sender, timestamp now) {
  for (const auto& [code, x] : access.pairings)
    if (x.sender == sender && holds(x, now))
      return &x;
  return nullptr;
}

std::optional<std::string> refuse_pairing(const channel_access& access,
                                          timestamp now) {
  const auto held = std::ranges::count_if(
      access.pairings, [now](const auto& x) { return holds(x.second, now); });
  if (static_cast<std::size_t>(held) < most_pairings)
    return std::nullopt;
  return std::to_string(held) +
         " strangers have a pairing code, which is the most at a time";
}

const channel_pairing* find_pairing(const channel_access& access,
                                    std::string_view code, timestamp now) {
  const auto it = access.pairings.find(std::string{code});
  return it != access.pairings.end() && holds(it->second, now) ? &it->second
                                                               : nullptr;
}

}  // namespace closedpaw::channels
