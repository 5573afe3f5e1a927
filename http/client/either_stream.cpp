#include "http/client/either_stream.hpp"

#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace closedpaw::http::client_detail {

void either_stream::read(const buffers<boost::asio::mutable_buffer>& into,
                         on_moved then) {
  if (auto* tls = c_->secure())
    tls->async_read_some(into, std::move(then));
  else
    c_->plain().async_read_some(into, std::move(then));
}

void either_stream::write(const buffers<boost::asio::const_buffer>& what,
                          on_moved then) {
  if (auto* tls = c_->secure())
    tls->async_write_some(what, std::move(then));
  else
    c_->plain().async_write_some(what, std::move(then));
}

void either_stream::tear_down(boost::beast::role_type role, on_torn_down then) {
  using boost::beast::websocket::async_teardown;
  if (auto* tls = c_->secure())
    async_teardown(role, *tls, std::move(then));
  else
    async_teardown(role, c_->plain(), std::move(then));
}

}  // namespace closedpaw::http::client_detail
