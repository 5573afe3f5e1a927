#pragma once

#include <caf/actor_system_config.hpp>

#include "actors/scheduling/crew.hpp"

namespace closedpaw::wiring {

/// The threads of a daemon; `workers` 0 means as many as there are processors.
scheduling::crew_options crew_options_of(std::size_t workers,
                                         std::size_t max_leaked);

/// CAF's settings for us: our message types, and actors that run on the crew,
/// which must outlive the actor system.
class actor_system_config : public caf::actor_system_config {
 public:
  explicit actor_system_config(scheduling::crew& threads);
};

}  // namespace closedpaw::wiring
