#include "http/server/listener.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "http/server/acceptor.hpp"
#include "http/server/remote_gate.hpp"
#include "http/server/session.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw::http {

namespace net = boost::asio;
using error_code = boost::system::error_code;
using tcp = net::ip::tcp;

namespace {

/// Until file descriptors may be free again.
constexpr std::chrono::milliseconds accept_pause{100};

result<tcp::endpoint> to_endpoint(const server_options& options) {
  auto host = options.host == "localhost" ? "127.0.0.1" : options.host;
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  error_code ec;
  const auto address = net::ip::make_address(host, ec);
  if (ec)
    return failure{.code = errc::bad_request,
                   .message = "http.listen: '" + options.host +
                              "' is not an IP address; use 127.0.0.1, [::1] or "
                              "localhost"};
  if (!address.is_loopback())
    return failure{.code = errc::forbidden,
                   .message = "http.listen: " + options.host +
                              " is reachable from other machines, which needs "
                              "TLS and a token; use 127.0.0.1, [::1] or "
                              "localhost"};
  return tcp::endpoint{address, options.port};
}

/// A last word on a connection that gets no session.
void turn_away(tcp_socket socket, const server_core& core, const failure& why) {
  const auto id = to_string(make_uuid(core.options.clock()));
  auto answer = error_response(why);
  std::string text;
  append_head(text, answer,
              {.date = date_of(core.options.clock()),
               .request_id = id,
               .origin = {},
               .keep_alive = false,
               .length = answer.body->size()});
  text += *answer.body;
  error_code ec;
  socket.write_some(net::buffer(text), ec);
  socket.shutdown(tcp::socket::shutdown_send, ec);
  // Unread bytes would turn the close into a reset.
  std::array<char, 4096> unread;
  socket.read_some(net::buffer(unread), ec);
  socket.close(ec);
}

}  // namespace

/// The listening socket; keeps itself alive while it accepts.
class server::listener : public std::enable_shared_from_this<listener> {
 public:
  listener(net::io_context& io, std::shared_ptr<server_core> shared)
      : core{std::move(shared)},
        acceptor_{io},
        timer_{acceptor_.get_executor()} {}

  result<void> bind(const tcp::endpoint& where);
  result<void> open_gate(net::io_context& io);
  void start() {
    if (gate)
      gate->start();
    net::co_spawn(acceptor_.get_executor(), accept_all(shared_from_this()),
                  net::detached);
  }
  void stop(std::chrono::milliseconds grace, std::function<void()> stopped);
  /// The io_context must not be running.
  void abandon();

  const std::shared_ptr<server_core> core;
  std::shared_ptr<remote_gate> gate;

 private:
  using clock = std::chrono::steady_clock;

  static task<void> accept_all(std::shared_ptr<listener> self);
  void admit(tcp_socket socket);
  void begin(tcp_socket socket, principal who, bool local);
  void say_farewell(std::function<void()> stopped);
  void force_after(std::chrono::milliseconds grace);
  void close_all();

  tcp_acceptor acceptor_;
  net::basic_waitable_timer<clock, net::wait_traits<clock>, executor_type>
      timer_;
  clock::time_point force_at_ = clock::time_point::max();
};

result<void> server::listener::bind(const tcp::endpoint& where) {
  auto ec = open_acceptor(acceptor_, where);
  if (!ec)
    core->port = acceptor_.local_endpoint(ec).port();
  if (ec)
    return failure{.code = errc::unavailable,
                   .message = "cannot listen on " + core->options.host + ":" +
                              std::to_string(where.port()) + ": " +
                              ec.message() +
                              (ec == net::error::address_in_use
                                   ? "; stop the other daemon or choose "
                                     "another port with --listen"
                                   : "")};
  return {};
}

task<void> server::listener::accept_all(std::shared_ptr<listener> self) {
  while (self->acceptor_.is_open()) {
    auto [ec, socket] = co_await self->acceptor_.async_accept(as_values);
    if (ec == net::error::operation_aborted || !self->acceptor_.is_open())
      break;
    if (!ec) {
      self->admit(std::move(socket));
      continue;
    }
    self->core->accept_errors_total.fetch_add(1, std::memory_order_relaxed);
    // Out of descriptors: who says nothing makes room for who has something to
    // say, such as an operator.
    for (const auto& one : self->core->sessions())
      one->leave_if_idle();
    self->timer_.expires_after(accept_pause);
    co_await self->timer_.async_wait(as_values);
  }
}

void server::listener::admit(tcp_socket socket) {
  error_code ec;
  fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  socket.non_blocking(true, ec);
  socket.set_option(tcp::no_delay{true}, ec);
  core->accepted_total.fetch_add(1, std::memory_order_relaxed);
  const auto who = core->options.peer_lookup(socket.native_handle());
  if (!who) {
    core->count(refused_by::unknown_peer);
    return turn_away(std::move(socket), *core, who.error());
  }
  if (!security::peer_allowed(who->uid, core->own_uid, core->allow_root)) {
    core->count(refused_by::peer);
    return turn_away(std::move(socket), *core,
                     {.code = errc::forbidden,
                      .message = "user " + std::to_string(who->uid) +
                                 " may not use this daemon: it serves user " +
                                 std::to_string(core->own_uid) + " only"});
  }
  begin(std::move(socket), security::to_principal(*who), true);
}

