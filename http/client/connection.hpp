#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "http/client/job.hpp"

namespace closedpaw::http::client_detail {

struct io_result {
  boost::system::error_code error;
  std::size_t bytes = 0;
};

/// One TCP connection, with TLS over it or without. Hides which of the two, so
/// that the exchange is compiled once.
class connection {
 public:
  using tcp = boost::asio::ip::tcp;

  explicit connection(const executor_type& executor) : socket_{executor} {}

  task<boost::system::error_code> connect(const tcp::endpoint& to);
  /// Verifies the chain and that the certificate is `host`'s. Empty text when
  /// done, else the reason.
  task<std::string> handshake(boost::asio::ssl::context& tls,
                              const std::string& host);
  task<io_result> read_some(boost::asio::mutable_buffer into);
  task<io_result> write(std::array<boost::asio::const_buffer, 2> pieces);

  /// For whoever speaks something else over it: the TLS layer, or null.
  auto* secure() { return tls_ ? &*tls_ : nullptr; }
  auto& plain() { return socket_; }

  /// Between two exchanges: still open, and nothing came unasked.
  bool quiet();
  /// Ends whatever is under way.
  void close();

 private:
  using socket_type = boost::asio::basic_stream_socket<tcp, executor_type>;

  socket_type socket_;
  std::optional<boost::asio::ssl::stream<socket_type&>> tls_;
};

}  // namespace closedpaw::http::client_detail
