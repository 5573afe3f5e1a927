#include "http/server/acceptor.hpp"

#include <fcntl.h>

#include <boost/asio/ip/v6_only.hpp>

namespace closedpaw::http {

boost::system::error_code open_acceptor(
    tcp_acceptor& acceptor, const boost::asio::ip::tcp::endpoint& where) {
  namespace net = boost::asio;
  boost::system::error_code ec;
  acceptor.open(where.protocol(), ec);
  if (!ec)
    acceptor.set_option(net::socket_base::reuse_address{true}, ec);
  if (!ec && where.address().is_v6())
    acceptor.set_option(net::ip::v6_only{true}, ec);
  if (!ec)
    acceptor.bind(where, ec);
  if (!ec)
    acceptor.listen(net::socket_base::max_listen_connections, ec);
  if (!ec)
    fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  return ec;
}

}  // namespace closedpaw::http
