#include "actors/supervision/supervisor_state.hpp"

#include <algorithm>

namespace closedpaw::supervision {

namespace {

bool is_normal(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::normal ||
         reason == caf::exit_reason::user_shutdown;
}

std::string exit_text(const caf::error& reason) {
  if (!reason)
    return "normal";
  if (reason.category() == caf::atom("closedpaw"))
    return to_failure(reason).message;
  return caf::to_string(reason);
}

}  // namespace

supervisor_state::~supervisor_state() {
  // Reached normally with all children down; after a crash of this supervisor
  // its children must not live on unsupervised.
  for (auto& c : children_) {
    if (!c.handle)
      continue;
    // One that was abandoned and returned late has a successor, whose children
    // are in the slots.
    if (c.spec.where && !abandoned())
      c.spec.where->clear();
    caf::anon_send_exit(c.handle, caf::exit_reason::kill);
  }
}

bool supervisor_state::abandoned() const {
  return self_->life().where->fenced(self_->life().number);
}

caf::behavior supervisor_state::init(
    supervisor_spec spec, std::shared_ptr<const supervisor_env> env) {
  spec_ = std::move(spec);
  env_ = std::move(env);
  self_->set_down_handler([this](caf::down_msg& x) { on_down(x); });
  self_->set_exit_handler([this](caf::exit_msg& x) { on_exit_message(x); });
  for (const auto& s : spec_.children)
    children_.push_back(make_child(s));
  if (spec_.added)
    for (const auto& s : spec_.added())
      children_.push_back(make_child(s));
  for (std::size_t i = 0; i < children_.size(); ++i)
    start(i);
  return {
      [this](check_atom) { return summary(); },
      [this](start_atom, std::uint64_t i, std::uint64_t timer) {
        if (children_[i].timer == timer)
          start_when_due(i);
      },
      [this](check_atom, std::uint64_t i, std::uint64_t timer) {
        if (children_[i].timer == timer && children_[i].handle)
          check(i);
      },
      [this](hung_atom, const std::string& id, std::uint64_t life) {
        on_hung(id, life);
      },
      [this](stop_atom, std::uint64_t i, std::uint64_t timer, bool killed) {
        stop_overdue(i, timer, killed);
      },
      [this](start_atom, const child_spec_ptr& wanted) { add(wanted); },
      [this](stop_atom, const std::string& id) { remove(id); },
  };
}

// -- life of a child ---------------------------------------------------------

void supervisor_state::start(std::size_t i) {
  if (!end_predecessor(i))
    start_fresh(i);
}

// After a restart of this supervisor the child's previous life may still be
// ending; two audit loggers would wait for each other's transaction.
bool supervisor_state::end_predecessor(std::size_t i) {
  auto& c = children_[i];
  auto old = c.spec.live->get();
  if (!old)
    return false;
  c.handle = old;
  self_->monitor(old);
  self_->send_exit(old, caf::exit_reason::kill);
  set_state(c, node_state::stopping, "its supervisor was restarted");
  self_->delayed_send(self_, std::max(c.spec.shutdown, c.spec.hang_after),
                      stop_atom::value, static_cast<std::uint64_t>(i),
                      ++c.timer, true);
  return true;
}

void supervisor_state::start_fresh(std::size_t i) {
  if (abandoned())
    return;
  auto& c = children_[i];
  ++c.timer;
  c.rechecks = 0;
  c.counted_ineffective = false;
  c.where->set_next_attempt(std::nullopt);
  if (c.ever_started)
    c.where->count_restart();
  incarnation life{c.where, 0, c.where->begin_incarnation(now())};
  life.number = c.where->incarnation();
  set_state(c, c.ever_started ? node_state::recovering : node_state::starting);
  c.ever_started = true;
  const auto me = caf::actor_cast<caf::actor_addr>(self_);
  c.where->on_hung([me, id = c.spec.id](std::uint64_t n) {
    if (auto sup = caf::actor_cast<caf::actor>(me))
      caf::anon_send<caf::message_priority::high>(sup, hung_atom::value, id, n);
  });
  c.handle = c.spec.start(self_, std::move(life));
  c.spec.live->set(c.handle);
  self_->monitor(c.handle);
  check(i);
}

void supervisor_state::check(std::size_t i) {
  auto& c = children_[i];
  const auto life = c.where->incarnation();
  // Another child may have its place by then.
  auto current = [this, i, life, where = c.where] {
    const auto& present = children_[i];
    return present.handle && present.where == where &&
           present.where->incarnation() == life &&
           present.where->state() != node_state::stopping;
  };
  self_->request(c.handle, c.spec.check_timeout, check_atom::value)
      .then(
          [=, this](const std::string& detail) {
            if (current())
              proved(i, detail);
          },
          [=, this](const caf::error& e) {
            if (current())
              not_proved(i, to_failure(e));
          });
}

void supervisor_state::proved(std::size_t i, const std::string& detail) {
  auto& c = children_[i];
  c.where->record_exchange(true, detail, now());
  if (c.where->state() == node_state::recovering && c.crashed_at) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        mono() - *c.crashed_at);
    c.where->set_recovery(took);
    report(c, "recovered", {{"recovery_ms", took.count()}, {"proof", detail}},
           "info");
  }
  c.crashed_at.reset();
  set_state(c, node_state::running, detail);
}

