#include "actors/wiring/spare_workers.hpp"

#include <algorithm>
#include <caf/all.hpp>

namespace closedpaw::wiring {

spare_workers::spare_workers(caf::actor_system& system, std::size_t count)
    : system_{system}, count_{count} {
  for (std::size_t i = 0; i < count; ++i)
    occupy_one();
}

void spare_workers::occupy_one() {
  system_.spawn([this](caf::event_based_actor*) { gate_.acquire(); });
}

void spare_workers::stand_in(std::size_t wanted) {
  const std::lock_guard guard{mutex_};
  if (over_)
    return;
  for (wanted = std::min(wanted, count_); standing_in_ < wanted; ++standing_in_)
    gate_.release();
  for (; standing_in_ > wanted; --standing_in_)
    occupy_one();
}

void spare_workers::release_all() {
  const std::lock_guard guard{mutex_};
  over_ = true;
  gate_.release(static_cast<std::ptrdiff_t>(count_ - standing_in_));
}

}  // namespace closedpaw::wiring
