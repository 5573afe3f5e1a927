#define CAF_SUITE watchdog

#include "actors/supervision/watchdog.hpp"

#include <future>

#include "tests/unit_test.hpp"

namespace watchdog_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using std::chrono::milliseconds;

/// Nodes whose handlers began long ago, and what the watchdog does about it.
struct watched {
  watched() { root->set_state(node_state::running, {}); }

  std::shared_ptr<node> add(const std::string& id, bool hangs) {
    auto n = nodes->child(root, id, node_type::worker);
    n->set_hang_after(milliseconds{1});
    n->set_state(node_state::running, {});
    n->on_hung([this, id](std::uint64_t life) {
      const std::lock_guard guard{mutex};
      reported.push_back(id + ' ' + std::to_string(life));
      changed.notify_all();
    });
    auto stats = n->begin_incarnation({});
    if (hangs) {
      stats->on_enqueue(1);
      stats->on_handler_begin(1);
    }
    return n;
  }

  watchdog_options options() {
    watchdog_options out;
    out.interval = milliseconds{1};
    out.max_leaked = 2;
    out.vital = {"root/vital"};
    out.die = [this](const std::string& cause) {
      const std::lock_guard guard{mutex};
      deaths.push_back(cause);
      changed.notify_all();
    };
    return out;
  }

  /// The first cause of death; waits for it.
  std::string death() {
    std::unique_lock lock{mutex};
    changed.wait(lock, [this] { return !deaths.empty(); });
    return deaths.front();
  }
  std::vector<std::string> reports(std::size_t n) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return reported.size() >= n; });
    return reported;
  }

  std::shared_ptr<tree> nodes = std::make_shared<tree>();
  std::shared_ptr<node> root = nodes->root();
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> reported;
  std::vector<std::string> deaths;
};

CAF_TEST(a_hung_worker_is_reported_to_its_supervisor) {
  watched w;
  w.add("a", true);
  w.add("b", false);
  const watchdog dog{w.nodes, w.options()};
  CAF_CHECK_EQUAL(w.reports(1), (std::vector<std::string>{"a 1"}));
  CAF_CHECK(w.deaths.empty());
}

CAF_TEST(it_tells_how_many_threads_are_held) {
  watched w;
  w.add("a", true);
  std::promise<std::size_t> told;
  auto options = w.options();
  options.on_held = [&told, once = false](std::size_t threads) mutable {
    if (threads > 0 && !std::exchange(once, true))
      told.set_value(threads);
  };
  const watchdog dog{w.nodes, options};
  CAF_CHECK_EQUAL(told.get_future().get(), 1u);
}

CAF_TEST(a_hung_vital_node_ends_the_process) {
  watched w;
  w.add("vital", true);
  const watchdog dog{w.nodes, w.options()};
  const auto cause = w.death();
  CAF_CHECK(contains(cause, "root/vital hangs: in one handler for"));
  CAF_CHECK(contains(cause, "nothing can take its place"));
  CAF_CHECK(w.reported.empty());
}

CAF_TEST(a_hung_root_ends_the_process) {
  watched w;
  w.root->set_hang_after(milliseconds{1});
  auto stats = w.root->begin_incarnation({});
  stats->on_enqueue(1);
  stats->on_handler_begin(1);
  const watchdog dog{w.nodes, w.options()};
  CAF_CHECK(contains(w.death(), "root hangs"));
}

CAF_TEST(more_leaked_threads_than_allowed_end_the_process) {
  watched w;
  for (const auto* id : {"a", "b", "c"})
    w.add(id, true);
  const watchdog dog{w.nodes, w.options()};
  CAF_CHECK(
      contains(w.death(), "3 threads hang, more than supervision.max_leaked"));
}

CAF_TEST(a_shutdown_past_its_deadline_names_what_still_runs) {
  watched w;
  w.add("a", false)->set_state(node_state::stopped, {});
  w.add("b", false)->set_state(node_state::stopping, {});
  watchdog dog{w.nodes, w.options()};
  dog.begin_shutdown(milliseconds{0});
  const auto cause = w.death();
  CAF_CHECK(contains(cause, "supervision.shutdown_deadline_ms"));
  CAF_CHECK(contains(cause, "still running: root/b (stopping)"));
  CAF_CHECK(!contains(cause, "root/a"));
}

CAF_TEST(a_shutdown_within_its_deadline_ends_in_peace) {
  watched w;
  w.add("a", true);
  {
    watchdog dog{w.nodes, w.options()};
    dog.begin_shutdown(std::chrono::hours{1});
    // It has looked at least once.
    w.reports(1);
  }
  CAF_CHECK(w.deaths.empty());
}

}  // namespace watchdog_tests
