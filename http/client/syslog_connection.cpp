#include "http/client/syslog_connection.hpp"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <variant>

#include "http/client/dial.hpp"

namespace closedpaw::http {

namespace asio = boost::asio;
using namespace client_detail;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds acknowledgement_look{5};
constexpr std::chrono::minutes longest_resolved{1};
constexpr std::chrono::seconds longest_farewell{1};

template <class Protocol>
using socket_of = asio::basic_datagram_socket<Protocol, executor_type>;
using udp_socket = socket_of<asio::ip::udp>;
using unix_datagrams = socket_of<asio::local::datagram_protocol>;
using unix_stream =
    asio::basic_stream_socket<asio::local::stream_protocol, executor_type>;
using stream = std::shared_ptr<connection>;
using any_socket = std::variant<std::monostate, udp_socket, unix_datagrams,
                                unix_stream, stream>;

/// RFC 6587, 3.4.1, and RFC 5425, 4.3: the length before the message.
std::string counted(const std::vector<std::string>& messages) {
  std::string out;
  for (const auto& m : messages)
    out += std::to_string(m.size()) + ' ' + m;
  return out;
}

/// What a local stream's reader expects; there is no line's end in a message.
std::string lines(const std::vector<std::string>& messages) {
  std::string out;
  for (const auto& m : messages)
    out += m + '\n';
  return out;
}

error_code pending_error(int fd) {
  int value = 0;
  socklen_t size = sizeof(value);
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &size) != 0)
    value = errno;
  return {value, boost::system::system_category()};
}

/// The peer has said that it is going. What it said before that may still be
/// there to be read (TLS' tickets), so TCP's own state counts where there is
/// one.
bool is_closed(int fd) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
    return info.tcpi_state != TCP_ESTABLISHED;
  char byte = 0;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/// RFC 5425, 4.4: a connection is not closed without a close_notify.
task<void> take_leave(stream of) {
  timer patience{of->plain().get_executor(), longest_farewell};
  patience.async_wait([of](const error_code& ec) {
    if (!ec)
      of->close();
  });
  co_await of->secure()->async_shutdown(as_values);
  of->close();
}

void close_on_exec(int fd) {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

}  // namespace

/// Touched by the io_context's thread only.
struct syslog_connection::impl
    : std::enable_shared_from_this<syslog_connection::impl> {
  impl(asio::io_context& context, syslog_options given)
      : executor{context.get_executor()}, options{std::move(given)} {}

  std::shared_ptr<job> new_job() const;
  task<result<void>> perform(std::shared_ptr<job> j,
                             std::vector<std::string> messages);
  task<std::optional<failure>> open(job& j);
  task<std::optional<failure>> open_udp(job& j);
  std::optional<failure> open_local();
  task<error_code> write(job& j, const std::vector<std::string>& messages);
  task<error_code> acknowledged(job& j, int fd);
  template <class Socket>
  static task<error_code> write_datagrams(
      Socket& to, const std::vector<std::string>& messages);
  std::optional<failure> refused(const std::string& ip,
                                 std::uint16_t port) const;
  failure broken(const error_code& ec) const;
  failure named(failure f, const job& j) const;

  executor_type executor;
  syslog_options options;
  any_socket socket;
  steady::time_point opened{};
  std::optional<tls_setup> tls;
};

std::shared_ptr<job> syslog_connection::impl::new_job() const {
  client_request q;
  q.timeouts.connect = options.timeout;
  q.timeouts.total = options.timeout;
  q.allow_private_addresses = options.allow_private_addresses;
  url to;
  to.secure = options.target.over == syslog_transport::tls;
  to.host = options.target.host;
  to.port = options.target.port;
  return std::make_shared<job>(executor, std::move(q), std::move(to));
}

failure syslog_connection::impl::broken(const error_code& ec) const {
  const bool nobody = ec == asio::error::connection_refused ||
                      ec == boost::system::errc::no_such_file_or_directory;
  return {errc::unreachable,
          to_string(options.target) + ": " + ec.message() +
              (nobody ? "; does it listen there?" : ""),
          {},
          {}};
}

