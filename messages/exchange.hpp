#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "http/server/exchange.hpp"
#include "messages/model/command.hpp"

namespace closedpaw {

/// One HTTP request on its way through the gateway. Process-local by nature:
/// it holds the session's reply slot. Only sessions and the gateway see it.
struct exchange {
  command what;
  command_context context;
  http::reply_slot reply;
  std::chrono::steady_clock::time_point deadline;
};

using exchange_ptr = std::shared_ptr<exchange>;

/// What arrived in one turn of the server's event loop: one message, and one
/// wake-up, for all of it.
using exchange_batch = std::shared_ptr<std::vector<exchange_ptr>>;

/// The last line of an export that cannot go on.
inline void say_exporter_stopped(http::byte_stream& to) {
  to.push(
      "{\"detail\":\"the exporter stopped; go on after the last sequence "
      "that you have (after=)\",\"code\":\"unavailable\"}\n");
  to.close();
}

/// A client that reads an export; process-local like the exchange. Whoever has
/// written all of it closes `to` and takes it out; else its end is said in a
/// last line, wherever the message got lost.
struct export_stream {
  export_stream() = default;
  export_stream(export_audit wanted, std::shared_ptr<http::byte_stream> stream,
                std::shared_ptr<void> seat)
      : what{std::move(wanted)},
        to{std::move(stream)},
        place{std::move(seat)} {}
  export_stream(export_stream&&) = default;
  export_stream& operator=(export_stream&&) = default;
  ~export_stream() {
    if (to)
      say_exporter_stopped(*to);
  }

  export_audit what;
  std::shared_ptr<http::byte_stream> to;
  /// Held for as long as it lasts: only so many may read at a time.
  std::shared_ptr<void> place;
};

using export_stream_ptr = std::shared_ptr<export_stream>;

}  // namespace closedpaw

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::export_stream_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::exchange_batch)
