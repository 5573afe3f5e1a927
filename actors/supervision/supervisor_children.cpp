#include <algorithm>

#include "actors/supervision/supervisor_state.hpp"

namespace closedpaw::supervision {

supervisor_state::child supervisor_state::make_child(const child_spec& spec) {
  child c;
  c.spec = spec;
  c.where = env_->nodes->child(self_->life().where, spec.id, spec.type);
  c.where->describe(spec.restart, spec.strategy);
  c.where->set_hang_after(spec.hang_after);
  if (spec.where)
    spec.where->attach(c.where);
  c.policy = restart_policy{spec.limits};
  c.where->set_policy(c.policy);
  c.ever_started = c.where->incarnation() > 0;
  return c;
}

std::optional<std::size_t> supervisor_state::find(const std::string& id) const {
  for (std::size_t i = 0; i < children_.size(); ++i)
    if (children_[i].spec.id == id)
      return i;
  return std::nullopt;
}

// Indices stay what they are while others refer to them, so that one that was
// removed leaves its place to the next.
bool supervisor_state::take_free_place(const child_spec& spec) {
  const auto free = std::ranges::find_if(children_, [](const child& c) {
    return c.removed && !c.handle && !c.successor;
  });
  if (stopping_ || free == children_.end())
    return false;
  const auto timer = free->timer;
  *free = make_child(spec);
  free->timer = timer + 1;
  start(static_cast<std::size_t>(free - children_.begin()));
  return true;
}

void supervisor_state::add(std::shared_ptr<const child_spec> spec) {
  const auto i = find(spec->id);
  if (!i && take_free_place(*spec))
    return;
  if (!i) {
    children_.push_back(make_child(*spec));
    if (!stopping_)
      start(children_.size() - 1);
    else if (stopping_->then == after_stop::restart)
      stopping_->restart.push_back(children_.size() - 1);
    return;
  }
  children_[*i].successor = std::move(spec);
  children_[*i].removed = false;
  retire(*i);
}

void supervisor_state::remove(const std::string& id) {
  const auto i = find(id);
  if (!i || children_[*i].removed)
    return;
  children_[*i].removed = true;
  children_[*i].successor = nullptr;
  retire(*i);
}

void supervisor_state::retire(std::size_t i) {
  auto& c = children_[i];
  if (!c.handle) {
    ++c.timer;
    succeed(i);
    return;
  }
  // An ordered stop of all is under way: then nothing need follow.
  if (stopping_ && stopping_->then == after_stop::quit)
    return;
  set_state(c, node_state::stopping,
            c.removed ? "it was removed" : "it was replaced");
  self_->send_exit(c.handle, caf::exit_reason::user_shutdown);
  self_->delayed_send(self_, c.spec.shutdown, stop_atom::value,
                      static_cast<std::uint64_t>(i), ++c.timer, false);
}

void supervisor_state::succeed(std::size_t i) {
  auto& c = children_[i];
  c.where->set_next_attempt(std::nullopt);
  set_state(c, node_state::stopped, c.removed ? "removed" : "replaced");
  const auto next = std::exchange(c.successor, nullptr);
  if (next) {
    const auto timer = c.timer;
    c = make_child(*next);
    c.timer = timer + 1;
    // A new thing, not a restart of the old one.
    c.ever_started = false;
    if (!stopping_)
      start(i);
    else if (stopping_->then == after_stop::restart)
      stopping_->restart.push_back(i);
  } else {
    env_->nodes->remove(self_->life().where, c.spec.id);
  }
  // It may have been this one that an ordered stop waited for.
  if (stopping_ && stopping_->at < stopping_->order.size() &&
      stopping_->order[stopping_->at] == i)
    stop_next();
}

}  // namespace closedpaw::supervision
