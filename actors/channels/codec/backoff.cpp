#include "actors/channels/codec/backoff.hpp"

#include <algorithm>

namespace closedpaw::channels::codec {

milliseconds backoff::failed(const failure& why, double chance) {
  constexpr std::uint32_t most_doublings = 16;
  const auto doublings = std::min(failures_, most_doublings);
  ++failures_;
  auto wait = std::min(limits_.min * (1U << doublings), limits_.max);
  if (needs_a_person(why))
    wait = limits_.slow;
  const auto half = wait / 2;
  wait = half + milliseconds{static_cast<milliseconds::rep>(
                    chance * static_cast<double>(half.count()))};
  return std::max(wait, why.retry_after.value_or(milliseconds{0}));
}

}  // namespace closedpaw::channels::codec
