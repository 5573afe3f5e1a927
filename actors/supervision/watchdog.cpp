#include "actors/supervision/watchdog.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace closedpaw::supervision {

namespace {

void list_unstopped(const node_snapshot& n, std::string& out) {
  if (n.children.empty() && n.state != node_state::stopped)
    out += (out.empty() ? "" : ", ") + n.path + " (" +
           std::string{to_string(n.state)} + ")";
  for (const auto& c : n.children)
    list_unstopped(c, out);
}

}  // namespace

watchdog::watchdog(std::shared_ptr<const tree> nodes, watchdog_options options)
    : nodes_{std::move(nodes)},
      options_{std::move(options)},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {
  // nop
}

watchdog::~watchdog() = default;

void watchdog::begin_shutdown(std::chrono::milliseconds deadline) {
  shutdown_deadline_.store(
      steady_ns() +
      std::chrono::duration_cast<std::chrono::nanoseconds>(deadline).count());
}

void watchdog::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock{mutex};
  while (!stop.stop_requested()) {
    wake.wait_for(lock, stop, options_.interval, [] { return false; });
    look();
    check_shutdown();
  }
}

void watchdog::look() {
  const auto found = detector_.check(*nodes_, steady_ns());
  leaked_ = detector_.leaked();
  for (const auto& h : found) {
    const auto& path = h.where->path();
    const auto cause = path + " hangs: in one handler for " +
                       std::to_string(h.busy_for.count()) + " ms";
    const bool vital = std::find(options_.vital.begin(), options_.vital.end(),
                                 path) != options_.vital.end();
    if (vital || h.where->parent() == nullptr)
      options_.die(cause + ", and nothing can take its place");
    else if (leaked_ > options_.max_leaked)
      options_.die(cause + "; " + std::to_string(leaked_) +
                   " threads hang, more than supervision.max_leaked");
    else
      h.where->report_hung(h.incarnation);
  }
  options_.on_held(detector_.held());
}

void watchdog::check_shutdown() {
  const auto deadline = shutdown_deadline_.load();
  const auto now = steady_ns();
  if (deadline == 0 || now < deadline)
    return;
  std::string left;
  list_unstopped(nodes_->snapshot(now, system_now()), left);
  options_.die(
      "shutdown took longer than supervision.shutdown_deadline_ms; "
      "still running: " +
      (left.empty() ? "nothing that is supervised" : left));
}

}  // namespace closedpaw::supervision
