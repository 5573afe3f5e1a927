#include "actors/sandbox/manager.hpp"

#include <algorithm>

#include "actors/sandbox/manager_state.hpp"
#include "actors/sandbox/skills/manifest.hpp"

namespace closedpaw::sandbox {

namespace {

constexpr std::chrono::milliseconds manager_sweep_interval{100};
constexpr std::uint32_t sweeps_between_skills = 50;
constexpr std::chrono::seconds longest_commit{10};
constexpr std::chrono::seconds longest_stop{10};

audit_event event_of(const agent_record& x, const char* status,
                     const command_context& context, json details,
                     timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = "agents";
  e.user = context.peer;
  e.action_type = "agent";
  e.skill_id = x.skill.id;
  e.status = status;
  e.level = "medium";
  e.request_id = context.request_id;
  details["agent_id"] = to_string(x.id);
  e.details = json_text{details};
  return e;
}

failure no_such_agent() {
  return {errc::not_found, "Agent not found", {}, {}};
}

}  // namespace

manager_state::~manager_state() {
  for (auto& [key, x] : passed_)
    x.refused({errc::outcome_unknown,
               "the owner of the agents stopped before the agent answered",
               std::chrono::milliseconds{1000},
               {}});
  for (auto& promise : probing_)
    promise.deliver(to_error({errc::unavailable,
                              "the owner of the agents stopped meanwhile; see "
                              "GET /api/agents/runtimes",
                              std::chrono::milliseconds{1000},
                              {}}));
  for (auto& [id, promise] : working_)
    promise.deliver(to_error({errc::interrupted,
                              "the owner of the agents stopped before the "
                              "skill answered; what it did is not known",
                              {},
                              {}}));
  for (auto& [id, promise] : creating_)
    promise.deliver(to_error({errc::outcome_unknown,
                              "the owner of the agents stopped before the "
                              "agent ran; see GET /api/agents/" +
                                  to_string(id),
                              std::chrono::milliseconds{1000},
                              {}}));
}

internal_manager::behavior_type manager_state::init(manager_args given) {
  args_ = std::move(given);
  publish();
  self_->delayed_send(self_, manager_sweep_interval, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](const ask_create_agent& q) { return on_create(q); },
      [this](const ask_execute& q) { return on_execute(q); },
      [this](const ask_stop_agent& q) { return on_stop(q); },
      [this](const ask_pause_agent& q) { return on_pause(q); },
      [this](const run_skill_payload& q) { return on_run(*q); },
      [this](const work_done_ptr& x) { on_done(*x); },
      [this](const cancel_action& q) { on_cancel(q); },
      [this](stop_atom) { return on_stop_all(); },
      [this](const ask_isolation&) { return on_isolation(); },
      [this](wake_atom) {
        look_at_created();
        publish();
        look_at_trial();
      },
      [this](sweep_atom) {
        sweep();
        self_->delayed_send(self_, manager_sweep_interval, sweep_atom::value);
      },
  };
}

// What it exists for: that sandboxes start.
caf::result<std::string> manager_state::on_check() {
  if (const auto no = args_.where->refusal({}))
    return to_error(*no);
  return args_.where->report().chosen + " starts sandboxes";
}

caf::result<std::string> manager_state::on_isolation() {
  probing_.push_back(self_->make_response_promise<std::string>());
  if (!args_.where->probing()) {
    args_.where->will_probe();
    args_.probe();
  }
  return probing_.back();
}

void manager_state::look_at_trial() {
  if (probing_.empty() || args_.where->probing())
    return;
  const auto no = args_.where->refusal({});
  for (auto& promise : std::exchange(probing_, {}))
    if (no)
      promise.deliver(to_error(*no));
    else
      promise.deliver(args_.where->report().chosen);
}

