#pragma once

#include <functional>

#include "actors/supervision/observed_actor.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::monitoring {

/// Looks twice a second at what the owners published, and publishes why the
/// system is degraded; then calls `looked`. `live` is owned by main and
/// outlives it.
health_actor spawn_health(caf::scheduled_actor* parent,
                          supervision::incarnation life, live_state* live,
                          std::function<void()> looked);

}  // namespace closedpaw::monitoring
