// The floor for proxied chats: a Beast proxy without routes, checks, limits,
// records or JSON, on one thread. Each connection has one of its own to the
// upstream, and every request and answer is read whole and passed on.
//
//   bare_proxy PORT    prints `listening on http://127.0.0.1:PORT`

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <iostream>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

template <class Message>
asio::awaitable<bool> pass_on(tcp::socket& from, beast::flat_buffer& buffer,
                              tcp::socket& to) {
  Message message;
  const auto [read, got] =
      co_await http::async_read(from, buffer, message, as_values);
  if (read)
    co_return false;
  const auto [written, put] =
      co_await http::async_write(to, message, as_values);
  co_return !written && message.keep_alive();
}

asio::awaitable<void> serve(tcp::socket client, tcp::endpoint upstream_at) {
  tcp::socket upstream{co_await asio::this_coro::executor};
  const auto [failed] = co_await upstream.async_connect(upstream_at, as_values);
  if (failed)
    co_return;
  upstream.set_option(tcp::no_delay{true});
  beast::flat_buffer asked;
  beast::flat_buffer answered;
  // GCC 12 turns `while (co_await …) {}` into unreachable code.
  bool more = true;
  while (more) {
    more = co_await pass_on<http::request<http::string_body>>(client, asked,
                                                              upstream);
    if (more)
      more = co_await pass_on<http::response<http::string_body>>(
          upstream, answered, client);
  }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor,
                                 tcp::endpoint upstream) {
  for (;;) {
    auto [failed, socket] = co_await acceptor.async_accept(as_values);
    if (failed)
      continue;
    socket.set_option(tcp::no_delay{true});
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), upstream),
                   asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc == 2 ? std::atoi(argv[1]) : 0;
  if (port <= 0 || port > 65535) {
    std::cerr << "usage: bare_proxy PORT (of an upstream on 127.0.0.1)\n";
    return 2;
  }
  asio::io_context context{1};
  const auto here = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor{context, {here, 0}};
  asio::co_spawn(
      context, accept_all(acceptor, {here, static_cast<unsigned short>(port)}),
      asio::detached);
  std::cout << "listening on http://127.0.0.1:"
            << acceptor.local_endpoint().port() << std::endl;
  context.run();
}