caf::result<std::string> manager_state::on_create(const ask_create_agent& q) {
  if (const auto no = halted(operating_mode::draining))
    return to_error(*no);
  auto skill = usable(q->command.skill_id);
  if (!skill)
    return to_error(skill.error());
  auto limits = sandbox_limits_from(q->command.limits, skill->limits);
  if (!limits)
    return to_error(limits.error());
  if (const auto no = args_.where->refusal(*limits))
    return to_error(*no);
  if (const auto no = no_room())
    return to_error(*no);
  if (!skill->system)
    return to_error({errc::bad_request,
                     "skill " + skill->id +
                         " has no use for commands; agents that run them are "
                         "those of skills with \"system\": true, such as shell",
                     {},
                     {}});
  auto record = make_record(*skill, *limits);
  record->workspace = args_.directory + "/agents/" + to_string(record->id);
  record->own_workspace = true;
  auto promise = self_->make_response_promise<std::string>();
  ++recording_;
  record_event(event_of(*record, "created", q->context,
                        {{"limits", to_json(*limits)}}, args_.now()),
               [=, this](const result<void>& done) mutable {
                 --recording_;
                 const auto no = halted(operating_mode::panic);
                 if (!done || no) {
                   promise.deliver(to_error(done ? *no : done.error()));
                   return;
                 }
                 creating_.emplace(record->id, promise);
                 begin(record);
               });
  return promise;
}

caf::result<skill_outcome_payload> manager_state::on_run(const run_skill& q) {
  if (const auto no = halted(operating_mode::panic))
    return to_error(*no);
  auto skill = usable(q.skill_id);
  if (!skill)
    return to_error(skill.error());
  if (skill->digest != q.digest)
    return to_error({errc::conflict,
                     "skill " + q.skill_id +
                         " was enabled anew meanwhile; submit the action again",
                     {},
                     {}});
  const auto parameters = q.parameters.value();
  if (auto fits = check_request(*skill, q.operation, parameters); !fits)
    return to_error(fits.error());
  if (const auto no = args_.where->refusal(skill->limits))
    return to_error(*no);
  if (const auto no = no_room())
    return to_error(*no);
  auto record = make_record(*skill, skill->limits);
  record->workspace = args_.directory + "/workspaces/" + skill->id;
  record->action_id = q.action_id;
  auto promise = self_->make_response_promise<skill_outcome_payload>();
  working_.emplace(record->id, promise);
  // Called in another thread, at the latest when its actor is gone.
  record->work = std::make_shared<job>(
      json{{"operation", q.operation},
           {"parameters", parameters},
           {"settings", skill->settings}},
      [id = record->id, me = caf::actor_cast<caf::weak_actor_ptr>(self_)](
          result<skill_outcome> x) {
        if (const auto strong = me.lock())
          caf::anon_send(
              caf::actor_cast<caf::actor>(strong),
              std::make_shared<work_done>(work_done{id, std::move(x)}));
      });
  begin(record);
  return promise;
}

void manager_state::on_done(work_done& x) {
  auto waiting = working_.extract(x.agent);
  if (waiting.empty())
    return;
  if (x.outcome)
    waiting.mapped().deliver(skill_outcome_payload{std::move(*x.outcome)});
  else
    waiting.mapped().deliver(to_error(x.outcome.error()));
}

template <class Answer, class Question>
caf::result<Answer> manager_state::pass_on(const uuid& id, const Question& q) {
  const auto record = args_.table->find(id);
  if (!record)
    return to_error(no_such_agent());
  if (has_ended(record->view->get()->state))
    return to_error({errc::conflict, "the agent has ended", {}, {}});
  const auto handle = record->where->get();
  if (!handle)
    return to_error(record->where->unavailable(args_.now()));
  auto promise = self_->make_response_promise<Answer>();
  pass<Answer>(*record, *handle, q, promise);
  return promise;
}

// An agent that hangs never answers; look_at_lost() does then.
template <class Answer, class Question>
void manager_state::pass(const agent_record& to, const agent_actor& handle,
                         const Question& q,
                         caf::typed_response_promise<Answer> promise) {
  const auto key = next_passed_++;
  passed_[key] = {to.id, [promise](const failure& why) mutable {
                    promise.deliver(to_error(why));
                  }};
  self_->request(handle, caf::infinite, q)
      .then(
          [=, this](const Answer& x) mutable {
            if (passed_.erase(key) > 0)
              promise.deliver(x);
          },
          [=, this](const caf::error& e) mutable {
            if (passed_.erase(key) > 0)
              promise.deliver(e);
          });
}

