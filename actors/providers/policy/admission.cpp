#include "actors/providers/policy/admission.hpp"

namespace closedpaw::providers {

admission::admission(admission_limits limits, time_point now)
    : limits_{limits},
      rate_{static_cast<double>(limits.per_minute) / 60.0,
            static_cast<double>(limits.per_minute), now} {
  // nop
}

std::optional<milliseconds> admission::take(time_point now) {
  if (running_ >= limits_.concurrent)
    return milliseconds{0};
  if (limits_.per_minute > 0)
    if (auto wait = rate_.take(now))
      return std::max(*wait, milliseconds{1});
  ++running_;
  return std::nullopt;
}

}  // namespace closedpaw::providers
