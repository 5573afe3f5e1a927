#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "messages/model/supervision.hpp"

namespace closedpaw::supervision {

/// What one incarnation of an actor is doing, readable from any thread while
/// the actor hangs. Times are steady-clock nanoseconds.
class actor_stats {
 public:
  using ns = std::int64_t;

  /// The actor runs on a thread that no other actor uses. Before it starts.
  void set_own_thread() { own_thread_.store(true); }
  bool own_thread() const { return own_thread_.load(); }

  /// Any thread, before the message enters the mailbox.
  void on_enqueue(ns now);
  /// The actor's own thread, around each handler.
  void on_handler_begin(ns now);
  void on_handler_end(ns now);
  /// Nothing waits any more: the mailbox was closed.
  void on_mailbox_closed();

  mailbox_snapshot mailbox(ns now) const;
  std::uint64_t messages() const { return read(consumed_); }
  std::chrono::milliseconds busy(ns now) const;
  /// How long the handler that runs now has been running; 0 between handlers.
  std::chrono::milliseconds handler(ns now) const;
  /// When the handler that runs now began; 0 between handlers.
  ns handler_began() const {
    return handler_began_.load(std::memory_order_acquire);
  }

 private:
  // Enqueue times of the newest messages by sequence number. With more than
  // this many waiting, the age of the last one taken stands in for the oldest.
  static constexpr std::size_t window = 32;

  static std::uint64_t read(const std::atomic<std::uint64_t>& x) {
    return x.load(std::memory_order_relaxed);
  }

  std::atomic<bool> own_thread_{false};
  std::atomic<std::uint64_t> enqueued_{0};
  std::atomic<std::uint64_t> consumed_{0};
  std::atomic<ns> handler_began_{0};
  std::atomic<ns> busy_{0};
  std::atomic<ns> last_taken_enqueued_{0};
  std::array<std::atomic<ns>, window> enqueue_times_{};
};

/// Steady-clock nanoseconds, as actor_stats wants them.
inline actor_stats::ns steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace closedpaw::supervision
