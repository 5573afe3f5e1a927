#include "actors/channels/channel_state.hpp"

namespace closedpaw::channels {

namespace {

constexpr std::chrono::seconds longest_commit{10};
constexpr std::size_t most_owed = 1000;

/// What a person is told of an action's end.
spoken answer_of(const action& row) {
  if (row.status != action_status::completed)
    return {speaker::system,
            "That failed: " + row.error.value_or("no reason was recorded"),
            true};
  const auto result = row.result.value();
  if (const auto it = result.find("response");
      it != result.end() && it->is_string() &&
      !it->get_ref<const std::string&>().empty())
    return {speaker::assistant, it->get<std::string>(), false};
  return {speaker::system, "(The model's answer is empty.)", false};
}

/// The row is gone or was never there: nobody will ever have the answer.
bool is_final(const failure& why) {
  return why.code == errc::not_found || why.code == errc::bad_request;
}

}  // namespace

caf::result<std::string> channel_state::on_send(const ask<send_to_channel>& q) {
  if (owed_.size() >= most_owed)
    return to_error({errc::overloaded,
                     std::to_string(owed_.size()) +
                         " messages wait for the service of channel " +
                         args_.name,
                     milliseconds{10'000},
                     {}});
  owed_reply reply;
  reply.id = make_uuid(args_.now());
  reply.conversation = q.command.conversation;
  reply.text = q.command.text;
  reply.asked_at = args_.now();
  reply.unasked = true;
  commit_unit unit;
  unit.events.push_back(channel_event(
      args_.name, "sent", q.context.peer,
      {{"conversation", reply.conversation}, {"message", to_string(reply.id)}},
      args_.now()));
  unit.events.back().request_id = q.context.request_id;
  unit.registry.push_back({outbox_key(args_.name, reply.id), to_json(reply)});
  // The state keeps it: who ends before the answer still answers.
  auto promise = self_->make_response_promise<std::string>();
  sending_.emplace(reply.id, promise);
  commit(std::move(unit), [=, this](const result<void>& done) {
    auto waiting = sending_.extract(reply.id);
    if (waiting.empty())
      return;
    if (!done) {
      waiting.mapped().deliver(to_error(done.error()));
      return;
    }
    waiting.mapped().deliver(to_string(reply.id));
    owe(reply);
  });
  return promise;
}

void channel_state::owe(owed_reply reply) {
  const auto id = reply.id;
  owed_.emplace(id, owing{std::move(reply)});
  pursue(id);
}

// Gets on with it, as far as it is not under way.
void channel_state::pursue(const uuid& id) {
  const auto it = owed_.find(id);
  if (it == owed_.end())
    return;
  auto& x = it->second;
  if (x.at == owing::stage::said)
    return settle(id);
  if (x.at == owing::stage::saying)
    return;
  if (x.reply.text)
    return say(x, {speaker::system, *x.reply.text, false});
  // A life of the orchestrator that hung will never answer.
  if (x.asked && x.asked_life == args_.orchestrator->incarnation())
    return;
  auto orchestrator = args_.orchestrator->get();
  if (!orchestrator)
    return;
  x.asked = true;
  x.asked_life = args_.orchestrator->incarnation();
  self_->request(*orchestrator, caf::infinite, await_action{id})
      .then(
          [=, this](const action_payload& row) {
            const auto found = owed_.find(id);
            if (found != owed_.end() &&
                found->second.at == owing::stage::asking)
              say(found->second, answer_of(*row));
          },
          [=, this](const caf::error& e) {
            const auto found = owed_.find(id);
            if (found == owed_.end())
              return;
            found->second.asked = false;
            if (const auto why = to_failure(e);
                is_final(why) && found->second.at == owing::stage::asking)
              say(found->second,
                  {speaker::system, "That failed: " + why.message, true});
          });
}

void channel_state::say(owing& x, spoken what) {
  end_deltas(x.reply.id);
  x.at = owing::stage::saying;
  x.what = std::move(what);
  service_->say({to_string(x.reply.id), x.reply.conversation, x.reply.refer_to,
                 x.what.text},
                mono());
  run_effects();
}

// Shown, or given up: recorded, and no longer owed.
void channel_state::settle(const uuid& id) {
  auto& x = owed_.at(id);
  if (std::exchange(x.ending, true))
    return;
  json details{{"conversation", x.reply.conversation},
               {"message", to_string(id)}};
  if (x.unsaid)
    details["error"] = x.unsaid->message;
  commit_unit unit;
  unit.events.push_back(channel_event(args_.name,
                                      x.unsaid ? "reply_failed" : "replied",
                                      principal{}, details, args_.now()));
  unit.registry.push_back({outbox_key(args_.name, id), std::nullopt});
  unit.may_use_reserve = true;
  const auto shown = turn_of(x);
  if (shown)
    for (auto& row : transcript_->rows_for(*shown))
      unit.registry.push_back(std::move(row));
  commit(std::move(unit), [=, this](const result<void>& done) {
    if (done) {
      if (shown)
        said(*shown);
      owed_.erase(id);
      publish();
    } else if (const auto it = owed_.find(id); it != owed_.end()) {
      // Again with the next sweep.
      it->second.ending = false;
    }
  });
}

void channel_state::commit(commit_unit unit, const on_recorded& done) {
  auto logger = args_.logger->get();
  if (!logger) {
    done(args_.logger->unavailable(args_.now()));
    return;
  }
  self_
      ->request(*logger, longest_commit,
                commit_batch{commit_unit_payload{std::move(unit)}})
      .then(
          [=](const commit_answers& answers) {
            if (const auto& why = answers.at(0).refused)
              done(*why);
            else
              done({});
          },
          [=](const caf::error& e) { done(to_failure(e)); });
}

}  // namespace closedpaw::channels
