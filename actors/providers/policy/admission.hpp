#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "actors/security/token_bucket.hpp"

namespace closedpaw::providers {

using std::chrono::milliseconds;

struct admission_limits {
  /// Chats at the vendor at a time, and those that may wait for a place.
  std::uint32_t concurrent = 32;
  std::uint32_t queued = 256;
  /// Chats begun per minute; 0 does not limit them.
  std::uint32_t per_minute = 0;
};

/// How many chats one provider is given, and when. The caller keeps the queue.
class admission {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  admission(admission_limits limits, time_point now);

  /// Whether one more would have to wait, and may not.
  bool is_full(std::size_t waiting) const {
    const bool waits = waiting > 0 || running_ >= limits_.concurrent;
    return waits && waiting >= limits_.queued;
  }
  /// Takes a place; nothing when one was free, else when to look again (zero:
  /// when one is given back).
  std::optional<milliseconds> take(time_point now);
  void give_back() { --running_; }
  std::uint32_t running() const { return running_; }

 private:
  admission_limits limits_;
  security::token_bucket rate_;
  std::uint32_t running_ = 0;
};

}  // namespace closedpaw::providers
