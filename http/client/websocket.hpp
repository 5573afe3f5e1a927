#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/client/client.hpp"

namespace closedpaw::http {

struct websocket_request {
  /// Absolute ws or wss (RFC 6455 section 3).
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  /// connect, and first_byte for the server's handshake. `idle`: a ping is sent
  /// after half of it, and without any answer it ends then. total does not
  /// count.
  client_timeouts timeouts;
  /// A longer message ends it.
  std::size_t max_message_bytes = std::size_t{4} * 1024 * 1024;
  /// For refuse_address.
  bool allow_private_addresses = false;
};

/// How it ended: with the peer's close code (RFC 6455 section 7.4), or without
/// one because of a failure.
struct websocket_end {
  std::optional<std::uint16_t> code;
  std::string reason;
  failure why;
};

/// Called by the thread that runs the client's io_context; must neither block
/// nor throw. Nothing is called after `ended`, which always comes, once.
struct websocket_events {
  std::function<void()> opened;
  std::function<void(std::string text)> received;
  /// A ping or a pong came; may be null.
  std::function<void()> alive;
  std::function<void(websocket_end)> ended;
};

/// One connection; copies are the same one. All members from any thread, any
/// number of times; harmless once it ended.
class websocket {
 public:
  struct connection_state;

  websocket() = default;
  explicit websocket(std::shared_ptr<connection_state> state)
      : state_{std::move(state)} {}

  /// Sent in this order, once it is open. Ends it with errc::overloaded when
  /// too much waits.
  void send(std::string text) const;
  /// Says goodbye with that code; `ended` follows when the peer has answered.
  void close(std::uint16_t code) const;
  /// Ends it at once.
  void drop() const;

 private:
  std::shared_ptr<connection_state> state_;
};

}  // namespace closedpaw::http
