#define CAF_SUITE supervisor_fixture

#include "tests/actor/supervision/supervisor_fixture.hpp"

namespace closedpaw::supervision::test {

caf::behavior worker_state::init(self_pointer self, script& how) {
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

supervisor_fixture::supervisor_fixture() {
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

child_spec supervisor_fixture::worker(const std::string& id) {
  child_spec spec;
  spec.id = id;
  spec.start = [this, id](caf::scheduled_actor* parent, incarnation life) {
    journal.push_back("start " + id);
    auto& how = scripts[id];
    worker_shell::init_function init = [this, id,
                                        &how](worker_shell::super* x) {
      x->state.id = id;
      x->state.journal = &journal;
      return x->state.init(x, how);
    };
    auto* parent_actor = static_cast<caf::local_actor*>(parent);
    auto x = keep(
        parent_actor->spawn<worker_shell>(std::move(life), std::move(init)));
    how.lives.push_back(x);
    return x;
  };
  return spec;
}

void supervisor_fixture::start(supervisor_spec spec) {
  root = keep(spawn_root(sys, std::move(spec), env));
  settle();
}

void supervisor_fixture::stop() {
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  settle();
}

void supervisor_fixture::crash(const std::string& id, const std::string& why) {
  caf::anon_send(scripts[id].now(), why);
  settle();
}

}  // namespace closedpaw::supervision::test
