#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace closedpaw::security {

/// A token bucket (RFC 2697's idea): `rate` tokens a second, at most `burst`
/// saved up. Pure; time is an argument.
class token_bucket {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  token_bucket(double rate, double burst, time_point now)
      : rate_{rate}, burst_{burst}, tokens_{burst}, at_{now} {}

  /// Takes one; nothing when there was one, else how long until there is.
  std::optional<std::chrono::milliseconds> take(time_point now);
  /// How many there were left after the last take.
  std::uint32_t whole() const { return static_cast<std::uint32_t>(tokens_); }

 private:
  double rate_;
  double burst_;
  double tokens_;
  time_point at_;
};

}  // namespace closedpaw::security
