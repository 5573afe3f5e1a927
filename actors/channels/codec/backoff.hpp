#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "messages/model/channel.hpp"

namespace closedpaw::channels::codec {

using std::chrono::milliseconds;

struct backoff_limits {
  milliseconds min{250};
  /// A service that is back is to be found within five seconds.
  milliseconds max{4'000};
  /// Where only a person can help: a token that is refused, a webhook that is
  /// set.
  milliseconds slow{60'000};
};

/// Exponential backoff with jitter (AWS's "equal jitter": the upper half is
/// random). Pure.
class backoff {
 public:
  explicit backoff(backoff_limits limits = {}) : limits_{limits} {}

  void succeeded() { failures_ = 0; }
  /// How long to wait now. `chance` in [0, 1).
  milliseconds failed(const failure& why, double chance);
  std::uint32_t failures() const { return failures_; }

 private:
  backoff_limits limits_;
  std::uint32_t failures_ = 0;
};

}  // namespace closedpaw::channels::codec
