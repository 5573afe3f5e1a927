#include "actors/providers/policy/circuit_breaker.hpp"

#include <algorithm>

namespace closedpaw::providers {

std::optional<milliseconds> circuit_breaker::refuse(monotonic_time now) {
  if (!open_until_)
    return std::nullopt;
  if (now < *open_until_)
    return std::chrono::ceil<milliseconds>(*open_until_ - now);
  // The probe under way will tell; meanwhile the shortest wait is as good as
  // any.
  if (probing_)
    return std::min(limits_.open_min, milliseconds{1000});
  probing_ = true;
  return std::nullopt;
}

void circuit_breaker::succeeded() {
  failures_ = 0;
  openings_ = 0;
  open_until_.reset();
  probing_ = false;
}

void circuit_breaker::failed(monotonic_time now, double chance, bool was_probe,
                             std::optional<milliseconds> at_least) {
  ++failures_;
  const bool was_open = open_until_.has_value();
  // What was under way when it opened does not prolong it.
  if (was_open && !was_probe)
    return;
  probing_ = false;
  if (limits_.failures == 0 || (!was_open && failures_ < limits_.failures))
    return;
  const auto doublings = std::min<std::uint32_t>(openings_++, 20);
  auto wait = std::min(limits_.open_max, limits_.open_min * (1L << doublings));
  wait += milliseconds{
      static_cast<long>(static_cast<double>(wait.count()) * 0.1 * chance)};
  const auto asked = std::min(at_least.value_or(wait), limits_.open_max);
  open_until_ = now + std::max(wait, asked);
}

circuit_breaker::state circuit_breaker::now(monotonic_time t) const {
  if (!open_until_)
    return state::closed;
  return t < *open_until_ ? state::open : state::half_open;
}

std::string_view to_string(circuit_breaker::state x) {
  switch (x) {
    case circuit_breaker::state::closed:
      return "closed";
    case circuit_breaker::state::open:
      return "open";
    case circuit_breaker::state::half_open:
      return "half_open";
  }
  return "closed";
}

bool is_readers_fault(const failure& why) {
  return why.extra.is_object() && why.extra.value("phase", "") == "reader";
}

bool blames_upstream(const failure& why) {
  if (is_readers_fault(why))
    return false;
  switch (why.code) {
    case errc::unreachable:
    case errc::timeout:
    case errc::upstream_failed:
    case errc::upstream_malformed:
    case errc::too_many_requests:
      return true;
    default:
      return false;
  }
}

}  // namespace closedpaw::providers