void supervisor_state::not_proved(std::size_t i, const failure& why) {
  auto& c = children_[i];
  c.where->record_exchange(false, why.message, now());
  if (c.where->state() == node_state::starting) {
    // It runs; that its counterpart does not answer is health, and shown there.
    set_state(c, node_state::running, "not proven: " + why.message);
    return;
  }
  if (c.where->state() != node_state::recovering)
    return;
  note_ineffective(c, why.message);
  const auto delay = c.policy.recheck_delay(c.rechecks++, env_->chance());
  self_->delayed_send(self_, delay, check_atom::value,
                      static_cast<std::uint64_t>(i), c.timer);
}

// A restart that did not help: what follows it is the same trouble as before.
void supervisor_state::note_ineffective(child& c, const std::string& why) {
  if (c.where->state() != node_state::recovering || c.counted_ineffective)
    return;
  c.counted_ineffective = true;
  c.where->count_ineffective();
  report(c, "ineffective", {{"check", why}}, "medium");
}

void supervisor_state::on_down(const caf::down_msg& x) {
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].handle && children_[i].handle.address() == x.source) {
      on_exit(i, exit_text(x.reason), !is_normal(x.reason));
      return;
    }
  }
}

void supervisor_state::on_hung(const std::string& id, std::uint64_t life) {
  auto it = std::find_if(children_.begin(), children_.end(),
                         [&](const child& c) { return c.spec.id == id; });
  if (it == children_.end() || !it->handle || it->where->fenced(life))
    return;
  note_ineffective(*it, "it hangs");
  set_state(*it, node_state::hung, "in one handler for too long");
  self_->demonitor(it->handle);
  // Ends it should its handler return after all.
  caf::anon_send_exit(it->handle, caf::exit_reason::kill);
  it->where->fence();
  on_exit(static_cast<std::size_t>(it - children_.begin()),
          "hung: in one handler for more than " +
              std::to_string(it->spec.hang_after.count()) + " ms; abandoned",
          true);
}

void supervisor_state::detach(child& c) {
  if (auto stats = c.where->stats())
    stats->on_mailbox_closed();
  if (c.spec.where)
    c.spec.where->clear();
  for (auto* p : c.spec.publications)
    p->mark_stale(now());
  c.spec.live->reset();
  c.handle = nullptr;
  ++c.timer;
}

