#include "actors/supervision/supervisor.hpp"

#include "actors/supervision/supervisor_state.hpp"

namespace closedpaw::supervision {

namespace {

using shell = actor_shell<supervisor_state, caf::event_based_actor>;

shell::init_function initializer(
    const supervisor_spec& spec,
    const std::shared_ptr<const supervisor_env>& env) {
  return [=](shell::super* self) { return self->state.init(spec, env); };
}

}  // namespace

caf::actor live_handle::get() const {
  std::lock_guard guard{mutex_};
  return handle_;
}

void live_handle::set(caf::actor x) {
  std::lock_guard guard{mutex_};
  handle_ = std::move(x);
}

void live_handle::reset() {
  std::lock_guard guard{mutex_};
  handle_ = nullptr;
}

child_spec supervisor_child(std::string id, supervisor_spec spec,
                            std::shared_ptr<const supervisor_env> env,
                            const child_spec& defaults) {
  child_spec out = defaults;
  out.live = std::make_shared<live_handle>();
  out.id = std::move(id);
  out.type = node_type::supervisor;
  out.strategy = spec.strategy;
  out.start = [spec = std::move(spec), env = std::move(env)](
                  caf::scheduled_actor* parent, incarnation life) {
    auto* host = static_cast<caf::local_actor*>(parent);
    return host->spawn<shell>(std::move(life), initializer(spec, env));
  };
  return out;
}

void add_child(const caf::actor& supervisor, child_spec spec) {
  caf::anon_send(supervisor, start_atom::value,
                 child_spec_ptr{std::make_shared<child_spec>(std::move(spec))});
}

void remove_child(const caf::actor& supervisor, const std::string& id) {
  caf::anon_send(supervisor, stop_atom::value, id);
}

caf::actor spawn_root(caf::actor_system& sys, const supervisor_spec& spec,
                      const std::shared_ptr<const supervisor_env>& env) {
  const auto& root = env->nodes->root();
  root->describe(restart_kind::permanent, spec.strategy);
  incarnation life{root, 0, root->begin_incarnation(env->now())};
  life.number = root->incarnation();
  root->set_state(node_state::running, env->now());
  return sys.spawn<shell>(std::move(life), initializer(spec, env));
}

}  // namespace closedpaw::supervision
