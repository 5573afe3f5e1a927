#pragma once

#include "actors/audit/signed_head.hpp"
#include "actors/storage/store/store.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "messages/actors.hpp"

namespace closedpaw::storage {

/// Reads history, and signs the log's head on request. Detached: a page may
/// have to come from the disk. Both are owned by main and outlive it.
store_reader_actor spawn_store_reader(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, const store* where,
                                      const audit::signing_key* key,
                                      wall_clock now);

}  // namespace closedpaw::storage
