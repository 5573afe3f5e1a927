#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/fwd.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace closedpaw::scheduling {

struct crew_options {
  /// Threads that share the work, the leader included; at least 2.
  std::size_t threads = 2;
  /// Threads that stand ready to take the place of held ones.
  std::size_t spares = 0;
  /// Messages that an actor may consume before the others have their turn.
  std::size_t max_throughput = 64;
};

/// The threads of everything that does not block: ready handlers of one
/// io_context and ready actors (Leader/Followers: Schmidt et al., Pattern-
/// Oriented Software Architecture, volume 2). The leader runs both, so that a
/// request that comes in, passes through actors and leaves costs one wake-up
/// instead of one for each. Followers help when jobs queue up. One thread at a
/// time is in the io_context, so its handlers need no strand. When a job keeps
/// the leader, a follower takes its place within some 20 ms (as Go's sysmon
/// does): a handler that does not return costs its thread and nothing else.
///
/// Thread-safe. The io_context must be run by nobody else, and outlive this.
class crew {
 public:
  crew(boost::asio::io_context& io, crew_options options);
  ~crew();
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  /// Once, before anything is enqueued.
  void start(caf::actor_system& system);
  /// Once. Waits for handlers and jobs that run; what is still queued stays
  /// there, and so do the handlers of the io_context.
  void stop();

  /// Takes over a reference.
  void enqueue(caf::resumable* job);
  /// So many spares, or all there are, take the place of threads that jobs
  /// hold; the others go or stay off duty.
  void stand_in(std::size_t wanted);
  /// A job that nobody will run any more; null when there is none. After
  /// stop().
  caf::resumable* take();

 private:
  class member;
  using lock = std::unique_lock<std::mutex>;
  using clock = std::chrono::steady_clock;

  void run(member& me);
  void lead(member& me);
  void rest();
  void ask_for_help(clock::time_point begun);
  bool step_down();
  bool call();
  caf::resumable* pop();
  void linger() const;
  void follow(lock& held);
  void leave_watch();
  void watch_leader(lock& held);
  void execute(member& me, caf::resumable* job);
  bool execute_leading(member& me, caf::resumable* job);
  bool on_duty(const member& me) const;
  void wake_leader();

  boost::asio::io_context& io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_;
  const crew_options options_;
  std::vector<std::unique_ptr<member>> members_;
  std::atomic<std::size_t> active_;
  std::atomic<bool> over_{false};

  std::mutex mutex_;
  std::condition_variable duty_;
  std::condition_variable spares_;
  std::deque<caf::resumable*> jobs_;
  /// As many as jobs_ holds, for a look without the mutex.
  std::atomic<std::size_t> waiting_{0};
  member* leader_ = nullptr;
  /// The leader waits in the io_context.
  bool asleep_ = false;
  /// A follower looks from time to time whether the leader gets on.
  bool watched_ = false;
  std::size_t idle_ = 0;
  /// A follower was notified and does not run yet.
  bool called_ = false;
};

}  // namespace closedpaw::scheduling