// What dials speaks of HTTP's addresses.
failure syslog_connection::impl::named(failure f, const job& j) const {
  const auto origin = j.target().origin();
  if (const auto at = f.message.find(origin); at != std::string::npos)
    f.message.replace(at, origin.size(), to_string(options.target));
  return f;
}

std::optional<failure> syslog_connection::impl::refused(
    const std::string& ip, std::uint16_t port) const {
  if (!options.refuse_address)
    return std::nullopt;
  const auto why =
      options.refuse_address(ip, port, options.allow_private_addresses);
  if (!why)
    return std::nullopt;
  return failure{
      errc::forbidden, to_string(options.target) + ": " + *why, {}, {}};
}

task<std::optional<failure>> syslog_connection::impl::open_udp(job& j) {
  j.arm(phase::connect);
  auto addresses = co_await resolve(j);
  if (!addresses)
    co_return named(addresses.error(), j);
  std::optional<failure> first;
  for (const auto& a : *addresses) {
    if (auto no = refused(a.address().to_string(), a.port())) {
      first = first ? first : no;
      continue;
    }
    udp_socket fresh{executor};
    const asio::ip::udp::endpoint to{a.address(), a.port()};
    error_code ec;
    fresh.open(to.protocol(), ec);
    if (!ec) {
      close_on_exec(fresh.native_handle());
      fresh.connect(to, ec);
    }
    if (!ec) {
      socket = std::move(fresh);
      opened = steady::now();
      co_return std::nullopt;
    }
    first = first ? *first : broken(ec);
  }
  co_return first;
}

std::optional<failure> syslog_connection::impl::open_local() {
  error_code ec;
  unix_datagrams datagrams{executor};
  datagrams.open(asio::local::datagram_protocol{}, ec);
  if (!ec) {
    close_on_exec(datagrams.native_handle());
    datagrams.connect({options.target.path}, ec);
  }
  if (!ec) {
    socket = std::move(datagrams);
    return std::nullopt;
  }
  if (ec != boost::system::errc::wrong_protocol_type)
    return broken(ec);
  unix_stream bytes{executor};
  bytes.open(asio::local::stream_protocol{}, ec);
  if (!ec) {
    close_on_exec(bytes.native_handle());
    // A queue that is full is a failure, not a reason to wait.
    bytes.non_blocking(true, ec);
    bytes.connect({options.target.path}, ec);
  }
  if (ec)
    return broken(ec);
  socket = std::move(bytes);
  return std::nullopt;
}

task<std::optional<failure>> syslog_connection::impl::open(job& j) {
  switch (options.target.over) {
    case syslog_transport::udp:
      co_return co_await open_udp(j);
    case syslog_transport::unix_socket:
      co_return open_local();
    case syslog_transport::tls:
      if (!tls)
        tls = make_tls_setup(options.extra_ca_pem, {});
      break;
    case syslog_transport::tcp:
      break;
  }
  static const tls_setup none;
  client_options dialling;
  dialling.refuse_address = options.refuse_address;
  auto made = co_await dial(j, dialling, tls ? *tls : none);
  if (!made)
    co_return named(made.error(), j);
  socket = *made;
  co_return std::nullopt;
}

template <class Socket>
task<error_code> syslog_connection::impl::write_datagrams(
    Socket& to, const std::vector<std::string>& messages) {
  for (const auto& m : messages) {
    auto [ec, n] = co_await to.async_send(asio::buffer(m), as_values);
    if (ec)
      co_return ec;
  }
  // Of UDP: nobody listened to what was sent before.
  co_return pending_error(to.native_handle());
}

// Until the peer's system has everything: what only lies in ours is lost with
// the connection.
task<error_code> syslog_connection::impl::acknowledged(job& j, int fd) {
  timer pause{executor};
  for (;;) {
    if (is_closed(fd))
      co_return error_code{asio::error::eof};
    if (auto ec = pending_error(fd))
      co_return ec;
    int unsent = 0;
    if (::ioctl(fd, SIOCOUTQ, &unsent) != 0)
      co_return error_code{errno, boost::system::system_category()};
    if (unsent == 0)
      co_return pending_error(fd);
    pause.expires_after(acknowledgement_look);
    co_await pause.async_wait(as_values);
    if (j.ended())
      co_return error_code{asio::error::timed_out};
  }
}

