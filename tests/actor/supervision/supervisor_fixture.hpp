#pragma once

#include <map>

#include "actors/supervision/supervisor.hpp"
#include "tests/actor/fixture.hpp"

namespace closedpaw::supervision::test {

using closedpaw::contains;
using std::chrono::milliseconds;

/// How a worker behaves, and what happened to it; outlives its lives.
struct script {
  /// Its self-check succeeds, fails, or is never answered.
  enum class check { proves, fails, silent };
  check on_check = check::proves;
  /// Ignores a request to stop; only a kill ends it.
  bool stubborn = false;
  /// Each life, newest last.
  std::vector<caf::actor> lives;

  const caf::actor& now() const { return lives.back(); }
};

struct worker_state {
  static constexpr const char* name = "worker";
  using self_pointer =
      caf::stateful_actor<worker_state, observed<caf::event_based_actor>>*;

  explicit worker_state(self_pointer) {}
  ~worker_state() {
    if (journal)
      journal->push_back("end " + id);
  }

  caf::behavior init(self_pointer self, script& how);

  std::string id;
  std::vector<std::string>* journal = nullptr;
  std::vector<caf::typed_response_promise<std::string>> unanswered;
  std::uint64_t handled = 0;
};

/// A supervisor with scripted workers, and all that it tells.
class supervisor_fixture : public closedpaw::test::fixture {
 public:
  using worker_shell = actor_shell<worker_state, caf::event_based_actor>;

  supervisor_fixture();

  ~supervisor_fixture() override { end(); }

  child_spec worker(const std::string& id);

  supervisor_spec of_workers(const std::vector<std::string>& ids) {
    supervisor_spec spec;
    for (const auto& id : ids)
      spec.children.push_back(worker(id));
    return spec;
  }

  void start(supervisor_spec spec);

  void stop();

  /// The worker's present life ends with an error.
  void crash(const std::string& id, const std::string& why = "boom");

  std::shared_ptr<node> at(const std::string& path) {
    auto found = nodes->find("root/" + path);
    CAF_REQUIRE(found != nullptr);
    return found;
  }
  node_state state(const std::string& path) { return at(path)->state(); }
  node_snapshot snapshot(const std::string& path) {
    return at(path)->snapshot(sched.clock().now().time_since_epoch().count(),
                              closedpaw::test::test_now());
  }
  std::size_t starts(const std::string& id) { return scripts[id].lives.size(); }

  /// "status path" of each report, oldest first.
  std::vector<std::string> told() const {
    std::vector<std::string> out;
    for (const auto& e : reports)
      out.push_back(e.status + ' ' +
                    e.details.value().at("path").get<std::string>());
    return out;
  }

  std::map<std::string, script> scripts;
  std::vector<std::string> journal;
  std::vector<std::string> changes;
  std::vector<audit_event> reports;
  std::shared_ptr<const supervisor_env> env;
  caf::actor root;
};

using strings = std::vector<std::string>;

}  // namespace closedpaw::supervision::test
