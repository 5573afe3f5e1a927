#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/security/peer_identity.hpp"
#include "http/server/exchange.hpp"
#include "http/server/server_counters.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/time.hpp"

namespace boost::asio {
class io_context;
}

namespace closedpaw::http {

/// PEM; the certificate with what leads to a root of the clients'.
struct tls_identity {
  std::string certificate_pem;
  secret_text key;
};

/// Where other machines may come in.
struct remote_options {
  /// Any IP address.
  std::string host;
  std::uint16_t port = 0;
  /// What they call this machine: names of the certificate. Any other Host is
  /// refused.
  std::vector<std::string> names;
  tls_identity identity;
  std::size_t max_connections = 128;
};

struct server_options {
  /// A loopback address or "localhost"; anything else is refused.
  std::string host = "127.0.0.1";
  /// 0 lets the kernel choose.
  std::uint16_t port = 0;
  /// Above it a connection is answered 503 and closed.
  std::size_t max_connections = 512;
  /// The last of them, at most half, which only health and approvals get.
  std::size_t reserved_connections = 16;
  std::size_t max_streams = 256;
  std::size_t max_body = std::size_t{1024} * 1024;
  std::size_t max_header = std::size_t{16} * 1024;
  /// Bytes that wait for one slow reader of a stream.
  std::size_t max_stream_backlog = std::size_t{1024} * 1024;
  /// From the first byte of a request to the end of its header block.
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  /// Between requests; also how long one write may stand still.
  std::chrono::milliseconds idle_timeout{75'000};
  /// How long a handler may take before the client gets 504. 30 s if empty.
  std::function<std::chrono::milliseconds(method, std::string_view path)>
      request_deadline{};
  /// Origins that are not foreign, beside our own.
  std::vector<std::string> allowed_origins{"http://localhost:3000",
                                           "http://127.0.0.1:3000"};
  /// Serve root's connections too; by default only if we are root.
  std::optional<bool> allow_root_peer{};
  /// Our own effective user by default.
  std::optional<uid_t> own_uid{};
  std::function<result<security::peer>(int connected_fd)> peer_lookup =
      security::lookup_peer;
  /// A request whose handler, or session, threw; it was answered 500 or its
  /// connection was closed; between requests the id is the last one's. On the
  /// event loop's thread.
  std::function<void(std::string_view request_id, std::string_view what)>
      on_fault = [](std::string_view, std::string_view) {};
  /// Every request that was answered, refused ones among them. On the event
  /// loop's thread; must not block and must not throw.
  std::function<void(const answered_request&)> on_answer{};
  /// Nobody from elsewhere without.
  std::optional<remote_options> remote{};
  wall_clock clock = system_now;
};

/// The HTTP listener with its sessions, on an io_context that one thread runs.
/// Each session looks up its peer before it reads, checks every request's form,
/// Host and Origin, and gives what passes to the handler. Those from other
/// machines come over TLS, and who they are is the handler's to find out.
class server {
 public:
  /// Binds and begins to accept once the io_context runs. Fails for an address
  /// that is not loopback or cannot be bound; the message says which.
  static result<std::unique_ptr<server>> open(boost::asio::io_context& io,
                                              server_options options,
                                              request_handler handler);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  /// Closes everything at once. The io_context must not be running any more,
  /// or `stop` must have called back.
  ~server();

  std::uint16_t port() const;
  /// 0 without options.remote.
  std::uint16_t remote_port() const;
  /// Another certificate and key, from the next connection on; the old ones
  /// stay on failure. On the event loop's thread.
  result<void> renew(const tls_identity& identity);

  /// Stops accepting, closes idle connections and ends streams, lets requests
  /// in flight finish, and closes what is left after `grace`. Returns at once;
  /// `stopped` is called from the io_context when no connection is left. Any
  /// thread; a second call may only shorten the grace.
  void stop(std::chrono::milliseconds grace,
            std::function<void()> stopped = {});

  /// Of those from elsewhere: after a token has ended. Any thread.
  void end_remote_streams() const;

  /// Any thread.
  server_counters counters() const;
  /// Requests that have no answer yet; counters().in_flight without the rest.
  std::uint64_t in_flight() const;

 private:
  class listener;
  explicit server(std::shared_ptr<listener> l);
  std::shared_ptr<listener> listener_;
};

}  // namespace closedpaw::http
