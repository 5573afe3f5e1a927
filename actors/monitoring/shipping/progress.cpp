#include "actors/monitoring/shipping/progress.hpp"

#include <algorithm>
#include <utility>

namespace closedpaw::monitoring::shipping {

void progress::taken(std::uint64_t next) {
  next_ = std::max(next_, next);
  took_something_ = true;
  batch_ = std::min(most_events, batch_ * 2);
  delay_ = first_delay;
  not_before_ = {};
}

void progress::passed(std::uint64_t next) {
  next_ = std::max(next_, next);
}

void progress::failed(monotonic now,
                      std::optional<std::chrono::milliseconds> asked_for,
                      double chance) {
  // Up to a fifth more, so that shippers of many machines do not come at once.
  const auto jittered = std::chrono::duration_cast<std::chrono::milliseconds>(
      delay_ * (1 + chance / 5));
  not_before_ = now + std::max(asked_for.value_or(jittered), first_delay);
  delay_ = std::min(delay_ * 2, longest_delay);
  batch_ = std::max(1U, batch_ / 2);
}

progress::judgement progress::unfit(std::uint32_t events) {
  if (events > 1) {
    batch_ = events / 2;
    return judgement::fewer;
  }
  if (!std::exchange(took_something_, false))
    return judgement::not_them;
  ++next_;
  batch_ = 1;
  return judgement::left_out;
}

}  // namespace closedpaw::monitoring::shipping