void server::listener::begin(tcp_socket socket, principal who, bool local) {
  const auto& limits = core->options;
  const auto open = core->connections();
  if (open >= limits.max_connections) {
    core->count(refused_by::overload);
    return turn_away(std::move(socket), *core,
                     {.code = errc::overloaded,
                      .message = "too many connections: close some, or raise "
                                 "http.max_connections",
                      .retry_after = std::chrono::seconds{1}});
  }
  const bool vital_only = open + std::min(limits.reserved_connections,
                                          limits.max_connections / 2) >=
                          limits.max_connections;
  std::make_shared<session>(
      core, std::move(socket),
      session::admission{std::move(who), local, vital_only})
      ->start();
}

result<void> server::listener::open_gate(net::io_context& io) {
  const auto& remote = core->options.remote;
  if (!remote)
    return {};
  gate = std::make_shared<remote_gate>(
      io, core, [this](tcp_socket socket, principal who) {
        core->accepted_total.fetch_add(1, std::memory_order_relaxed);
        begin(std::move(socket), std::move(who), false);
      });
  if (auto done = gate->open(*remote); !done)
    return done;
  core->ours_remotely =
      security::make_remote_policy(gate->port(), remote->names);
  return {};
}

void server::listener::stop(std::chrono::milliseconds grace,
                            std::function<void()> stopped) {
  net::post(acceptor_.get_executor(), [self = shared_from_this(), grace,
                                       done = std::move(stopped)]() mutable {
    error_code ignored;
    self->core->draining = true;
    self->acceptor_.close(ignored);
    if (self->gate)
      self->gate->close();
    for (const auto& one : self->core->sessions())
      one->drain();
    self->force_after(grace);
    self->core->when_empty([self, done = std::move(done)]() mutable {
      net::post(self->acceptor_.get_executor(),
                [self, done = std::move(done)]() mutable {
                  self->say_farewell(std::move(done));
                });
    });
  });
}

// What sessions have said to other machines may not have arrived yet.
void server::listener::say_farewell(std::function<void()> stopped) {
  auto done = [self = shared_from_this(), stopped = std::move(stopped)] {
    self->timer_.cancel();
    if (stopped)
      stopped();
  };
  if (gate)
    gate->when_empty(std::move(done));
  else
    done();
}

void server::listener::force_after(std::chrono::milliseconds grace) {
  const auto when = clock::now() + grace;
  if (when >= force_at_)
    return;
  force_at_ = when;
  timer_.expires_at(when);
  timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    if (!ec)
      self->close_all();
  });
}

void server::listener::abandon() {
  error_code ignored;
  acceptor_.close(ignored);
  if (gate)
    gate->close();
  for (const auto& one : core->sessions())
    one->abandon();
}

void server::listener::close_all() {
  if (gate)
    gate->close_all();
  for (const auto& one : core->sessions())
    one->close_now();
}

result<std::unique_ptr<server>> server::open(net::io_context& io,
                                             server_options options,
                                             request_handler handler) {
  const auto where = to_endpoint(options);
  if (!where)
    return where.error();
  auto core = std::make_shared<server_core>();
  core->own_uid = options.own_uid.value_or(geteuid());
  core->allow_root = options.allow_root_peer.value_or(core->own_uid == 0);
  core->options = std::move(options);
  core->handler = std::move(handler);
  auto created = std::make_shared<listener>(io, core);
  if (auto bound = created->bind(*where); !bound)
    return bound.error();
  core->ours = security::make_policy(core->port, core->options.allowed_origins,
                                     where->address().to_string());
  if (auto opened = created->open_gate(io); !opened)
    return opened.error();
  created->start();
  return std::unique_ptr<server>{new server{std::move(created)}};
}

server::server(std::shared_ptr<listener> l) : listener_{std::move(l)} {}

server::~server() {
  listener_->abandon();
}

std::uint16_t server::port() const {
  return listener_->core->port;
}

std::uint16_t server::remote_port() const {
  return listener_->gate ? listener_->gate->port() : 0;
}

result<void> server::renew(const tls_identity& identity) {
  return listener_->gate ? listener_->gate->renew(identity) : result<void>{};
}

void server::end_remote_streams() const {
  for (const auto& one : listener_->core->sessions())
    one->end_remote_stream();
}

void server::stop(std::chrono::milliseconds grace,
                  std::function<void()> stopped) {
  listener_->stop(grace, std::move(stopped));
}

std::uint64_t server::in_flight() const {
  return listener_->core->in_flight.load(std::memory_order_relaxed);
}

server_counters server::counters() const {
  return listener_->core->counters();
}

}  // namespace closedpaw::http
