#pragma once

#include "actors/storage/store/store.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "messages/actors.hpp"

namespace closedpaw::storage {

/// Reads history. Detached: a page may have to come from the disk. `where` is
/// owned by main and outlives it.
store_reader_actor spawn_store_reader(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, const store* where);

}  // namespace closedpaw::storage
