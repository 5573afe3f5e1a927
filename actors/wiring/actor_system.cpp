#include "actors/wiring/actor_system.hpp"

#include <caf/all.hpp>
#include <thread>

#include "actors/scheduling/scheduler.hpp"

namespace closedpaw::wiring {

scheduling::crew_options crew_options_of(std::size_t workers,
                                         std::size_t max_leaked) {
  if (workers == 0)
    workers = std::thread::hardware_concurrency();
  scheduling::crew_options out;
  // One alone could not take the lead from a handler that hangs.
  out.threads = std::max<std::size_t>(2, workers);
  // Where no hang is forgiven, a handler may still take long.
  out.spares = std::max<std::size_t>(1, max_leaked);
  return out;
}

actor_system_config::actor_system_config(scheduling::crew& threads) {
  module_factories.emplace_back([&threads](caf::actor_system& system) {
    return new scheduling::scheduler{system, threads};
  });
}

}  // namespace closedpaw::wiring
