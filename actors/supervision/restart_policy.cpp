#include "actors/supervision/restart_policy.hpp"

#include <algorithm>

namespace closedpaw::supervision {

restart_decision restart_policy::on_exit(monotonic_time now, double chance) {
  if (!exits_.empty() && now - exits_.back() >= limits_.quiet_reset)
    consecutive_ = 0;
  while (!exits_.empty() && now - exits_.front() >= limits_.period)
    exits_.pop_front();
  exits_.push_back(now);
  // Everything older than the newest `intensity + 1` cannot change the answer.
  while (exits_.size() > limits_.intensity + 1U)
    exits_.pop_front();
  const auto attempt = consecutive_++;
  if (exits_.size() > limits_.intensity)
    return {jittered(limits_.slow_retry, chance), true};
  if (attempt == 0)
    return {milliseconds{0}, false};
  return {backoff(attempt - 1, chance), false};
}

std::uint32_t restart_policy::used(monotonic_time now) const {
  return static_cast<std::uint32_t>(
      std::count_if(exits_.begin(), exits_.end(),
                    [&](auto t) { return now - t < limits_.period; }));
}

milliseconds restart_policy::recheck_delay(std::uint32_t attempt,
                                           double chance) const {
  return backoff(attempt, chance);
}

milliseconds restart_policy::backoff(std::uint32_t attempt,
                                     double chance) const {
  // 2^30 times one millisecond is beyond any sensible maximum.
  const auto factor = std::int64_t{1} << std::min<std::uint32_t>(attempt, 30);
  const auto base =
      limits_.backoff_min.count() > limits_.backoff_max.count() / factor
          ? limits_.backoff_max
          : limits_.backoff_min * factor;
  return jittered(base, chance);
}

milliseconds restart_policy::jittered(milliseconds base, double chance) const {
  const double spread = 1.0 + limits_.jitter * (2.0 * chance - 1.0);
  return milliseconds{
      static_cast<std::int64_t>(static_cast<double>(base.count()) * spread)};
}

}  // namespace closedpaw::supervision
