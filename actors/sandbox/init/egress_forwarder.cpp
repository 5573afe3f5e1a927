#include "actors/sandbox/init/egress_forwarder.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace closedpaw::sandbox {

namespace net = boost::asio;
using boost::system::error_code;
using local = net::local::stream_protocol;
using net::ip::tcp;

namespace {

constexpr auto as_values = net::as_tuple(net::use_awaitable);

struct pair {
  tcp::socket program;
  local::socket proxy;
};

template <class From, class To>
net::awaitable<void> pump(std::shared_ptr<pair> both, From pair::*one,
                          To pair::*other) {
  auto& from = (*both).*one;
  auto& to = (*both).*other;
  std::vector<char> bytes(16'384);
  bool more = true;
  while (more) {
    const auto [ended, n] =
        co_await from.async_read_some(net::buffer(bytes), as_values);
    if (ended)
      break;
    const auto [broken, written] =
        co_await net::async_write(to, net::buffer(bytes.data(), n), as_values);
    more = !broken;
  }
  error_code ignored;
  to.shutdown(net::socket_base::shutdown_send, ignored);
  if (!more)
    from.close(ignored);
}

net::awaitable<void> accept_all(tcp::acceptor& from, std::string socket) {
  net::steady_timer pause{from.get_executor()};
  for (;;) {
    auto [ec, program] = co_await from.async_accept(as_values);
    if (ec) {
      // Too many are open.
      pause.expires_after(std::chrono::milliseconds{50});
      co_await pause.async_wait(as_values);
      continue;
    }
    const auto executor = from.get_executor();
    auto both = std::make_shared<pair>(
        pair{std::move(program), local::socket{executor}});
    // It is there, or the connection ends.
    both->proxy.connect(local::endpoint{socket}, ec);
    if (ec)
      continue;
    net::co_spawn(executor, pump(both, &pair::program, &pair::proxy),
                  net::detached);
    net::co_spawn(executor, pump(both, &pair::proxy, &pair::program),
                  net::detached);
  }
}

/// Of the program beside it, whose end its reader must see.
void let_go_of_streams() {
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; ++fd)
    dup2(nowhere, fd);
}

}  // namespace

void start_egress(const char* socket) {
  net::io_context io{1};
  // Listening before anybody runs who could connect.
  tcp::acceptor from{io, {net::ip::address_v4::loopback(), egress_port}, true};
  const auto parent = getpid();
  io.notify_fork(net::io_context::fork_prepare);
  const auto child = fork();
  if (child < 0)
    throw boost::system::system_error{errno, boost::system::system_category(),
                                      "fork"};
  if (child == 0) {
    io.notify_fork(net::io_context::fork_child);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(0);
    let_go_of_streams();
    net::co_spawn(io, accept_all(from, socket), net::detached);
    io.run();
    _exit(0);
  }
  io.notify_fork(net::io_context::fork_parent);
  const auto where = "http://127.0.0.1:" + std::to_string(egress_port);
  for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY",
                           "http_proxy", "ALL_PROXY", "all_proxy"})
    setenv(name, where.c_str(), 1);
  // What listens within is reached without help.
  for (const char* name : {"NO_PROXY", "no_proxy"})
    setenv(name, "localhost,127.0.0.1,::1", 1);
}

}  // namespace closedpaw::sandbox
