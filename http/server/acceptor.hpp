#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace closedpaw::http {

using tcp_acceptor =
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                       boost::asio::io_context::executor_type>;

/// Binds and listens, for IPv6 with that only; no child process inherits it.
boost::system::error_code open_acceptor(
    tcp_acceptor& acceptor, const boost::asio::ip::tcp::endpoint& where);

}  // namespace closedpaw::http
