#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "actors/supervision/hang_detector.hpp"

namespace closedpaw::supervision {

struct watchdog_options {
  std::chrono::milliseconds interval{100};
  /// More hung threads than this end the process.
  std::size_t max_leaked = 4;
  /// Nodes whose hanging ends the process at once: nobody can take their
  /// place.
  std::vector<std::string> vital;
  /// So many threads are held by handlers that take long or never return;
  /// called at each look.
  std::function<void(std::size_t threads)> on_held = [](std::size_t) {};
  /// Logs the cause and ends the process.
  std::function<void(const std::string& cause)> die;
};

/// A thread outside of CAF that looks for handlers which do not return.
class watchdog {
 public:
  watchdog(std::shared_ptr<const tree> nodes, watchdog_options options);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// From now on the process dies, naming what still runs, unless it has ended
  /// within the deadline.
  void begin_shutdown(std::chrono::milliseconds deadline);

  /// Threads that are in a handler which does not return. Any thread.
  std::size_t leaked() const { return leaked_.load(); }

 private:
  void run(const std::stop_token& stop);
  void look();
  void check_shutdown();

  std::shared_ptr<const tree> nodes_;
  watchdog_options options_;
  hang_detector detector_;
  std::atomic<actor_stats::ns> shutdown_deadline_{0};
  std::atomic<std::size_t> leaked_{0};
  std::jthread thread_;
};

}  // namespace closedpaw::supervision
