#pragma once

#include <functional>

#include "actors/storage/store/store.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::storage {

struct audit_logger_args {
  /// Owned by main; this actor alone uses its writer.
  store* where = nullptr;
  published<storage_view>* view = nullptr;
  durability mode = durability::sync;
  /// How often "async" commits are brought to the disk, and a store that
  /// refused is tried again.
  std::chrono::milliseconds sync_interval{1000};
};

/// The one writer. Detached: a commit blocks for as long as the disk's sync.
/// Its handlers are the whole of each write transaction.
audit_logger_actor spawn_audit_logger(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, audit_logger_args args);

}  // namespace closedpaw::storage
