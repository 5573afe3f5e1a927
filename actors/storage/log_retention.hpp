#pragma once

#include <functional>

#include "actors/storage/retention.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"

namespace closedpaw::storage {

struct log_retention_args {
  const store* where = nullptr;
  supervision::slot_ptr<audit_logger_actor> logger;
  /// The limits as they are now; any thread.
  std::function<retention_limits()> limits;
  /// Up to which event a signed head was anchored; any thread.
  std::function<std::uint64_t()> anchored;
  std::chrono::milliseconds interval{60'000};
  wall_clock now = system_now;
};

/// Cuts what is too old, or too much, from the log's beginning: a part at a
/// time, each an audited commit of the logger's. The tree's nodes stay.
log_retention_actor spawn_log_retention(caf::scheduled_actor* parent,
                                        supervision::incarnation life,
                                        log_retention_args args);

}  // namespace closedpaw::storage
