#include "actors/providers/policy/retry_policy.hpp"

#include <algorithm>

namespace closedpaw::providers {

namespace {

bool was_not_begun(const failure& why) {
  if (why.code == errc::too_many_requests)
    return true;
  if (why.code == errc::unreachable || why.code == errc::timeout)
    return why.extra.value("phase", "") == "connect";
  if (why.code != errc::upstream_failed)
    return false;
  const auto status = why.extra.value("upstream_status", 0);
  return status == 503 || status == 529;
}

}  // namespace

std::optional<milliseconds> retry_delay(const retry_limits& limits,
                                        const failure& why,
                                        std::uint32_t attempts, double chance,
                                        milliseconds left) {
  if (attempts > limits.retries || !why.extra.is_object() ||
      !was_not_begun(why))
    return std::nullopt;
  const auto doublings = std::min<std::uint32_t>(attempts - 1, 20);
  const auto base =
      std::min(limits.backoff_max, limits.backoff_min * (1L << doublings));
  auto wait = milliseconds{static_cast<long>(static_cast<double>(base.count()) *
                                             (0.5 + 0.5 * chance))};
  wait = std::max(wait, why.retry_after.value_or(milliseconds{0}));
  if (wait > limits.longest_wait || wait >= left)
    return std::nullopt;
  return wait;
}

}  // namespace closedpaw::providers
