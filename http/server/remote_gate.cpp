#include "http/server/remote_gate.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace closedpaw::http {

namespace net = boost::asio;
using error_code = boost::system::error_code;

namespace {

using steady_timer =
    net::basic_waitable_timer<std::chrono::steady_clock,
                              net::wait_traits<std::chrono::steady_clock>,
                              executor_type>;

constexpr std::chrono::seconds longest_handshake{10};
constexpr std::chrono::seconds longest_farewell{1};
constexpr std::chrono::milliseconds gate_pause{100};
constexpr std::size_t passage_bytes = 16'384;

failure bad_identity(const std::string& what, const error_code& ec) {
  return {
      errc::bad_request, "http.remote: " + what + ": " + ec.message(), {}, {}};
}

result<std::shared_ptr<net::ssl::context>> context_of(
    const tls_identity& identity) {
  auto out = std::make_shared<net::ssl::context>(net::ssl::context::tls_server);
  auto* native = out->native_handle();
  error_code ec;
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1)
    return failure{errc::internal, "OpenSSL does not accept TLS 1.2", {}, {}};
  // Nothing of what was said is to be read by whoever gets a ticket's key.
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                  SSL_OP_CLEANSE_PLAINTEXT);
  out->use_certificate_chain(net::buffer(identity.certificate_pem), ec);
  if (ec)
    return bad_identity("the certificate is no PEM that OpenSSL takes", ec);
  // Else OpenSSL asks for a key's passphrase at the terminal, if it has one.
  out->set_password_callback(
      [](std::size_t, net::ssl::context::password_purpose) {
        return std::string{};
      },
      ec);
  out->use_private_key(net::buffer(identity.key.reveal()),
                       net::ssl::context::pem, ec);
  if (ec || SSL_CTX_check_private_key(native) != 1)
    return failure{errc::bad_request,
                   "http.remote: the key is no PEM that OpenSSL takes (a "
                   "passphrase it must not have), or not that of the "
                   "certificate" +
                       (ec ? ": " + ec.message() : std::string{}),
                   {},
                   {}};
  return out;
}

/// Both ends of a local connection; in a process of too many descriptors none.
std::optional<std::array<tcp_socket, 2>> local_pair(
    const executor_type& executor) {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   fds.data()) != 0)
    return std::nullopt;
  // A session reads and writes, whatever kind of socket it has.
  std::array<tcp_socket, 2> out{
      tcp_socket{executor, net::ip::tcp::v4(), fds[0]},
      tcp_socket{executor, net::ip::tcp::v4(), fds[1]}};
  for (auto& s : out)
    // Of ours, too: else a session's direct write waits in the event loop for
    // whoever reads in it.
    s.non_blocking(true);
  return out;
}

}  // namespace

