#include "actors/orchestrator/orchestrator_state.hpp"
#include "config/runtime_settings.hpp"

namespace closedpaw::orchestrator {

// What happens next with an action that may run: its end, when that is known at
// once, becomes part of the same step.
orchestrator_state::planned orchestrator_state::plan(transition step,
                                                     const json& parameters) {
  if (step.row().status != action_status::executing)
    return {unit_of(std::move(step), {}), {}, {}};
  auto next = execute(step.row(), parameters, context());
  auto* done = std::get_if<finished_now>(&next);
  if (!done)
    return {unit_of(std::move(step), {}), {}, std::move(next)};
  auto whole = done->outcome
                   ? complete(std::move(step), std::move(*done->outcome), now())
                   : fail(std::move(step), done->outcome.error(), now());
  return {
      unit_of(std::move(whole), done->changes), std::move(done->changes), {}};
}

void orchestrator_state::carry_out(transition step, const json& parameters,
                                   std::optional<final_promise> waiter,
                                   std::function<void(const planned&)> done,
                                   on_refused refused) {
  const bool may_change_settings =
      step.row().status == action_status::executing &&
      (step.row().type == action_type::model_switch ||
       step.row().type == action_type::config_change);
  if (!may_change_settings || !setting_in_flight_) {
    carry_out_now(std::move(step), parameters, std::move(waiter),
                  std::move(done), std::move(refused));
    return;
  }
  const auto id = step.row().id;
  const auto kept = std::make_shared<transition>(std::move(step));
  when_settings_rest(
      [=, this] {
        setting_in_flight_ = false;
        carry_out_now(std::move(*kept), parameters, waiter, done, refused);
        if (!setting_in_flight_)
          settings_rest();
      },
      [=, this](const failure& why) { refused(refusal(why, id)); });
}

void orchestrator_state::carry_out_now(transition step, const json& parameters,
                                       std::optional<final_promise> waiter,
                                       std::function<void(const planned&)> done,
                                       on_refused refused) {
  auto p = plan(std::move(step), parameters);
  const auto unit = p.unit;
  // Saying no must stay possible on a full disk.
  unit->may_use_reserve = unit->row->status == action_status::rejected;
  const bool changes_settings = !p.changes.empty();
  setting_in_flight_ = setting_in_flight_ || changes_settings;
  commit(
      unit,
      [=, this, p = std::move(p), waiter = std::move(waiter),
       done = std::move(done)] {
        began(p, waiter);
        done(p);
        if (changes_settings)
          settings_rest();
      },
      [=, this, id = unit->row->id,
       refused = std::move(refused)](const failure& why) {
        refused(refusal(why, id));
        if (changes_settings)
          settings_rest();
      });
}

// The step is committed: begin it.
void orchestrator_state::began(const planned& p,
                               std::optional<final_promise> waiter) {
  announce(row_of(p.unit));
  if (!p.changes.empty())
    apply(p.changes);
  auto stream = streams_.extract(p.row().id);
  if (std::holds_alternative<finished_now>(p.rest)) {
    if (waiter)
      waiter->deliver(action_payload{row_of(p.unit)});
    return;
  }
  const auto id = p.row().id;
  running run;
  run.row = row_of(p.unit);
  if (const auto* provider = std::get_if<ask_provider>(&p.rest)) {
    run.asks = *provider;
    if (!stream.empty())
      run.asks->request.stream_id = std::move(stream.mapped());
  }
  run.deadline = mono() + deadline_for(run.row->type);
  if (waiter)
    run.waiters.push_back(std::move(*waiter));
  running_.emplace(id, std::move(run));
  publish();
  // It was being recorded when that began.
  if (mode_.mode == operating_mode::panic) {
    finish(id, failure{errc::cancelled, "ended by " + explain(mode_), {}, {}});
    return;
  }
  if (const auto* skill = std::get_if<ask_agents>(&p.rest))
    ask_owner<skill_outcome_payload>(id, args_.agents,
                                     run_skill_payload{skill->what});
  else if (const auto* call = std::get_if<ask_outside>(&p.rest))
    ask_owner<api_answer_payload>(id, args_.outside,
                                  call_api_payload{call->what});
  else if (const auto* change = std::get_if<apply_change>(&p.rest))
    apply_trust(id, change->what);
  else
    ask(id);
}

template <class Answer, class Handle, class Question>
void orchestrator_state::ask_owner(const uuid& id,
                                   const supervision::slot_ptr<Handle>& owner,
                                   const Question& what) {
  auto& run = running_.at(id);
  const auto handle = owner->get();
  if (!handle)
    return finish(id, owner->unavailable(now()));
  run.asked_who = owner;
  run.asked_life = owner->incarnation();
  run.withdraw = [=, this](const cancel_action& x) {
    if (const auto present = owner->get())
      self_->send(*present, x);
  };
  self_->request(*handle, caf::infinite, what)
      .then(
          [=, this](const Answer& x) {
            finish(id, {boost::system::in_place_value, x->result});
          },
          [=, this](const caf::error& e) { finish(id, to_failure(e)); });
}

void orchestrator_state::ask(const uuid& id) {
  auto& run = running_.at(id);
  const auto& next = run.asks->candidates[run.asked];
  run.asks->request.model = next.model;
  const auto provider = args_.providers->find(next.provider);
  run.asked_who = provider;
  if (!provider) {
    not_answered(
        id, {errc::not_found, "Provider not found: " + next.provider, {}, {}});
    return;
  }
  auto handle = provider->get();
  if (!handle) {
    not_answered(id, provider->unavailable(now()));
    return;
  }
  run.asked_life = provider->incarnation();
  // A late answer of a candidate that was given up.
  auto current = [this, id, turn = run.asked] {
    const auto it = running_.find(id);
    return it != running_.end() && it->second.asked == turn &&
           !it->second.ending;
  };
  // Deadlines are swept: CAF never cancels the timeout of an answered request.
  self_
      ->request(*handle, caf::infinite, chat_request_payload{run.asks->request})
      .then(
          [=, this](const chat_reply_payload& reply) {
            if (current())
              answered(id, *reply);
          },
          [=, this](const caf::error& e) {
            if (current())
              not_answered(id, to_failure(e));
          });
}

void orchestrator_state::answered(const uuid& id, const chat_reply& reply) {
  auto& failed = running_.at(id).failed;
  failed.insert(failed.end(), reply.failed.begin(), reply.failed.end());
  finish(id, {boost::system::in_place_value,
              chat_result(reply, failed.size() + 1)});
}

void orchestrator_state::not_answered(const uuid& id, failure why) {
  auto& run = running_.at(id);
  const auto& asked = run.asks->candidates[run.asked];
  // Who is unsuited was not asked.
  const bool unsuited = is_unsuited(why);
  if (!unsuited)
    note_attempts(run.failed, asked, why);
  if (run.asked + 1 < run.asks->candidates.size() && may_fall_back(why)) {
    if (!unsuited)
      run.why = std::move(why);
    ++run.asked;
    ask(id);
    return;
  }
  if (unsuited && run.why)
    why = std::move(*run.why);
  if (why.extra.is_object()) {
    why.extra.erase("attempts");
    why.extra.erase("unsuited");
  }
  finish(id, std::move(why));
}

// The upstream need not go on for an answer that nobody will get.
void orchestrator_state::stop_asking(const running& run) {
  if (!run.asked_who)
    return;
  const cancel_action what{run.row->id};
  if (run.withdraw)
    return run.withdraw(what);
  const auto provider =
      args_.providers->find(run.asks->candidates[run.asked].provider);
  if (const auto handle = provider ? provider->get() : std::nullopt)
    self_->send(*handle, what);
}

void orchestrator_state::finish(const uuid& id,
                                const result<json_text>& outcome,
                                const principal* ended_by) {
  auto it = running_.find(id);
  // A late answer of an action that was cancelled or timed out.
  if (it == running_.end() || it->second.ending)
    return;
  auto& run = it->second;
  auto step = outcome ? complete(*run.row, *outcome, now())
                      : fail(*run.row, outcome.error(), now());
  if (ended_by)
    step = by(std::move(step), *ended_by);
  step = with_attempts(std::move(step), run.failed);
  if (!outcome && (outcome.error().code == errc::cancelled ||
                   outcome.error().code == errc::timeout))
    stop_asking(run);
  auto unit = unit_of(std::move(step), {});
  unit->may_use_reserve = true;
  run.ending = unit;
  send_ending(id);
}

void orchestrator_state::send_ending(const uuid& id) {
  auto& run = running_.at(id);
  run.ending_in_flight = true;
  commit(
      run.ending, [=, this] { settle(id); },
      [=, this](const failure& why) {
        auto it = running_.find(id);
        if (it == running_.end())
          return;
        // Kept, and sent again by the sweep: the unit is idempotent.
        it->second.ending_in_flight = false;
        auto told = refusal(why, id);
        told.message =
            "its end will be recorded as soon as that is possible "
            "again; until then its outcome is unknown (" +
            why.message + ")";
        told.code = errc::outcome_unknown;
        told.extra["outcome"] = "unknown";
        for (auto& waiter : std::exchange(it->second.waiters, {}))
          waiter.deliver(to_error(told));
      });
}

void orchestrator_state::tell_decider(const planned& p, final_promise promise) {
  constexpr std::chrono::seconds soon{5};
  const auto it = running_.find(p.row().id);
  if (it == running_.end()) {
    promise.deliver(action_payload{row_of(p.unit)});
    return;
  }
  it->second.deciders.push_back(std::move(promise));
  it->second.told_until =
      mono() + std::min<std::chrono::milliseconds>(
                   soon, settings_->http.request_timeout / 2);
}

void orchestrator_state::tell_deciders(running& run, const row_ptr& row) {
  for (auto& promise : std::exchange(run.deciders, {}))
    promise.deliver(action_payload{row});
}

void orchestrator_state::settle(const uuid& id) {
  auto node = running_.extract(id);
  if (node.empty())
    return;
  auto& run = node.mapped();
  announce(row_of(run.ending));
  publish();
  for (auto& waiter : run.waiters)
    waiter.deliver(action_payload{row_of(run.ending)});
  tell_deciders(run, row_of(run.ending));
}

void orchestrator_state::sweep() {
  if (!ready_) {
    restore_again_if_abandoned();
    if (!restore_trouble_.empty())
      restore();
    return;
  }
  sweep_running(mono());
  disable_changed_skills();
  hold_panic();
  expire_pending();
  look_up_unknown();
}

void orchestrator_state::sweep_running(monotonic_time now_mono) {
  std::vector<std::pair<uuid, failure>> over;
  std::vector<std::pair<uuid, failure>> abandoned;
  std::vector<uuid> unsent;
  for (auto& [id, run] : running_) {
    if (!run.deciders.empty() && now_mono >= run.told_until)
      tell_deciders(run, run.row);
    if (run.ending) {
      if (!run.ending_in_flight)
        unsent.push_back(id);
    } else if (now_mono >= run.deadline) {
      over.emplace_back(
          id, failure{errc::timeout,
                      "the action did not end within its deadline of " +
                          std::to_string(deadline_for(run.row->type).count()) +
                          " ms",
                      {},
                      {}});
    } else if (run.asked_who &&
               run.asked_who->incarnation() != run.asked_life) {
      // Who hung was abandoned with our request in its mailbox.
      abandoned.emplace_back(id, run.asked_who->replaced());
    }
  }
  for (const auto& [id, why] : over)
    finish(id, why);
  for (const auto& [id, why] : abandoned)
    if (running_.at(id).asks)
      not_answered(id, why);
    else
      finish(id, why);
  for (const auto& id : unsent)
    send_ending(id);
}

void orchestrator_state::expire_pending() {
  const auto limit = settings_->orchestrator.approval_deadline;
  std::vector<row_ptr> expired;
  for (const auto& [id, row] : pending_)
    if (now() - row->created_at >= limit && !deciding_.contains(id))
      expired.push_back(row);
  for (const auto& row : expired) {
    auto step = fail(*row,
                     {errc::timeout,
                      "nobody approved it within " +
                          std::to_string(limit.count() / 1000) + " s",
                      {},
                      {}},
                     now());
    auto unit = unit_of(std::move(step), {});
    unit->may_use_reserve = true;
    deciding_.insert(row->id);
    commit(
        unit,
        [=, this] {
          deciding_.erase(row->id);
          pending_.erase(row->id);
          publish();
          announce(row_of(unit));
        },
        [=, this](const failure&) { deciding_.erase(row->id); });
  }
}

void orchestrator_state::apply(const std::vector<setting_change>& changes) {
  ++registry_version_;
  for (const auto& c : changes)
    args_.settings->changed(c.key, c.value);
  refresh_settings();
}

void orchestrator_state::refresh_settings() {
  settings_ = args_.settings->current();
  publish();
}

}  // namespace closedpaw::orchestrator
