#include "http/egress/egress_proxy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <filesystem>
#include <set>
#include <vector>

#include "http/client/dial.hpp"
#include "http/egress/egress_rules.hpp"

namespace closedpaw::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using namespace client_detail;
using boost::system::error_code;
using local = net::local::stream_protocol;
using local_socket = net::basic_stream_socket<local, executor_type>;

namespace {

constexpr std::size_t longest_head = 8'192;
constexpr std::size_t passage_bytes = 16'384;

/// Hostile code does not keep us busy with accepting.
constexpr std::chrono::milliseconds between_accepts{5};
/// Lookups block each other.
constexpr int most_dialling = 4;

/// One of them, given back also where there is no memory for the rest.
class dialling_place {
 public:
  explicit dialling_place(int& taken) : taken_{taken} { ++taken_; }
  ~dialling_place() { --taken_; }
  dialling_place(const dialling_place&) = delete;
  dialling_place& operator=(const dialling_place&) = delete;

 private:
  int& taken_;
};

}  // namespace

/// Outlives the proxy for as long as a connection does.
class egress_proxy::core : public std::enable_shared_from_this<core> {
 public:
  core(net::io_context& io, egress_options given)
      : options{std::move(given)}, acceptor{io} {}

  result<void> listen();
  static task<void> accept_all(std::shared_ptr<core> self);
  void take(local_socket socket);
  void close();

  egress_options options;
  net::basic_socket_acceptor<local, executor_type> acceptor;
  std::set<passage*> open;
  int dialling = 0;
  std::atomic<std::uint64_t> connections = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<std::uint64_t> received = 0;
};

class egress_proxy::passage : public std::enable_shared_from_this<passage> {
 public:
  passage(std::shared_ptr<core> owner, local_socket socket)
      : core_{std::move(owner)},
        client_{std::move(socket)},
        timer_{client_.get_executor()} {
    core_->open.insert(this);
  }
  ~passage() { core_->open.erase(this); }
  passage(const passage&) = delete;
  passage& operator=(const passage&) = delete;

  static task<void> run(std::shared_ptr<passage> self) {
    try {
      const bool connected = co_await self->connect();
      if (connected) {
        net::co_spawn(self->client_.get_executor(), receive(self),
                      net::detached);
        co_await self->send();
        co_return;
      }
    } catch (const std::exception&) {
      // Out of memory, say: this connection ends.
    }
    self->close();
  }

  void close() {
    error_code ignored;
    timer_.cancel();
    client_.close(ignored);
    if (upstream_)
      upstream_->close();
  }

 private:
  task<bool> connect() {
    close_after(core_->options.head_timeout);
    beast::flat_buffer buffer{longest_head};
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.header_limit(longest_head);
    const auto [ec, n] = co_await beast::http::async_read_header(
        client_, buffer, parser, as_values);
    if (ec)
      co_return false;
    const auto& head = parser.get();
    const auto target = head.target();
    const auto to = destination_from({target.data(), target.size()});
    const bool fits = head.method() == beast::http::verb::connect && to;
    if (!fits) {
      core_->refused.fetch_add(1, std::memory_order_relaxed);
      const auto text = refusal_of(
          405,
          "only CONNECT host:port is served here; plain http:// is not, so use "
          "https://");
      co_await say(text);
      co_return false;
    }
    const auto bytes = buffer.data();
    early_.assign(static_cast<const char*>(bytes.data()), bytes.size());
    const bool through = co_await reach(*to);
    co_return through;
  }

  task<bool> reach(const destination& to) {
    auto why = refuse_destination(core_->options.allow, to);
    if (!why) {
      auto made = co_await dial_in_turn(to);
      if (made)
        upstream_ = std::move(*made);
      else
        why = std::move(made).error();
    }
    // Nobody waits any more.
    if (!client_.is_open())
      co_return false;
    core_->options.report({to, why});
    if (why) {
      core_->refused.fetch_add(1, std::memory_order_relaxed);
      const auto text = refusal_of(*why);
      co_await say(text);
      co_return false;
    }
    core_->connections.fetch_add(1, std::memory_order_relaxed);
    const std::string done = "HTTP/1.1 200 Connection Established\r\n\r\n";
    const bool told = co_await say(done);
    co_return told;
  }

  task<result<std::shared_ptr<connection>>> dial_in_turn(
      const destination& to) {
    close_after(3 * core_->options.connect_timeout);
    timer turn{client_.get_executor()};
    while (core_->dialling >= most_dialling && client_.is_open()) {
      turn.expires_after(between_accepts);
      co_await turn.async_wait(as_values);
    }
    if (!client_.is_open())
      co_return failure{errc::cancelled, "nobody waits any more", {}, {}};
    const dialling_place place{core_->dialling};
    auto made = co_await dial_to(to);
    co_return made;
  }

  task<result<std::shared_ptr<connection>>> dial_to(const destination& to) {
    const auto& o = core_->options;
    client_request q;
    q.method = "CONNECT";
    q.timeouts.connect = o.connect_timeout;
    // The connect timeout is the one that is told.
    q.timeouts.total = 2 * o.connect_timeout;
    q.allow_private_addresses = o.allow_private_addresses;
    client_options by;
    by.refuse_address =
        without_names_of_here(o.refuse_address, to, own_addresses());
    auto j = std::make_shared<job>(client_.get_executor(), std::move(q),
                                   url{false, to.host, to.port});
    j->start();
    const tls_setup none;
    auto made = co_await dial(*j, by, none);
    j->finish();
    co_return made;
  }

