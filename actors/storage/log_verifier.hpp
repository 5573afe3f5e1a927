#pragma once

#include "actors/storage/store/store.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "messages/actors.hpp"

namespace closedpaw::storage {

/// Recomputes the log while it is in use, a part in each handler. Whoever asks
/// meanwhile gets the same answer. `where` outlives it. Reads the disk:
/// detached.
log_verifier_actor spawn_log_verifier(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, const store* where);

}  // namespace closedpaw::storage
