#pragma once

#include <atomic>

#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"

namespace closedpaw::storage {

struct log_exporter_args {
  supervision::slot_ptr<store_reader_actor> reader;
  /// How many events the log has; owned by main.
  const std::atomic<std::uint64_t>* log_size = nullptr;
  wall_clock now = system_now;
};

/// Writes events to clients as lines of JSON (NDJSON), oldest first, page by
/// page and only as fast as each reads. A stream that cannot go on ends with a
/// line that has "detail" and "code" instead of an event.
log_exporter_actor spawn_log_exporter(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      log_exporter_args args);

}  // namespace closedpaw::storage
