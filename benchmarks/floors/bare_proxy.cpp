// The floor for proxied chats: a Beast proxy without routes, checks, limits or
// JSON, on one thread. Each connection has one of its own to the upstream, and
// every request and answer is read whole and passed on.
//
//   bare_proxy PORT [--records STORE DIRECTORY]
//
// PORT is the upstream's. With records, LMDB commits what the daemon does of a
// chat, before the request is passed on and before the answer is: STORE is a
// daemon's data directory at rest with chats in it, DIRECTORY is empty. Prints
// `listening on http://127.0.0.1:PORT`.

#include <CLI/CLI.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <iostream>
#include <optional>

#include "benchmarks/floors/stored_records.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using closedpaw::benchmarks::bare_lmdb;
using closedpaw::benchmarks::stored_records;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

template <class Message>
asio::awaitable<bool> pass_on(tcp::socket& from, beast::flat_buffer& buffer,
                              tcp::socket& to, bare_lmdb* store) {
  Message message;
  const auto [read, got] =
      co_await http::async_read(from, buffer, message, as_values);
  if (read)
    co_return false;
  if (store != nullptr)
    store->commit(1);
  const auto [written, put] =
      co_await http::async_write(to, message, as_values);
  co_return !written && message.keep_alive();
}

asio::awaitable<void> serve(tcp::socket client, tcp::endpoint upstream_at,
                            bare_lmdb* store) {
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
                                                              upstream, store);
    if (more)
      more = co_await pass_on<http::response<http::string_body>>(
          upstream, answered, client, store);
  }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor,
                                 tcp::endpoint upstream, bare_lmdb* store) {
  for (;;) {
    auto [failed, socket] = co_await acceptor.async_accept(as_values);
    if (failed)
      continue;
    socket.set_option(tcp::no_delay{true});
    asio::co_spawn(acceptor.get_executor(),
                   serve(std::move(socket), upstream, store), asio::detached);
  }
}

void run(unsigned short port, const std::vector<std::string>& records) {
  std::optional<stored_records> of_chats;
  std::optional<bare_lmdb> store;
  if (!records.empty()) {
    of_chats = stored_records::read(records[0]);
    store.emplace(records[1], *of_chats, false, 2);
  }
  asio::io_context context{1};
  const auto here = asio::ip::address_v4::loopback();
  tcp::acceptor acceptor{context, {here, 0}};
  asio::co_spawn(context,
                 accept_all(acceptor, {here, port}, store ? &*store : nullptr),
                 asio::detached);
  std::cout << "listening on http://127.0.0.1:"
            << acceptor.local_endpoint().port() << std::endl;
  context.run();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The floor for proxied chats"};
  unsigned short port = 0;
  std::vector<std::string> records;
  app.add_option("PORT", port)->required()->check(CLI::Range(1, 65535));
  app.add_option("--records", records)->expected(2);
  CLI11_PARSE(app, argc, argv);
  run(port, records);
}