void supervisor_state::on_exit(std::size_t i, const std::string& reason,
                               bool abnormal) {
  auto& c = children_[i];
  const bool was_predecessor =
      c.where->state() == node_state::stopping && !stopping_;
  detach(c);
  if (c.removed || c.successor) {
    c.where->set_exit({c.removed ? "removed" : "replaced", now()});
    succeed(i);
    return;
  }
  c.where->set_exit(
      {was_predecessor ? "its supervisor was restarted" : reason, now()});
  if (was_predecessor) {
    c.crashed_at = mono();
    report(c, "exited",
           {{"reason", "its supervisor was restarted"}, {"restart_in_ms", 0}},
           "medium");
    start_fresh(i);
    return;
  }
  const bool again = c.spec.restart == restart_kind::permanent ||
                     (c.spec.restart == restart_kind::transient && abnormal);
  if (stopping_) {
    set_state(c, node_state::stopped, reason);
    auto& s = *stopping_;
    if (s.at < s.order.size() && s.order[s.at] == i)
      stop_next();
    else if (s.then == after_stop::restart && again)
      s.restart.push_back(i);
    return;
  }
  if (!again) {
    set_state(c, node_state::stopped, reason);
    return;
  }
  restart_after(i, reason);
}

void supervisor_state::restart_after(std::size_t i, const std::string& reason) {
  auto& c = children_[i];
  note_ineffective(c, reason);
  if (!c.crashed_at)
    c.crashed_at = mono();
  const auto decision = c.policy.on_exit(mono(), env_->chance());
  c.where->set_policy(c.policy);
  report(c, decision.budget_exceeded ? "failed" : "exited",
         {{"reason", reason}, {"restart_in_ms", decision.delay.count()}},
         decision.budget_exceeded ? "high" : "medium");
  set_state(c,
            decision.budget_exceeded ? node_state::failed : node_state::backoff,
            reason);
  if (decision.budget_exceeded && spec_.escalate) {
    stop_sequence s;
    for (std::size_t k = children_.size(); k-- > 0;)
      s.order.push_back(k);
    s.then = after_stop::quit;
    s.reason = to_error({errc::internal,
                         "restart budget of " + c.where->path() +
                             " exceeded; last exit: " + reason,
                         {},
                         {}});
    stop_children(std::move(s));
    return;
  }
  stop_sequence s;
  s.then = after_stop::restart;
  s.delay = decision.delay;
  const auto first =
      spec_.strategy == restart_strategy::one_for_all ? 0 : i + 1;
  if (spec_.strategy != restart_strategy::one_for_one)
    for (std::size_t k = children_.size(); k-- > first;)
      if (k != i && children_[k].handle)
        s.order.push_back(k);
  s.restart = s.order;
  s.restart.push_back(i);
  stop_children(std::move(s));
}

void supervisor_state::schedule_start(std::size_t i,
                                      std::chrono::milliseconds delay) {
  auto& c = children_[i];
  if (delay.count() == 0) {
    start(i);
    return;
  }
  c.where->set_next_attempt(now() + delay);
  self_->delayed_send(self_, delay, start_atom::value,
                      static_cast<std::uint64_t>(i), ++c.timer);
}

// An attempt that is due while others are being stopped waits for them.
void supervisor_state::start_when_due(std::size_t i) {
  if (!stopping_)
    start(i);
  else if (stopping_->then == after_stop::restart)
    stopping_->restart.push_back(i);
}

// -- telling -----------------------------------------------------------------

monotonic_time supervisor_state::mono() const {
  return self_->clock().now();
}

void supervisor_state::set_state(child& c, node_state s, std::string why) {
  c.where->set_state(s, now(), std::move(why));
}

void supervisor_state::report(const child& c, std::string status, json details,
                              std::string level) const {
  if (!env_->report)
    return;
  audit_event e;
  e.time = now();
  e.actor = "supervisor";
  e.action_type = "supervision";
  e.status = std::move(status);
  e.level = std::move(level);
  details["path"] = c.where->path();
  e.details = details;
  env_->report(std::move(e));
}

std::string supervisor_state::summary() const {
  const auto up =
      std::count_if(children_.begin(), children_.end(),
                    [](const child& c) { return static_cast<bool>(c.handle); });
  const auto all = std::count_if(children_.begin(), children_.end(),
                                 [](const child& c) { return !c.removed; });
  return std::to_string(up) + " of " + std::to_string(all) +
         " children started";
}

}  // namespace closedpaw::supervision