  // Nothing is made within an awaited expression: as in session_read.cpp.
  task<bool> say(const std::string& text) {
    const auto [ec, n] =
        co_await net::async_write(client_, net::buffer(text), as_values);
    co_return !ec;
  }

  /// What the sandbox says, to the outside.
  task<void> send() {
    auto& to = upstream_->plain();
    bool more = true;
    if (!early_.empty()) {
      const auto [ec, n] =
          co_await net::async_write(to, net::buffer(early_), as_values);
      core_->sent.fetch_add(n, std::memory_order_relaxed);
      more = !ec;
    }
    if (more)
      co_await pump(client_, to, core_->sent);
  }

  static task<void> receive(std::shared_ptr<passage> self) {
    co_await self->pump(self->upstream_->plain(), self->client_,
                        self->core_->received);
  }

  template <class From, class To>
  task<void> pump(From& from, To& to, std::atomic<std::uint64_t>& count) {
    std::vector<char> bytes(passage_bytes);
    bool more = true;
    while (more) {
      close_after(core_->options.idle_timeout);
      const auto [ended, n] =
          co_await from.async_read_some(net::buffer(bytes), as_values);
      if (ended)
        break;
      const auto [broken, written] = co_await net::async_write(
          to, net::buffer(bytes.data(), n), as_values);
      count.fetch_add(written, std::memory_order_relaxed);
      more = !broken;
    }
    error_code ignored;
    to.shutdown(net::socket_base::shutdown_send, ignored);
    // Who has said all may still listen, but not to nobody.
    if (++ended_ == 2 || !more)
      close();
  }

  void close_after(std::chrono::milliseconds patience) {
    timer_.expires_after(patience);
    timer_.async_wait([weak = weak_from_this()](const error_code& ec) {
      if (const auto self = weak.lock(); self && !ec)
        self->close();
    });
  }

  std::shared_ptr<core> core_;
  local_socket client_;
  std::shared_ptr<connection> upstream_;
  timer timer_;
  /// What came with the request's head.
  std::string early_;
  int ended_ = 0;
};

// A socket's path may have 107 bytes only; that of its directory's descriptor
// is short.
result<void> egress_proxy::core::listen() {
  const auto cannot = [&](const std::string& why) {
    return failure{errc::unavailable,
                   "the agent's way to the network cannot be made in " +
                       options.directory + ": " + why,
                   {},
                   {}};
  };
  error_code ec;
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error)
    return cannot(error.message());
  // Seen by another account, from within.
  if (::chmod(options.directory.c_str(), 0755) != 0)
    return cannot(std::generic_category().message(errno));
  const int fd =
      ::open(options.directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return cannot(std::generic_category().message(errno));
  const auto path =
      "/proc/self/fd/" + std::to_string(fd) + '/' + egress_socket_name;
  acceptor.open(local{}, ec);
  if (!ec)
    acceptor.bind(local::endpoint{path}, ec);
  if (!ec)
    acceptor.listen(net::socket_base::max_listen_connections, ec);
  if (!ec && ::chmod(path.c_str(), 0666) != 0)
    ec = {errno, boost::system::system_category()};
  ::close(fd);
  if (ec)
    return cannot(ec.message());
  ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  return {};
}

task<void> egress_proxy::core::accept_all(std::shared_ptr<core> self) {
  timer pause{self->acceptor.get_executor()};
  while (self->acceptor.is_open()) {
    auto [ec, socket] = co_await self->acceptor.async_accept(as_values);
    if (ec == net::error::operation_aborted || !self->acceptor.is_open())
      break;
    if (!ec)
      self->take(std::move(socket));
    pause.expires_after(ec ? 20 * between_accepts : between_accepts);
    co_await pause.async_wait(as_values);
  }
}

void egress_proxy::core::take(local_socket socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  try {
    if (open.size() >= options.max_connections) {
      refused.fetch_add(1, std::memory_order_relaxed);
      const auto text =
          refusal_of(503, "all " + std::to_string(options.max_connections) +
                              " connections that an agent may have are open");
      error_code ignored;
      socket.write_some(net::buffer(text), ignored);
      return;
    }
    auto made =
        std::make_shared<passage>(shared_from_this(), std::move(socket));
    net::co_spawn(acceptor.get_executor(), passage::run(std::move(made)),
                  net::detached);
  } catch (const std::exception&) {
    // Out of memory, say: this one ends, and the next may do better.
  }
}

void egress_proxy::core::close() {
  error_code ignored;
  acceptor.close(ignored);
  for (auto* one : open)
    one->close();
}

egress_proxy::egress_proxy(std::shared_ptr<core> x) : core_{std::move(x)} {}

result<std::unique_ptr<egress_proxy>> egress_proxy::open(
    net::io_context& io, egress_options options) {
  auto made = std::make_shared<core>(io, std::move(options));
  if (auto done = made->listen(); !done) {
    std::error_code ignored;
    std::filesystem::remove_all(made->options.directory, ignored);
    return done.error();
  }
  net::co_spawn(made->acceptor.get_executor(), core::accept_all(made),
                net::detached);
  return std::unique_ptr<egress_proxy>{new egress_proxy{std::move(made)}};
}

egress_proxy::~egress_proxy() {
  close();
}

void egress_proxy::close() {
  std::error_code ignored;
  std::filesystem::remove_all(core_->options.directory, ignored);
  net::post(core_->acceptor.get_executor(), [x = core_] { x->close(); });
}

egress_counters egress_proxy::counters() const {
  return {core_->connections.load(std::memory_order_relaxed),
          core_->refused.load(std::memory_order_relaxed),
          core_->sent.load(std::memory_order_relaxed),
          core_->received.load(std::memory_order_relaxed)};
}

}  // namespace closedpaw::http
