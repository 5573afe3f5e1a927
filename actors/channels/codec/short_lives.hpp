#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "messages/model/error.hpp"

namespace closedpaw::channels::codec {

/// A breaker for connections that are made and end again at once: backoff alone
/// forgets a failure with each that opens. Pure.
class short_lives {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A connection that served since then has ended. Whether it had lived.
  bool ended(time_point served_since, time_point now);
  /// In a row.
  std::uint32_t count() const { return count_; }
  /// Says so, and asks for a slow next try, once there were `many`.
  void slow_down(failure& why, std::uint32_t many) const;

 private:
  std::uint32_t count_ = 0;
};

}  // namespace closedpaw::channels::codec
