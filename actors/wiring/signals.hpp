#pragma once

#include <chrono>
#include <csignal>

namespace closedpaw::wiring {

/// Signals as values: blocked in every thread, taken by one. Construct before
/// any thread is started.
class signals {
 public:
  signals();

  /// SIGTERM, SIGINT, SIGHUP, or SIGUSR1 after wake().
  int wait() const;
  /// 0 when nothing came in time.
  int wait_for(std::chrono::milliseconds limit) const;
  /// From any thread: wait() returns SIGUSR1.
  static void wake();

 private:
  sigset_t set_{};
};

}  // namespace closedpaw::wiring
