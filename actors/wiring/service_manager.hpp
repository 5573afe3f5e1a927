#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

namespace closedpaw::wiring {

/// What systemd, or whoever speaks its protocol, is told of us: sd_notify(3)
/// and sd_watchdog_enabled(3). Says nothing where nobody listens. Any thread.
class service_manager {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// From NOTIFY_SOCKET and WATCHDOG_USEC, which are taken out of the
  /// environment: they are not for our children. Before other threads run.
  static service_manager from_environment();

  /// A path, or "@" and an abstract name; `watchdog` is how long silence may
  /// last, 0 for ever.
  service_manager(std::string socket, std::chrono::microseconds watchdog)
      : socket_{std::move(socket)}, watchdog_{watchdog} {}

  void ready(const std::string& status) const;
  void stopping() const;
  /// Something that proves that we live has happened. Told at most as often as
  /// the watchdog needs, which is twice within its time.
  void alive(time_point now);

 private:
  void send(std::string_view state) const;

  std::string socket_;
  std::chrono::microseconds watchdog_{};
  std::atomic<time_point::rep> told_at_{0};
};

}  // namespace closedpaw::wiring
