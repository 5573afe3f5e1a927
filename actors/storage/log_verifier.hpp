#pragma once

#include <functional>

#include "actors/storage/store/store.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "messages/actors.hpp"

namespace closedpaw::storage {

/// Recomputes the log while it is in use. Detached, and long in one handler.
/// `where` outlives it; `stopping` ends a run early, from its own thread.
log_verifier_actor spawn_log_verifier(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, const store* where,
                                      std::function<bool()> stopping);

}  // namespace closedpaw::storage
