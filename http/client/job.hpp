#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "http/client/client.hpp"
#include "http/client/url.hpp"

namespace closedpaw::http::client_detail {

using steady = std::chrono::steady_clock;
/// One thread at a time runs the io_context, so nothing needs a strand, and a
/// concrete executor saves an allocation for each wait.
using executor_type = boost::asio::io_context::executor_type;
template <class T>
using task = boost::asio::awaitable<T, executor_type>;
using timer =
    boost::asio::basic_waitable_timer<steady, boost::asio::wait_traits<steady>,
                                      executor_type>;
/// To wait in a task for an error and what comes with it.
inline constexpr boost::asio::as_tuple_t<
    boost::asio::use_awaitable_t<executor_type>>
    as_values{};

/// `rest`: of a body whose sink has enough.
enum class phase : std::uint8_t { connect, first_byte, idle, rest, total };

/// One fetch under way: its deadlines, and how to interrupt what it waits for.
/// Used by the thread that runs the io_context only.
class job : public std::enable_shared_from_this<job> {
 public:
  job(executor_type executor, client_request request, url target);

  const executor_type& executor() const { return executor_; }
  const client_request& request() const { return request_; }
  const url& target() const { return target_; }
  client_timing& timing() { return timing_; }

  /// Begins the total deadline.
  void start();
  std::chrono::microseconds elapsed() const;
  /// From now on this phase's budget counts; the total one always does.
  void arm(phase p);
  /// When the armed phase ends.
  steady::time_point deadline() const { return deadline_; }

  /// What wakes the coroutine from its current wait; replaced as the fetch
  /// goes on. Gives back the one before.
  std::function<void()> on_interrupt(std::function<void()> wake) {
    return std::exchange(wake_, std::move(wake));
  }
  void cancel();
  /// Why the fetch has to end now, if it has to.
  std::optional<failure> ended() const;
  /// What follows has deadlines of its own; it can still be cancelled.
  void rest();
  /// No deadline and no cancellation means anything afterwards.
  void finish();

 private:
  void wait();
  void fired();
  std::chrono::milliseconds budget(phase p) const;

  executor_type executor_;
  client_request request_;
  url target_;
  client_timing timing_;
  timer timer_;
  std::function<void()> wake_;
  steady::time_point started_;
  steady::time_point total_deadline_;
  steady::time_point deadline_;
  phase armed_ = phase::total;
  bool waiting_ = false;
  bool expired_ = false;
  bool cancelled_ = false;
  bool finished_ = false;
};

}  // namespace closedpaw::http::client_detail
