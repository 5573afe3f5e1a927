#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/model/error.hpp"

namespace boost::asio {
class io_context;
}

namespace closedpaw::http {

/// What may pass before a fetch ends with errc::timeout. Each names itself and
/// the address in its failure.
struct client_timeouts {
  /// Resolving, connecting and the TLS handshake, all addresses together.
  std::chrono::milliseconds connect{5'000};
  /// From the connection to the first byte of the answer; sending included.
  std::chrono::milliseconds first_byte{30'000};
  /// Between two pieces of the answer.
  std::chrono::milliseconds idle{30'000};
  /// The whole fetch, a retry included.
  std::chrono::milliseconds total{120'000};
};

/// Takes the body of an answer as it arrives. Used by the thread that runs the
/// client's io_context but where noted.
class body_sink {
 public:
  virtual ~body_sink() = default;
  /// False ends the fetch with errc::cancelled.
  virtual bool write(std::string_view bytes) = 0;
  /// Nothing that follows counts: the body gets a second to end, so that the
  /// connection can be used again.
  virtual bool is_enough() const { return false; }
  /// Not now: the client stops reading until `resume` is called (once, from any
  /// thread, possibly at once). Meanwhile only the total deadline counts, so
  /// the connection itself holds the upstream back.
  virtual bool wants_pause() = 0;
  virtual void when_ready(std::function<void()> resume) = 0;
};

struct client_request {
  std::string method = "GET";
  /// Absolute http or https; see url.hpp for what is refused.
  std::string url;
  /// Host, Connection, Content-Length and Transfer-Encoding are the client's.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  client_timeouts timeouts;
  /// A longer body is errc::upstream_malformed.
  std::size_t max_response_bytes = std::size_t{8} * 1024 * 1024;
  /// For refuse_address.
  bool allow_private_addresses = false;
  /// What tells whoever runs us goes out while the client is blocked, too.
  bool for_operator = false;
  /// Gets the body of a 2xx answer, whose own body then stays empty.
  std::shared_ptr<body_sink> sink{};
};

struct client_timing {
  /// Zero when a kept connection was used.
  std::chrono::microseconds connect{0};
  /// Since the start of the fetch.
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
};

/// Any complete answer, whatever its status; redirects are not followed.
struct client_response {
  unsigned status = 0;
  /// Names in lower case; repeated headers stay apart.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  client_timing timing;

  /// First value, or empty.
  std::string_view header_value(std::string_view lower_case_name) const;
};

struct client_options {
  std::size_t max_idle_per_origin = 4;
  std::size_t max_idle = 32;
  /// A kept connection is closed when it was not used for so long.
  std::chrono::milliseconds idle_expiry{30'000};
  /// PEM certificates that are trusted besides the system's: private CAs.
  std::string extra_ca_pem{};
  std::string user_agent = "closedpaw";
  /// Asked, by the thread that runs the io_context, for each address after
  /// resolving and before connecting; a reason given refuses it
  /// (errc::forbidden). Keeps fetches away from our own listener, whatever name
  /// leads there.
  std::function<std::optional<std::string>(
      std::string_view ip, std::uint16_t port, bool allow_private)>
      refuse_address{};
};

struct client_stats {
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  /// Connections opened, and requests that went over a kept one.
  std::uint64_t connects = 0;
  std::uint64_t reuses = 0;
  std::uint64_t retries = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t idle_connections = 0;
};

/// Ends one fetch. Copyable; outlives the client harmlessly.
class cancel_handle {
 public:
  cancel_handle() = default;
  explicit cancel_handle(std::function<void()> cancel)
      : cancel_{std::move(cancel)} {}

  /// From any thread, any number of times. The connection is closed and the
  /// callback gets errc::cancelled, unless the fetch had already ended.
  void cancel() const {
    if (cancel_) {
      cancel_();
    }
  }

 private:
  std::function<void()> cancel_;
};

/// An asynchronous HTTP/1.1 client (RFC 9110, RFC 9112) with kept connections,
/// TLS 1.2 or newer with verified names, and a deadline for each phase.
///
/// The io_context must outlive the client; one thread at a time runs it.
/// Failures: bad_request (URL, method or header
/// unfit), forbidden (refuse_address), unreachable (resolve, connect, TLS,
/// reset), timeout, upstream_malformed (not HTTP, cut short, too long),
/// cancelled. Their text names the origin, never path, query or headers.
class websocket;
struct websocket_request;
struct websocket_events;

class client {
 public:
  using callback = std::function<void(result<client_response>)>;

  explicit client(boost::asio::io_context& context,
                  client_options options = {});
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  /// Cancels what is in flight (each callback is still called, later, on the
  /// context) and closes every connection.
  ~client();

  /// From any thread. `done` is called exactly once, on a thread that runs the
  /// client's context, never from within this call; it must neither block nor
  /// throw. It is dropped only when the context is destroyed before it ran.
  ///
  /// An idempotent request, or one of which nothing was sent, is tried once
  /// more on a new connection when a kept one turns out to be closed.
  cancel_handle fetch(client_request request, callback done);

  /// Opens a WebSocket (RFC 6455); see websocket.hpp. From any thread.
  websocket open(websocket_request request, websocket_events events);

  /// Ends what is under way, WebSockets included, and refuses whatever follows
  /// with errc::unavailable and this text, but for what is for the operator.
  /// From any thread.
  void block(std::string why);
  /// Ends that.
  void unblock();

  /// Closes the kept connections that carry no request. From any thread.
  void close_idle();

  /// From any thread.
  client_stats stats() const;

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace closedpaw::http
