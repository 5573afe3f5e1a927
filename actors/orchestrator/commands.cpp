#include "actors/orchestrator/orchestrator_state.hpp"
#include "actors/orchestrator/security_rules.hpp"

namespace closedpaw::orchestrator {

namespace {

submitted answer_to(const action& row) {
  // The original answers with the decision; how far execution has come is
  // asked for with GET.
  const bool waits = row.status == action_status::pending;
  return {row.id, waits ? action_status::pending : action_status::approved,
          row.level};
}

/// What whoever asked for it is told of an action that has failed at once.
failure why_failed(const action& row) {
  return {errc::bad_request,
          row.error.value_or(""),
          {},
          {{"action_id", to_string(row.id)}}};
}

failure too_many_pending(std::size_t limit) {
  return {errc::too_many_requests,
          std::to_string(limit) +
              " actions wait for approval, which is the limit; approve or "
              "reject some (GET /api/actions/pending)",
          std::chrono::milliseconds{10'000},
          {}};
}

}  // namespace

// What it reads like decides what becomes of it, before anything else does.
screening orchestrator_state::judged(const action_request& request,
                                     const command_context& context) const {
  return screen(request, context.peer, args_.prompts, settings_->prompts);
}

std::optional<failure> orchestrator_state::no_room_for(
    const transition& step) const {
  const auto limit = settings_->orchestrator.max_pending;
  if (step.row().status != action_status::pending ||
      pending_.size() + recording_pending_ < limit)
    return std::nullopt;
  return too_many_pending(limit);
}

// It waits for approval once that is recorded.
void orchestrator_state::hold(transition step,
                              std::function<void(const row_ptr&)> done,
                              on_refused refused) {
  const auto unit = unit_of(std::move(step), {});
  const auto row = row_of(unit);
  ++recording_pending_;
  commit(
      unit,
      [=, this, done = std::move(done)] {
        --recording_pending_;
        pending_[row->id] = row;
        publish();
        announce(row);
        done(row);
      },
      [=, this, refused = std::move(refused)](const failure& why) {
        --recording_pending_;
        refused(refusal(why, row->id));
      });
}

caf::result<submitted> orchestrator_state::on_submit(
    const closedpaw::ask<submit_action>& q) {
  if (auto no = not_taking_on())
    return to_error(*no);
  if (q.command.request.type == action_type::api_call)
    if (auto fits = refuse_secrets(q.command.request.parameters); !fits)
      return to_error(fits.error());
  const auto when = now();
  const auto id = q.command.id ? *q.command.id : make_uuid(when);
  const auto seen = judged(q.command.request, q.context);
  const auto& request = seen.of(q.command.request);
  auto step = screened(
      submit(request, q.context, id, when, program_for(request)), seen, when);
  step.record_with(q.context.with);
  if (const auto no = no_room_for(step))
    return to_error(*no);
  // Not before: who was promised an answer no longer gets a returned error.
  auto promise = self_->make_response_promise<submitted>();
  on_refused refused = [=, this](failure why) mutable {
    streams_.erase(id);
    promise.deliver(to_error(std::move(why)));
  };
  if (step.row().status == action_status::pending) {
    hold(
        std::move(step),
        [=](const row_ptr& row) mutable { promise.deliver(answer_to(*row)); },
        std::move(refused));
    return promise;
  }
  if (!q.command.stream_id.empty())
    streams_[id] = q.command.stream_id;
  const bool blocked = seen.outcome == screening_outcome::block;
  carry_out(
      std::move(step), request.parameters, {},
      [=](const planned& p) mutable {
        if (blocked)
          promise.deliver(to_error(why_failed(p.row())));
        else
          promise.deliver(answer_to(p.row()));
      },
      std::move(refused));
  return promise;
}

// Submits, and answers only with the end, or with what waits for approval.
caf::result<action_payload> orchestrator_state::on_run(
    const action_request& asked, const command_context& context,
    const std::string& stream_id) {
  if (auto no = not_taking_on())
    return to_error(*no);
  const auto when = now();
  const auto seen = judged(asked, context);
  const auto& request = seen.of(asked);
  auto step =
      screened(submit(request, context, make_uuid(when), when), seen, when);
  if (const auto no = no_room_for(step))
    return to_error(*no);
  auto promise = self_->make_response_promise<action_payload>();
  const auto id = step.row().id;
  on_refused refused = [=, this](failure why) mutable {
    streams_.erase(id);
    promise.deliver(to_error(std::move(why)));
  };
  if (step.row().status == action_status::pending) {
    hold(
        std::move(step),
        [=](const row_ptr& row) mutable {
          promise.deliver(action_payload{row});
        },
        std::move(refused));
    return promise;
  }
  if (!stream_id.empty())
    streams_[id] = stream_id;
  carry_out(
      std::move(step), request.parameters, promise, [](const planned&) {},
      std::move(refused));
  return promise;
}

caf::result<action_payload> orchestrator_state::on_decide(
    const closedpaw::ask<decide_action>& q) {
  auto step = decided(q);
  if (!step)
    return to_error(step.error());
  auto promise = self_->make_response_promise<action_payload>();
  const bool needs_owner = q.command.approved &&
                           settings_->security.owner_secret &&
                           step->row().level == security_level::critical;
  if (!needs_owner) {
    record_decision(std::move(*step), promise);
    return promise;
  }
  const on_refused refused = [=](failure why) mutable {
    promise.deliver(to_error(std::move(why)));
  };
  // It stays open to whoever decides otherwise meanwhile.
  ask_the_vault(
      prove_owner_payload{closedpaw::ask<prove_owner>{
          {q.command.owner_secret.value_or(secret_text{})}, q.context}},
      look_up_timeout,
      [=, this](const std::string&) {
        if (auto still = decided(q))
          record_decision(std::move(*still), promise);
        else
          refused(still.error());
      },
      refused);
  return promise;
}

// A channel has no place for a confirmation, and never approves what is
// critical.
result<transition> orchestrator_state::decided(
    const closedpaw::ask<decide_action>& q) const {
  if (auto no = q.command.approved ? not_taking_on() : not_ready())
    return std::move(*no);
  const auto it = pending_.find(q.command.id);
  if (it == pending_.end() || deciding_.contains(q.command.id))
    return failure{errc::not_found, "Action not found or not pending", {}, {}};
  auto step =
      decide(*it->second,
             {q.command.approved, q.context.peer, q.command.claimed_user,
              q.command.confirm, settings_->security.confirm_critical},
             now());
  if (step)
    step->record_with(q.context.with);
  return step;
}

void orchestrator_state::record_decision(transition step,
                                         final_promise promise) {
  const auto id = step.row().id;
  const auto row = pending_.at(id);
  deciding_.insert(id);
  carry_out(
      std::move(step), row->parameters.value(), {},
      [=, this](const planned& p) mutable {
        deciding_.erase(id);
        pending_.erase(id);
        publish();
        tell_decider(p, promise);
      },
      [=, this](failure why) mutable {
        deciding_.erase(id);
        promise.deliver(to_error(std::move(why)));
      });
}

caf::result<action_payload> orchestrator_state::on_cancel(
    const closedpaw::ask<cancel_action>& q) {
  if (auto no = not_ready())
    return to_error(*no);
  const auto id = q.command.id;
  const failure why{
      errc::cancelled, "cancelled by " + q.context.peer.id, {}, {}};
  if (auto it = running_.find(id); it != running_.end()) {
    if (it->second.ending)
      return to_error({errc::conflict, "the action is already ending", {}, {}});
    // Answered like whoever waits for the end: once that is recorded.
    auto promise = self_->make_response_promise<action_payload>();
    it->second.waiters.push_back(promise);
    finish(id, why, &q.context.peer);
    return promise;
  }
  auto it = pending_.find(id);
  if (it == pending_.end() || deciding_.contains(id))
    return to_error(
        {errc::not_found, "Action not found, or it has ended already", {}, {}});
  auto unit = unit_of(by(fail(*it->second, why, now()), q.context.peer), {});
  unit->may_use_reserve = true;
  deciding_.insert(id);
  auto promise = self_->make_response_promise<action_payload>();
  commit(
      unit,
      [=, this]() mutable {
        deciding_.erase(id);
        pending_.erase(id);
        publish();
        announce(row_of(unit));
        promise.deliver(action_payload{row_of(unit)});
      },
      [=, this](const failure& refused) mutable {
        deciding_.erase(id);
        promise.deliver(to_error(refusal(refused, id)));
      });
  return promise;
}

caf::result<action_payload> orchestrator_state::on_await(
    const await_action& q) {
  if (auto no = not_ready())
    return to_error(*no);
  auto promise = self_->make_response_promise<action_payload>();
  if (auto it = running_.find(q.id); it != running_.end()) {
    it->second.waiters.push_back(promise);
    return promise;
  }
  auto reader = args_.reader->get();
  if (!reader) {
    promise.deliver(to_error(args_.reader->unavailable(now())));
    return promise;
  }
  self_->request(*reader, look_up_timeout, get_action{q.id})
      .then(
          [=](const action_payload& row) mutable {
            if (is_terminal(row->status))
              promise.deliver(row);
            else
              promise.deliver(to_error({errc::conflict,
                                        "the action has not begun, so its end "
                                        "cannot be waited for",
                                        std::chrono::milliseconds{1000},
                                        {}}));
          },
          [=](const caf::error& e) mutable { promise.deliver(e); });
  return promise;
}

caf::result<skill_view> orchestrator_state::on_skill(
    const closedpaw::ask<set_skill_enabled>& q) {
  if (auto no = not_ready())
    return to_error(*no);
  if (!find_skill(q.command.skill_id))
    return to_error({errc::not_found, "Skill not found", {}, {}});
  auto promise = self_->make_response_promise<skill_view>();
  when_settings_rest(
      [=, this]() mutable {
        auto changed = *find_skill(q.command.skill_id);
        changed.enabled = q.command.enabled;
        // What the owner may have looked at is what is there now.
        if (changed.enabled && changed.program)
          changed.digest = changed.program->digest;
        set_skill(std::move(changed), q.context, promise);
      },
      [=, this](const failure& why) mutable {
        promise.deliver(to_error(refusal(why, {})));
      });
  return promise;
}

caf::result<std::string> orchestrator_state::on_default_provider(
    const closedpaw::ask<set_default_provider>& q) {
  if (auto no = not_ready())
    return to_error(*no);
  const auto chosen = q.command.name;
  if (!args_.providers->find(chosen))
    return to_error({errc::not_found, "Provider not found", {}, {}});
  auto promise = self_->make_response_promise<std::string>();
  const on_refused refused = [=, this](const failure& why) mutable {
    promise.deliver(to_error(refusal(why, {})));
  };
  when_settings_rest(
      [=, this]() mutable {
        // It may have been removed meanwhile.
        if (!args_.providers->find(chosen)) {
          promise.deliver(
              to_error({errc::not_found, "Provider not found", {}, {}}));
          return settings_rest();
        }
        const std::vector<setting_change> changes{
            {"providers.default", json(chosen)}};
        auto unit = std::make_shared<commit_unit>();
        unit->events.push_back(setting_event(q.context, changes[0].key,
                                             json(settings_->default_provider),
                                             changes[0].value, now()));
        unit->registry.push_back(
            {std::string{settings_prefix} + changes[0].key, changes[0].value});
        commit_setting(
            unit,
            [=, this]() mutable {
              apply(changes);
              promise.deliver(chosen);
            },
            refused);
      },
      refused);
  return promise;
}

}  // namespace closedpaw::orchestrator