task<error_code> syslog_connection::impl::write(
    job& j, const std::vector<std::string>& messages) {
  if (auto* udp = std::get_if<udp_socket>(&socket))
    co_return co_await write_datagrams(*udp, messages);
  if (auto* local = std::get_if<unix_datagrams>(&socket))
    co_return co_await write_datagrams(*local, messages);
  const auto bytes = options.target.over == syslog_transport::unix_socket
                         ? lines(messages)
                         : counted(messages);
  if (auto* local = std::get_if<unix_stream>(&socket)) {
    auto [ec, n] =
        co_await asio::async_write(*local, asio::buffer(bytes), as_values);
    if (ec)
      co_return ec;
    co_return co_await acknowledged(j, local->native_handle());
  }
  const auto to = std::get<stream>(socket);
  const auto sent = co_await to->write({asio::buffer(bytes), {}});
  if (sent.error)
    co_return sent.error;
  co_return co_await acknowledged(j, to->plain().native_handle());
}

task<result<void>> syslog_connection::impl::perform(
    std::shared_ptr<job> j, std::vector<std::string> messages) {
  j->start();
  j->arm(phase::total);
  // Nobody tells a datagram's sender that the name leads elsewhere now.
  if (std::holds_alternative<udp_socket>(socket) &&
      steady::now() - opened >= longest_resolved)
    socket = std::monostate{};
  // A kept connection may have been closed meanwhile.
  if (const auto* kept = std::get_if<stream>(&socket);
      kept && is_closed((*kept)->plain().native_handle()))
    socket = std::monostate{};
  if (std::holds_alternative<std::monostate>(socket)) {
    if (auto why = co_await open(*j))
      co_return *why;
  }
  j->on_interrupt([self = shared_from_this()] {
    std::visit(
        [](auto& x) {
          error_code ignored;
          if constexpr (requires { x.close(ignored); })
            x.close(ignored);
          else if constexpr (requires { x->close(); })
            x->close();
        },
        self->socket);
  });
  const auto ec = co_await write(*j, messages);
  if (auto why = j->ended()) {
    socket = std::monostate{};
    // The job speaks of answers, which syslog does not have.
    if (why->code == errc::timeout)
      why->message = to_string(options.target) +
                     ": it has not taken all that was sent within " +
                     std::to_string(options.timeout.count()) +
                     " ms; it may be overloaded, or have stopped reading";
    co_return named(std::move(*why), *j);
  }
  if (ec) {
    socket = std::monostate{};
    co_return broken(ec);
  }
  co_return result<void>{};
}

syslog_connection::syslog_connection(asio::io_context& context,
                                     syslog_options options)
    : impl_{std::make_shared<impl>(context, std::move(options))} {}

// Sockets are closed where they are used.
syslog_connection::~syslog_connection() {
  auto under_way =
      impl_->options.leaving ? impl_->options.leaving->begin() : nullptr;
  asio::post(impl_->executor, [self = impl_, under_way = std::move(under_way)] {
    const auto last = std::exchange(self->socket, std::monostate{});
    const auto* to = std::get_if<stream>(&last);
    if (to && (*to)->secure() && (*to)->plain().is_open())
      asio::co_spawn(self->executor, take_leave(*to),
                     [under_way](const std::exception_ptr&) {});
  });
}

cancel_handle syslog_connection::send(std::vector<std::string> messages,
                                      std::function<void(result<void>)> done) {
  auto j = impl_->new_job();
  asio::post(impl_->executor, [self = impl_, j, messages = std::move(messages),
                               done = std::move(done)]() mutable {
    asio::co_spawn(
        self->executor, self->perform(j, std::move(messages)),
        [self, j, done = std::move(done)](const std::exception_ptr& thrown,
                                          const result<void>& outcome) {
          j->finish();
          if (thrown)
            done(failure{errc::internal,
                         to_string(self->options.target) +
                             ": sending failed in a way that is a defect",
                         {},
                         {}});
          else
            done(outcome);
        });
  });
  return cancel_handle{[weak = std::weak_ptr<job>{j}] {
    if (auto alive = weak.lock())
      asio::post(alive->executor(), [alive] { alive->cancel(); });
  }};
}

}  // namespace closedpaw::http
