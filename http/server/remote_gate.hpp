#pragma once

#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "http/server/acceptor.hpp"
#include "http/server/listener.hpp"
#include "http/server/session.hpp"

namespace closedpaw::http {

/// Lets other machines in: accepts TLS (1.2 or later), and passes what is in it
/// on over a pair of sockets, so that a session is the same for all. On the
/// event loop's thread, but for the constructor. Internal to http/server.
class remote_gate : public std::enable_shared_from_this<remote_gate> {
 public:
  /// Gets our end of the pair and who is at the other end of the connection.
  using admit_function = std::function<void(tcp_socket, principal)>;

  remote_gate(boost::asio::io_context& io, std::shared_ptr<server_core> core,
              admit_function admit);

  /// bad_request for a certificate and key that do not go together, unavailable
  /// for an address that cannot be bound; the message says which.
  result<void> open(const remote_options& options);
  /// Other ones from the next connection on; the old ones stay on failure.
  result<void> renew(const tls_identity& identity);
  void start();
  /// No new connection, and nobody waits for the others any more.
  void close();
  /// Called once, now or when the last connection has got all of it.
  void when_empty(std::function<void()> callback);
  void close_all();

  std::uint16_t port() const { return port_; }

 private:
  using tcp = boost::asio::ip::tcp;
  class passage;

  static task<void> accept_all(std::shared_ptr<remote_gate> self);

  tcp_acceptor acceptor_;
  const std::shared_ptr<server_core> core_;
  admit_function admit_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::size_t max_connections_ = 0;
  std::set<passage*> open_;
  std::function<void()> on_empty_;
  std::uint16_t port_ = 0;
};

}  // namespace closedpaw::http
