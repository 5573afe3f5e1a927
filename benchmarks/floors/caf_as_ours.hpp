#pragma once

#include <algorithm>
#include <caf/actor_system_config.hpp>
#include <thread>

namespace closedpaw::benchmarks {

/// CAF's own scheduler with the daemon's settings. One thread for each
/// processor, and two at least, as an action is the work of two threads: alone
/// on one, nobody is ever woken.
struct caf_as_ours : caf::actor_system_config {
  caf_as_ours() {
    set("scheduler.max-throughput", std::size_t{64});
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads",
        std::size_t{std::max(2U, std::thread::hardware_concurrency())});
  }
};

}  // namespace closedpaw::benchmarks
