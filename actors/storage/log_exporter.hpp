#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"

namespace closedpaw::storage {

/// The streams that an exporter writes, so that the next incarnation can end
/// those of one that hangs. Thread-safe.
class open_exports {
 public:
  void add(const std::shared_ptr<http::byte_stream>& x);
  /// Says so in a last line.
  void end_all();

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<http::byte_stream>> streams_;
};

struct log_exporter_args {
  supervision::slot_ptr<store_reader_actor> reader;
  /// How many events the log has; owned by main.
  const std::atomic<std::uint64_t>* log_size = nullptr;
  std::shared_ptr<open_exports> open = std::make_shared<open_exports>();
  wall_clock now = system_now;
};

/// Writes events to clients as lines of JSON (NDJSON), oldest first, page by
/// page and only as fast as each reads. A stream that cannot go on ends with a
/// line that has "detail" and "code" instead of an event.
log_exporter_actor spawn_log_exporter(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      log_exporter_args args);

}  // namespace closedpaw::storage