/// One connection from elsewhere: TLS on one side, a session on the other.
class remote_gate::passage
    : public std::enable_shared_from_this<remote_gate::passage> {
 public:
  passage(std::shared_ptr<remote_gate> gate, tcp_socket socket)
      : gate_{std::move(gate)},
        context_{gate_->tls_},
        tls_{std::move(socket), *context_},
        session_{tls_.get_executor()},
        timer_{tls_.get_executor()} {
    gate_->open_.insert(this);
  }
  ~passage() {
    gate_->open_.erase(this);
    if (gate_->open_.empty() && gate_->on_empty_)
      std::exchange(gate_->on_empty_, nullptr)();
  }
  passage(const passage&) = delete;
  passage& operator=(const passage&) = delete;

  static task<void> run(std::shared_ptr<passage> self) {
    try {
      const bool ready = co_await self->shake_hands();
      if (!ready || !self->begin())
        co_return;
      net::co_spawn(self->tls_.get_executor(), receive(self), net::detached);
      co_await self->send();
    } catch (const std::exception&) {
      // Out of memory, say: this connection ends.
    }
    self->close();
  }

  bool has_session() const { return session_.is_open(); }

  void close() {
    error_code ignored;
    timer_.cancel();
    tls_.next_layer().close(ignored);
    session_.close(ignored);
  }

 private:
  task<bool> shake_hands() {
    close_after(longest_handshake);
    auto [ec] =
        co_await tls_.async_handshake(net::ssl::stream_base::server, as_values);
    timer_.cancel();
    co_return !ec;
  }

  bool begin() {
    error_code ec;
    const auto peer = tls_.next_layer().remote_endpoint(ec);
    auto pair = local_pair(tls_.get_executor());
    if (ec || !pair || !gate_->acceptor_.is_open())
      return false;
    session_ = std::move((*pair)[0]);
    gate_->admit_(std::move((*pair)[1]),
                  {"remote", "ip:" + peer.address().to_string()});
    return true;
  }

  /// What the client says, to the session.
  static task<void> receive(std::shared_ptr<passage> self) {
    std::array<char, passage_bytes> bytes;
    bool more = true;
    while (more) {
      const auto [failed, n] =
          co_await self->tls_.async_read_some(net::buffer(bytes), as_values);
      if (failed)
        break;
      const auto [broken, written] = co_await net::async_write(
          self->session_, net::buffer(bytes.data(), n), as_values);
      OPENSSL_cleanse(bytes.data(), n);
      more = !broken;
    }
    error_code ignored;
    self->session_.shutdown(net::socket_base::shutdown_send, ignored);
  }

  /// What the session says, to the client, until it has said all.
  task<void> send() {
    std::array<char, passage_bytes> bytes;
    bool more = true;
    while (more) {
      const auto [ended, n] =
          co_await session_.async_read_some(net::buffer(bytes), as_values);
      if (ended)
        break;
      // Who does not read gives up the place.
      close_after(gate_->core_->options.idle_timeout);
      const auto [broken, written] = co_await net::async_write(
          tls_, net::buffer(bytes.data(), n), as_values);
      OPENSSL_cleanse(bytes.data(), n);
      timer_.cancel();
      if (broken)
        co_return;
    }
    close_after(longest_farewell);
    co_await tls_.async_shutdown(as_values);
  }

  void close_after(std::chrono::milliseconds patience) {
    timer_.expires_after(patience);
    timer_.async_wait([self = shared_from_this()](const error_code& ec) {
      if (!ec)
        self->close();
    });
  }

  std::shared_ptr<remote_gate> gate_;
  std::shared_ptr<net::ssl::context> context_;
  net::ssl::stream<tcp_socket> tls_;
  tcp_socket session_;
  steady_timer timer_;
};

remote_gate::remote_gate(net::io_context& io, std::shared_ptr<server_core> core,
                         admit_function admit)
    : acceptor_{io}, core_{std::move(core)}, admit_{std::move(admit)} {}

result<void> remote_gate::renew(const tls_identity& identity) {
  auto made = context_of(identity);
  if (!made)
    return made.error();
  tls_ = std::move(*made);
  return {};
}

result<void> remote_gate::open(const remote_options& options) {
  if (auto done = renew(options.identity); !done)
    return done;
  max_connections_ = options.max_connections;
  error_code ec;
  const auto address = net::ip::make_address(options.host, ec);
  if (ec)
    return failure{
        errc::bad_request,
        "http.remote.listen: '" + options.host + "' is not an IP address",
        {},
        {}};
  ec = open_acceptor(acceptor_, {address, options.port});
  if (!ec)
    port_ = acceptor_.local_endpoint(ec).port();
  if (ec)
    return failure{errc::unavailable,
                   "cannot listen on http.remote.listen " + options.host + ":" +
                       std::to_string(options.port) + ": " + ec.message(),
                   {},
                   {}};
  return {};
}

void remote_gate::start() {
  net::co_spawn(acceptor_.get_executor(), accept_all(shared_from_this()),
                net::detached);
}

void remote_gate::close() {
  error_code ignored;
  acceptor_.close(ignored);
  on_empty_ = nullptr;
  for (auto* one : open_)
    if (!one->has_session())
      one->close();
}

void remote_gate::when_empty(std::function<void()> callback) {
  if (open_.empty())
    callback();
  else
    on_empty_ = std::move(callback);
}

void remote_gate::close_all() {
  for (auto* one : open_)
    one->close();
}

task<void> remote_gate::accept_all(std::shared_ptr<remote_gate> self) {
  steady_timer pause{self->acceptor_.get_executor()};
  while (self->acceptor_.is_open()) {
    auto [ec, socket] = co_await self->acceptor_.async_accept(as_values);
    if (ec == net::error::operation_aborted || !self->acceptor_.is_open())
      break;
    if (ec) {
      self->core_->accept_errors_total.fetch_add(1, std::memory_order_relaxed);
      pause.expires_after(gate_pause);
      co_await pause.async_wait(as_values);
      continue;
    }
    // The machine's own users are not kept out by strangers.
    if (self->open_.size() >= self->max_connections_) {
      self->core_->count(refused_by::overload);
      continue;
    }
    fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    auto made = std::make_shared<passage>(self, std::move(socket));
    net::co_spawn(self->acceptor_.get_executor(), passage::run(made),
                  net::detached);
  }
}

}  // namespace closedpaw::http
