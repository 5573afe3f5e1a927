#pragma once

#include <map>

#include "actors/supervision/supervisor.hpp"
#include "tests/actor/fixture.hpp"

namespace closedpaw::supervision::test {

using closedpaw::test::contains;
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

  caf::behavior init(self_pointer self, script& how) {
    if (how.stubborn)
      self->set_exit_handler([](caf::exit_msg&) {});
    return {
        [this, self, &how](check_atom) -> caf::result<std::string> {
          if (how.on_check == script::check::proves)
            return std::string{"proved"};
          if (how.on_check == script::check::fails)
            return to_error({errc::unreachable, "nobody is there", {}, {}});
          unanswered.push_back(self->make_response_promise<std::string>());
          return unanswered.back();
        },
        [self](const std::string& reason) {
          // The tests' way to end it: "" is a normal end.
          if (reason.empty())
            self->quit();
          else
            self->quit(to_error({errc::internal, reason, {}, {}}));
        },
        [this](barrier_atom) -> caf::result<std::uint64_t> {
          ++handled;
          return handled;
        },
    };
  }

  std::string id;
  std::vector<std::string>* journal = nullptr;
  std::vector<caf::typed_response_promise<std::string>> unanswered;
  std::uint64_t handled = 0;
};

/// A supervisor with scripted workers, and all that it tells.
class supervisor_fixture : public closedpaw::test::fixture {
 public:
  using worker_shell = actor_shell<worker_state, caf::event_based_actor>;

  supervisor_fixture() {
    nodes = std::make_shared<tree>([this](const node_change& c) {
      changes.push_back(c.path + ' ' + std::string{to_string(c.state)});
    });
    auto e = std::make_shared<supervisor_env>();
    e->nodes = nodes;
    e->now = closedpaw::test::test_now;
    e->chance = [] { return 0.5; };
    e->report = [this](audit_event x) { reports.push_back(std::move(x)); };
    env = e;
  }

  ~supervisor_fixture() override { end(); }

  child_spec worker(const std::string& id) {
    child_spec spec;
    spec.id = id;
    spec.start = [this, id](caf::scheduled_actor* parent, incarnation life) {
      journal.push_back("start " + id);
      auto& how = scripts[id];
      worker_shell::init_function init = [this, id,
                                          &how](worker_shell::super* self) {
        self->state.id = id;
        self->state.journal = &journal;
        return self->state.init(self, how);
      };
      auto* parent_actor = static_cast<caf::local_actor*>(parent);
      auto x = keep(
          parent_actor->spawn<worker_shell>(std::move(life), std::move(init)));
      how.lives.push_back(x);
      return x;
    };
    return spec;
  }

  supervisor_spec of_workers(const std::vector<std::string>& ids) {
    supervisor_spec spec;
    for (const auto& id : ids)
      spec.children.push_back(worker(id));
    return spec;
  }

  void start(supervisor_spec spec) {
    root = keep(spawn_root(sys, std::move(spec), env));
    settle();
  }

  void stop() {
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    settle();
  }

  /// The worker's present life ends with an error.
  void crash(const std::string& id, const std::string& why = "boom") {
    caf::anon_send(scripts[id].now(), why);
    settle();
  }

  std::shared_ptr<node> at(const std::string& path) {
    auto found = nodes->find("root/" + path);
    CAF_REQUIRE(found != nullptr);
    return found;
  }
  node_state state(const std::string& path) { return at(path)->state(); }
  node_snapshot snapshot(const std::string& path) {
    return at(path)->snapshot(steady_ns(), closedpaw::test::test_now());
  }
  std::size_t starts(const std::string& id) { return scripts[id].lives.size(); }

  /// "status path" of each report, oldest first.
  std::vector<std::string> told() const {
    std::vector<std::string> out;
    for (const auto& e : reports)
      out.push_back(e.status + ' ' + e.details.at("path").get<std::string>());
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
