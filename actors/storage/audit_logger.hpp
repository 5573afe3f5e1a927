#pragma once

#include <functional>
#include <future>

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
  /// Brings them there; the store's own when empty. Runs beside the actor, so
  /// that no commit waits for it, unless the policy is deferred.
  std::function<result<void>()> sync{};
  std::launch sync_policy = std::launch::async;
  /// Told of every write transaction; must not throw.
  std::function<void(const commit_report&)> committed{};
};

/// The one writer. Its handlers are the whole of each write transaction.
/// Detached: a commit waits for the disk; those of "async" do not, but run
/// beside the workers there (half as many actions a second again).
audit_logger_actor spawn_audit_logger(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, audit_logger_args args);

}  // namespace closedpaw::storage