caf::result<skill_outcome_payload> manager_state::on_execute(
    const ask_execute& q) {
  if (const auto no = halted(operating_mode::draining))
    return to_error(*no);
  const auto record = args_.table->find(q->command.id);
  if (!record)
    return to_error(no_such_agent());
  auto promise = self_->make_response_promise<skill_outcome_payload>();
  record_event(event_of(*record, "command", q->context,
                        {{"command", q->command.command}}, args_.now()),
               [=, this](const result<void>& done) mutable {
                 const auto handle = record->where->get();
                 const auto no = halted(operating_mode::panic);
                 if (!done || no || !handle) {
                   promise.deliver(to_error(
                       !done ? done.error()
                       : no  ? *no
                             : record->where->unavailable(args_.now())));
                   return;
                 }
                 pass<skill_outcome_payload>(*record, *handle, q, promise);
               });
  return promise;
}

caf::result<std::string> manager_state::on_pause(const ask_pause_agent& q) {
  const auto record = args_.table->find(q->command.id);
  if (record && !has_ended(record->view->get()->state))
    args_.report(event_of(*record,
                          q->command.paused ? "pause_asked" : "resume_asked",
                          q->context, json::object(), args_.now()));
  return pass_on<std::string>(q->command.id, q);
}

// Stopping must stay possible while nothing can be recorded.
caf::result<std::string> manager_state::on_stop(const ask_stop_agent& q) {
  const auto record = args_.table->find(q->command.id);
  if (record && !has_ended(record->view->get()->state))
    args_.report(event_of(*record, "stop_asked", q->context,
                          {{"force", q->command.force}}, args_.now()));
  return pass_on<std::string>(q->command.id, q);
}

void manager_state::on_cancel(const cancel_action& q) {
  for (const auto& x : args_.table->active()) {
    if (x->action_id != q.id)
      continue;
    const auto handle = x->where->get();
    if (!handle) {
      cancelled_.push_back(q.id);
      continue;
    }
    self_
        ->request(*handle, caf::infinite,
                  ask_stop_agent{ask<stop_agent>{{x->id, true}, {}}})
        .then([](const std::string&) {}, [](const caf::error&) {});
  }
}

// Those that have no actor just now are stopped by the next look.
std::uint32_t manager_state::on_stop_all() {
  std::uint32_t asked = 0;
  for (const auto& x : args_.table->active()) {
    const auto handle = x->where->get();
    if (!handle || !told_to_stop_.insert(x->id).second)
      continue;
    ++asked;
    if (!x->action_id)
      args_.report(
          event_of(*x, "stop_asked", {}, {{"why", "panic"}}, args_.now()));
    self_
        ->request(*handle, longest_stop,
                  ask_stop_agent{ask<stop_agent>{{x->id, true}, {}}})
        .then(
            [](const std::string&) {},
            [this, id = x->id](const caf::error&) { told_to_stop_.erase(id); });
  }
  return asked;
}

// It may have begun, or been on its way, when that was asked for.
void manager_state::hold_panic() {
  if (args_.live->mode.get()->mode == operating_mode::panic)
    on_stop_all();
  else
    told_to_stop_.clear();
}

void manager_state::record_event(audit_event e, const on_recorded& done) {
  const auto logger = args_.logger->get();
  if (!logger)
    return done(args_.logger->unavailable(args_.now()));
  commit_unit unit;
  unit.events.push_back(std::move(e));
  self_
      ->request(*logger, longest_commit,
                commit_batch{commit_unit_payload{std::move(unit)}})
      .then(
          [done](const commit_answers& answers) {
            const auto& refused = answers.at(0).refused;
            done(refused ? result<void>{*refused} : result<void>{});
          },
          [done](const caf::error& e2) {
            auto why = to_failure(e2);
            why.code = errc::audit_refused;
            done(why);
          });
}

void manager_state::sweep() {
  for (const auto& id : std::exchange(cancelled_, {}))
    on_cancel({id});
  hold_panic();
  look_at_lost();
  look_at_created();
  if (since_skills_++ % sweeps_between_skills == 0)
    args_.skills->refresh();
  if (args_.table->revision() != shown_)
    publish();
}

agent_manager_actor spawn_agent_manager(caf::scheduled_actor* parent,
                                        supervision::incarnation life,
                                        manager_args args) {
  return supervision::spawn_worker<internal_manager, manager_state>(
      parent, std::move(life), true,
      [args = std::move(args)](manager_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::sandbox
