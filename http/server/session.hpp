#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/server/request_reader.hpp"
#include "http/server/response_head.hpp"
#include "http/server/server_core.hpp"
#include "http/server/stream_queue.hpp"

namespace closedpaw::http {

/// One thread at a time runs the io_context, so nothing needs a strand.
using executor_type = boost::asio::io_context::executor_type;
using tcp_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor_type>;
template <class T>
using task = boost::asio::awaitable<T, executor_type>;
/// Awaiting with it gives errors as values.
inline constexpr boost::asio::as_tuple_t<
    boost::asio::use_awaitable_t<executor_type>>
    as_values{};

/// One connection: reads requests one after the other, has them checked and
/// answered, and writes the answers in order. Everything but the constructor,
/// `drain` and `close_now` runs on the event loop's thread. Internal to
/// http/server.
class session : public std::enable_shared_from_this<session> {
 public:
  /// Who is at the other end, and what that means.
  struct admission {
    principal peer;
    /// From our own machine.
    bool local = true;
    /// The server is nearly full, only health and approvals pass.
    bool vital_only = false;
  };
  session(std::shared_ptr<server_core> core, tcp_socket socket, admission who);
  ~session();

  void start();
  /// Ends as soon as nothing is in flight. Any thread.
  void drain();
  /// Closes where no request has begun.
  void leave_if_idle();
  /// Ends now, whatever is in flight. Any thread.
  void close_now();
  /// Ends the stream of one from elsewhere: whoever reads it may not be allowed
  /// to any more, and asks again. Any thread.
  void end_remote_stream();
  /// Closes and lets go of the suspended coroutine; the io_context must not be
  /// running.
  void abandon();

 private:
  using clock = std::chrono::steady_clock;
  using timer =
      boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>,
                                        executor_type>;
  using waiter =
      boost::asio::async_result<boost::asio::use_awaitable_t<executor_type>,
                                void()>::handler_type;
  /// What the deadline is for, and so what happens when it passes.
  enum class phase { idle, head, body, handler, write, stream, linger };

  static task<void> run(std::shared_ptr<session> self);
  void report_fault(const char* what) noexcept;
  void finish();

  // session_read.cpp
  task<bool> serve_one();
  task<bool> read_header();
  task<bool> read_body();
  task<bool> fill(std::size_t size);
  std::string_view unread() const;
  void consume(std::size_t size);
  task<void> refuse(refusal why);
  void begin_request();
  void identify();
  std::optional<response> check();
  const security::policy& ours() const {
    return who_.local ? core_->ours : core_->ours_remotely;
  }
  task<void> linger();

  // session_answer.cpp
  bool call_handler();
  void accept_answer(std::uint64_t sequence, response r);
  task<void> wait_for_answer();
  task<bool> send(response r);
  void forget_answer();
  task<bool> write_rest(std::size_t written);
  task<bool> write_all(std::string bytes);
  void compose_head(const response& r, framing body, std::uint64_t length);
  response error_answer(failure error) const;
  void measure(unsigned status) const;

  // session_stream.cpp
  response too_many_streams() const;
  task<bool> stream(response r);
  task<bool> pump(stream_queue& queue, bool chunked);
  void watch_peer();
  void watch_while_answering(std::uint64_t sequence,
                             std::function<void()> left);

  // session.cpp: deadlines and wake-ups
  void set_deadline(phase what, std::chrono::milliseconds after);
  void no_deadline(phase what) { phase_ = what, deadline_ = {}; }
  void arm();
  void on_timer();
  void expire();
  task<void> wait();
  void resume();

  std::shared_ptr<server_core> core_;
  tcp_socket socket_;
  timer timer_;
  const admission who_;

  request_reader reader_;
  boost::asio::streambuf in_;

  // The exchange that is under way.
  std::uint64_t sequence_ = 0;
  std::string id_;
  method verb_ = method::get;
  request_notes notes_;
  /// When its header had been read; the epoch before.
  clock::time_point began_{};
  std::string origin_;
  bool is_api_ = false;
  /// A path of OpenAI's API, whose clients read errors as it has them.
  bool is_openai_ = false;
  bool is_head_ = false;
  bool is_http_1_1_ = true;
  bool keep_alive_ = true;
  bool in_handler_ = false;
  std::optional<response> answer_;
  /// Whom to tell when the peer goes before the answer.
  std::function<void()> left_;
  std::string head_;
  std::shared_ptr<const std::string> body_;

  phase phase_ = phase::idle;
  clock::time_point deadline_{};
  clock::time_point armed_for_{};
  bool armed_ = false;
  bool expired_ = false;
  bool closed_ = false;
  bool peer_gone_ = false;
  bool signalled_ = false;
  std::optional<waiter> waiter_;
};

/// "Date" of now; formatted once a second and thread.
std::string_view date_of(timestamp now);

}  // namespace closedpaw::http
