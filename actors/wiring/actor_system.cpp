#include "actors/wiring/actor_system.hpp"

#include <caf/all.hpp>
#include <thread>

#include "messages/type_ids.hpp"

namespace closedpaw::wiring {

actor_system_config::actor_system_config(std::size_t workers,
                                         std::size_t spares) {
  add_message_types<caf::id_block::closedpaw>();
  // The other half is for the event loops, the log and the readers: on two
  // processors a second worker costs a wake-up for each message and brings
  // nothing.
  if (workers == 0)
    workers = std::max(1U, std::thread::hardware_concurrency() / 2);
  set("scheduler.max-threads", workers + spares);
  // Unlimited by default: one busy actor would keep its worker.
  set("scheduler.max-throughput", std::size_t{64});
  set("scheduler.policy", caf::atom("sharing"));
}

}  // namespace closedpaw::wiring
