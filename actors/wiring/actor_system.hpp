#pragma once

#include <caf/actor_system_config.hpp>

namespace closedpaw::wiring {

/// CAF's settings for us: bounded stays on a worker, and enough workers that
/// `spares` hung ones take no core away.
class actor_system_config : public caf::actor_system_config {
 public:
  /// `workers` 0 means one for every two processors.
  actor_system_config(std::size_t workers, std::size_t spares);
};

}  // namespace closedpaw::wiring
