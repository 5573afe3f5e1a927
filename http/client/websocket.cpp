#include "http/client/websocket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

#include "http/client/dial.hpp"
#include "http/client/either_stream.hpp"
#include "http/client/explain.hpp"
#include "http/client/websocket_session.hpp"

namespace closedpaw::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using namespace client_detail;
using boost::system::error_code;

namespace {

constexpr std::size_t most_waiting = 256;

failure declined(const url& to, unsigned status) {
  const auto code = status == 401 || status == 403 ? errc::upstream_refused
                    : status == 429                ? errc::too_many_requests
                                                   : errc::upstream_failed;
  return {code,
          to.origin() + " declined the WebSocket with status " +
              std::to_string(status),
          {},
          {{"upstream_status", status}}};
}

failure lost(const url& to, const error_code& ec) {
  return {errc::unreachable,
          "lost the WebSocket to " + to.origin() + ": " + ec.message(),
          {},
          {}};
}

failure handshake_failed(const url& to, const error_code& ec) {
  const bool not_the_protocol =
      ec.category() ==
          beast::websocket::make_error_code(beast::websocket::error::closed)
              .category() ||
      ec.category() ==
          beast::http::make_error_code(beast::http::error::bad_version)
              .category();
  if (!not_the_protocol)
    return lost(to, ec);
  return {
      errc::upstream_malformed,
      to.origin() + " did not answer as a WebSocket server: " + ec.message(),
      {},
      {}};
}

}  // namespace

/// Touched by the io_context's thread only.
struct websocket::connection_state
    : std::enable_shared_from_this<websocket::connection_state> {
  connection_state(executor_type executor, websocket_request q,
                   websocket_events to_tell)
      : request{std::move(q)},
        events{std::move(to_tell)},
        executor_{std::move(executor)} {}

  const executor_type& executor() const { return executor_; }

  void end(websocket_end how) {
    if (std::exchange(over, true))
      return;
    if (j)
      j->finish();
    write_more = nullptr;
    say_goodbye = nullptr;
    const auto told = std::exchange(events, {});
    told.ended(std::move(how));
  }

  void drop() {
    dropped = true;
    if (j)
      j->cancel();
  }

  websocket_request request;
  websocket_events events;
  std::shared_ptr<job> j;
  std::deque<std::string> waiting;
  bool open = false;
  bool writing = false;
  bool dropped = false;
  bool over = false;
  bool overflowed = false;
  /// Of the stream, once there is one.
  std::function<void()> write_more;
  std::function<void(std::uint16_t)> say_goodbye;

 private:
  executor_type executor_;
};

