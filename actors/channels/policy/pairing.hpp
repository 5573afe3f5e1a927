#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model/channel.hpp"

namespace closedpaw::channels {

/// How long a code can be confirmed.
inline constexpr std::chrono::minutes pairing_lifetime{10};
/// Strangers at a time who have one.
inline constexpr std::size_t most_pairings = 16;

/// Eight letters and digits that are not mistaken for each other (Crockford's
/// base 32), from 40 random bits.
std::string pairing_code(const std::array<std::uint8_t, 5>& random);

/// As somebody typed it: letters of either case, O for 0, I and L for 1, dashes
/// and spaces between.
std::string normal_code(std::string_view typed);

/// The code that this stranger was shown and that still holds.
const channel_pairing* pairing_of(const channel_access& access,
                                  std::string_view sender, timestamp now);

/// Nothing, or why no further code can be given out.
std::optional<std::string> refuse_pairing(const channel_access& access,
                                          timestamp now);

/// Whom a code that still holds belongs to.
const channel_pairing* find_pairing(const channel_access& access,
                                    std::string_view code, timestamp now);

}  // namespace closedpaw::channels
