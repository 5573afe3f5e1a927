#pragma once

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "actors/scheduling/crew.hpp"
#include "actors/supervision/watchdog.hpp"
#include "actors/wiring/front_door.hpp"
#include "actors/wiring/head_start.hpp"
#include "actors/wiring/run_marker.hpp"
#include "actors/wiring/runtime.hpp"
#include "actors/wiring/settings_keeper.hpp"
#include "http/server/listener.hpp"

namespace closedpaw::wiring {

/// The running daemon, in the order in which it is built and, in reverse,
/// taken down. Used by the main thread.
class daemon {
 public:
  /// Opens the store, begins the actors, and listens.
  static result<std::unique_ptr<daemon>> start(config::sources from,
                                               config::loaded_config loaded,
                                               service_manager& manager);
  ~daemon();

  std::uint16_t port() const { return server_->port(); }
  /// Where other machines come in; 0 for nowhere.
  std::uint16_t remote_port() const { return server_->remote_port(); }
  const std::string& remote_host() const {
    return runtime_.settings.remote.listen.host;
  }
  const std::string& host() const { return runtime_.settings.http.listen.host; }

  /// What would take the processors from the start, and need not be there
  /// before the first request.
  void settle();
  /// SIGHUP.
  void reload();
  /// Begins to stop in order; stopped() tells when it is over. The watchdog
  /// ends the process when the deadline passes.
  void begin_stop();
  bool stopped() const { return stopped_.load(); }
  /// The root gave up: its reason.
  std::optional<std::string> root_failure() const;
  /// After stopped(): the last things.
  result<void> finish();
  /// Threads that no stop can end, because their handler does not return.
  std::size_t leaked_threads() const { return watchdog_->leaked(); }

 private:
  daemon(config::sources from, config::loaded_config loaded,
         service_manager& manager, timestamp now);

  result<void> open_store();
  result<void> begin();
  void start_upstream();
  void start_actor_system();
  void start_actors();
  result<void> listen();
  result<void> open_server();
  void stop_actors();
  void note_last_run();
  result<void> restore_mode();

  runtime runtime_;
  head_start early_{runtime_};
  config::sources from_;
  config::loaded_config loaded_;
  std::unique_ptr<settings_keeper> settings_;
  std::optional<run_marker> marker_;
  std::unique_ptr<scheduling::crew> crew_;
  std::unique_ptr<supervision::watchdog> watchdog_;
  std::unique_ptr<caf::actor_system_config> caf_config_;
  std::unique_ptr<caf::actor_system> actors_;
  caf::actor root_;
  std::unique_ptr<front_door> door_;
  std::unique_ptr<http::server> server_;
  std::jthread heartbeat_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> stopped_{false};
  mutable std::mutex mutex_;
  std::optional<std::string> root_failure_;
};

/// Logs the cause and ends the process at once, without destructors.
[[noreturn]] void die(const std::string& cause);

}  // namespace closedpaw::wiring
