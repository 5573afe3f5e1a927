#include "actors/wiring/spare_workers.hpp"

#include <caf/all.hpp>

namespace closedpaw::wiring {

spare_workers::spare_workers(caf::actor_system& system, std::size_t count)
    : count_{count} {
  for (std::size_t i = 0; i < count; ++i)
    system.spawn([this](caf::event_based_actor*) { gate_.acquire(); });
}

// One that was released before finds nobody at the gate.
void spare_workers::release_all() {
  gate_.release(static_cast<std::ptrdiff_t>(count_));
}

}  // namespace closedpaw::wiring
