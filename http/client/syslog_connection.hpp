#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/client/client.hpp"
#include "http/client/farewells.hpp"
#include "messages/model/syslog_target.hpp"

namespace boost::asio {
class io_context;
}

namespace closedpaw::http {

struct syslog_options {
  syslog_target target;
  /// PEM certificates that are trusted besides the system's.
  std::string extra_ca_pem{};
  /// As the client's, for UDP, TCP and TLS.
  std::function<std::optional<std::string>(
      std::string_view ip, std::uint16_t port, bool allow_private)>
      refuse_address{};
  bool allow_private_addresses = false;
  /// For all of a send: connecting, and until the peer's system has every byte.
  std::chrono::milliseconds timeout{10'000};
  /// What the program's end waits for, if anything; must outlive the
  /// connection.
  farewells* leaving = nullptr;
};

/// Writes syslog messages to one target, over a connection that is kept and
/// made anew after a failure. The io_context must outlive it; one thread at a
/// time runs it.
class syslog_connection {
 public:
  syslog_connection(boost::asio::io_context& context, syslog_options options);
  ~syslog_connection();
  syslog_connection(const syslog_connection&) = delete;
  syslog_connection& operator=(const syslog_connection&) = delete;

  /// From any thread; not again before `done` was called, which happens once,
  /// on the context's thread. Success: over TCP and TLS the peer's system has
  /// acknowledged every byte (syslog itself acknowledges nothing, RFC 5425,
  /// section 8.2); to a local socket, its owner's queue has them; over UDP they
  /// were sent and no refusal came back at once. Failures are the client's.
  cancel_handle send(std::vector<std::string> messages,
                     std::function<void(result<void>)> done);

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace closedpaw::http