namespace {

using state_ptr = std::shared_ptr<websocket::connection_state>;
// No compression is offered (RFC 7692).
using stream = beast::websocket::stream<either_stream, false>;
using stream_ptr = std::shared_ptr<stream>;

task<void> write_all(state_ptr s, stream_ptr ws) {
  while (!s->waiting.empty() && !s->over) {
    const auto text = std::move(s->waiting.front());
    s->waiting.pop_front();
    const auto [ec, n] =
        co_await ws->async_write(asio::buffer(text), as_values);
    if (ec)
      break;
  }
  s->writing = false;
}

task<void> goodbye(state_ptr, stream_ptr ws, std::uint16_t code) {
  co_await ws->async_close(
      beast::websocket::close_reason{
          static_cast<beast::websocket::close_code>(code)},
      as_values);
}

void configure(const state_ptr& s, stream& ws) {
  const auto& q = s->request;
  ws.set_option(beast::websocket::stream_base::timeout{q.timeouts.first_byte,
                                                       q.timeouts.idle, true});
  ws.read_message_max(q.max_message_bytes);
  ws.set_option(beast::websocket::stream_base::decorator(
      [&q](beast::websocket::request_type& r) {
        for (const auto& [name, value] : q.headers)
          r.set(name, value);
      }));
  ws.text(true);
  if (s->events.alive)
    ws.control_callback(
        [weak = std::weak_ptr{s}](beast::websocket::frame_type what,
                                  beast::string_view) {
          // A goodbye is no sign of life.
          if (what == beast::websocket::frame_type::close)
            return;
          if (auto it = weak.lock(); it && !it->over)
            it->events.alive();
        });
}

task<websocket_end> read_all(state_ptr s, stream_ptr ws) {
  const auto& to = s->j->target();
  while (true) {
    beast::flat_buffer buffer;
    const auto [ec, n] = co_await ws->async_read(buffer, as_values);
    if (ec == beast::websocket::error::closed)
      co_return websocket_end{
          static_cast<std::uint16_t>(ws->reason().code),
          std::string{ws->reason().reason.data(), ws->reason().reason.size()},
          {errc::unreachable, to.origin() + " closed the WebSocket", {}, {}}};
    if (s->overflowed)
      co_return websocket_end{
          {}, {}, {errc::overloaded, "too much waits to be sent", {}, {}}};
    if (s->dropped)
      co_return websocket_end{{}, {}, explain::cancelled(to)};
    if (ec)
      co_return websocket_end{{}, {}, lost(to, ec)};
    s->events.received(std::string{
        static_cast<const char*>(buffer.data().data()), buffer.size()});
  }
}

task<websocket_end> converse(state_ptr s, std::shared_ptr<connection> over) {
  const auto& to = s->j->target();
  auto ws = std::make_shared<stream>(std::move(over));
  configure(s, *ws);
  beast::websocket::response_type answer;
  const auto [failed] = co_await ws->async_handshake(answer, to.authority(),
                                                     to.target, as_values);
  if (s->dropped)
    co_return websocket_end{{}, {}, explain::cancelled(to)};
  if (failed == beast::websocket::error::upgrade_declined)
    co_return websocket_end{{}, {}, declined(to, answer.result_int())};
  if (failed)
    co_return websocket_end{{}, {}, handshake_failed(to, failed)};
  // What follows has deadlines of its own.
  s->j->rest();
  s->open = true;
  s->write_more = [weak = std::weak_ptr{s}, ws] {
    if (auto alive = weak.lock(); alive && !std::exchange(alive->writing, true))
      asio::co_spawn(alive->executor(), write_all(alive, ws), asio::detached);
  };
  s->say_goodbye = [weak = std::weak_ptr{s}, ws](std::uint16_t code) {
    if (auto alive = weak.lock())
      asio::co_spawn(alive->executor(), goodbye(alive, ws, code),
                     asio::detached);
  };
  s->events.opened();
  if (!s->waiting.empty())
    s->write_more();
  co_return co_await read_all(s, ws);
}

}  // namespace

namespace client_detail {

state_ptr make_websocket_state(const executor_type& executor,
                               websocket_request request,
                               websocket_events events) {
  return std::make_shared<websocket::connection_state>(
      executor, std::move(request), std::move(events));
}

void cancel(const state_ptr& s) {
  s->drop();
}

void end(const state_ptr& s, websocket_end how) {
  s->end(std::move(how));
}

const websocket_request& request_of(const state_ptr& s) {
  return s->request;
}

task<websocket_end> run_websocket(state_ptr s, std::shared_ptr<job> j,
                                  const client_options& options,
                                  const tls_setup& tls) {
  s->j = j;
  if (s->dropped)
    co_return websocket_end{{}, {}, explain::cancelled(j->target())};
  j->start();
  auto made = co_await dial(*j, options, tls);
  if (!made)
    co_return websocket_end{{}, {}, made.error()};
  auto c = *made;
  j->on_interrupt([c] { c->close(); });
  j->arm(phase::first_byte);
  auto how = co_await converse(s, c);
  c->close();
  co_return how;
}

}  // namespace client_detail

void websocket::send(std::string text) const {
  if (!state_)
    return;
  asio::post(state_->executor(),
             [s = state_, text = std::move(text)]() mutable {
               if (s->over)
                 return;
               if (s->waiting.size() >= most_waiting) {
                 s->overflowed = true;
                 s->drop();
                 return;
               }
               s->waiting.push_back(std::move(text));
               if (s->open)
                 s->write_more();
             });
}

void websocket::close(std::uint16_t code) const {
  if (!state_)
    return;
  asio::post(state_->executor(), [s = state_, code] {
    if (s->over)
      return;
    if (s->open)
      s->say_goodbye(code);
    else
      s->drop();
  });
}

void websocket::drop() const {
  if (!state_)
    return;
  asio::post(state_->executor(), [s = state_] {
    if (!s->over)
      s->drop();
  });
}

}  // namespace closedpaw::http
