#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace closedpaw::supervision {

using monotonic_time = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

/// Erlang's restart intensity with Akka's exponential backoff.
struct restart_limits {
  /// More restarts than this within the period exceed the budget.
  std::uint32_t intensity = 5;
  milliseconds period{60'000};
  /// The first restart is immediate; the second waits backoff_min, each
  /// further one twice as long, up to backoff_max.
  milliseconds backoff_min{200};
  milliseconds backoff_max{30'000};
  /// 0.2 spreads a delay over ±20 %.
  double jitter = 0.2;
  /// The backoff starts over when nothing happened for this long.
  milliseconds quiet_reset{60'000};
  /// The pace of attempts once the budget is exceeded.
  milliseconds slow_retry{60'000};
};

struct restart_decision {
  milliseconds delay{0};
  bool budget_exceeded = false;
};

/// Decides when a child that ended may be started again. Pure: time and chance
/// are arguments.
class restart_policy {
 public:
  explicit restart_policy(restart_limits limits = {}) : limits_{limits} {}

  /// The child ended at `now`; `chance` is uniform in [0, 1).
  restart_decision on_exit(monotonic_time now, double chance);

  /// Restarts within the period that ends now.
  std::uint32_t used(monotonic_time now) const;

  /// When to repeat a self-check that failed, counted from 0.
  milliseconds recheck_delay(std::uint32_t attempt, double chance) const;

  const restart_limits& limits() const { return limits_; }
  void set_limits(restart_limits limits) { limits_ = limits; }

 private:
  milliseconds jittered(milliseconds base, double chance) const;
  milliseconds backoff(std::uint32_t attempt, double chance) const;

  restart_limits limits_;
  std::deque<monotonic_time> exits_;
  std::uint32_t consecutive_ = 0;
};

}  // namespace closedpaw::supervision
