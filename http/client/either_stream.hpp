#pragma once

#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <utility>

#include "http/client/connection.hpp"

namespace closedpaw::http::client_detail {

/// A connection as Beast's AsyncStream (its concepts' documentation), whether
/// with TLS or without: what is built over it is compiled once. Belongs to the
/// io_context's thread.
class either_stream {
 public:
  using executor_type = client_detail::executor_type;

  explicit either_stream(std::shared_ptr<connection> c) : c_{std::move(c)} {}

  executor_type get_executor() { return c_->plain().get_executor(); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& into, Handler&& then) {
    with(
        [&](auto& s) { s.async_read_some(into, std::forward<Handler>(then)); });
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& what, Handler&& then) {
    with([&](auto& s) {
      s.async_write_some(what, std::forward<Handler>(then));
    });
  }

  friend void beast_close_socket(either_stream& s) { s.c_->close(); }

  /// How a WebSocket ends what carries it (RFC 6455 section 7.1.1).
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, either_stream& of,
                             Handler&& then) {
    using boost::beast::websocket::async_teardown;
    of.with(
        [&](auto& s) { async_teardown(role, s, std::forward<Handler>(then)); });
  }

 private:
  template <class Do>
  void with(const Do& what) {
    if (auto* tls = c_->secure())
      what(*tls);
    else
      what(c_->plain());
  }

  std::shared_ptr<connection> c_;
};

}  // namespace closedpaw::http::client_detail
