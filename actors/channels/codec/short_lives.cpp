#include "actors/channels/codec/short_lives.hpp"

#include <string>

namespace closedpaw::channels::codec {

namespace {

/// What ends sooner was none.
constexpr std::chrono::seconds short_life{60};
constexpr std::chrono::seconds slow{60};

}  // namespace

bool short_lives::ended(time_point served_since, time_point now) {
  const bool lived = now - served_since >= short_life;
  count_ = lived ? 0 : count_ + 1;
  return lived;
}

void short_lives::slow_down(failure& why, std::uint32_t many) const {
  if (count_ < many)
    return;
  why.message += "; this happened " + std::to_string(count_) +
                 " times in a row, so it is tried slowly";
  why.retry_after = slow;
}

}  // namespace closedpaw::channels::codec
