#include <algorithm>

#include "actors/channels/channel_state.hpp"
#include "http/server/correlation.hpp"
#include "messages/log.hpp"

namespace closedpaw::channels {

namespace {

constexpr milliseconds retry_interval{1000};
constexpr std::chrono::minutes between_repetitions{1};

}  // namespace

bool is_passing(const failure& why) {
  switch (why.code) {
    case errc::unavailable:
    case errc::vault_locked:
    case errc::audit_refused:
    case errc::outcome_unknown:
    case errc::storage_full:
    case errc::storage_failed:
    case errc::timeout:
    case errc::overloaded:
      return true;
    default:
      return false;
  }
}

// Not from within itself: a flood of refused messages is no deep stack.
void channel_state::take_next() {
  if (std::exchange(taking_, true)) {
    take_again_ = true;
    return;
  }
  do {
    take_again_ = false;
    take_one();
  } while (take_again_);
  taking_ = false;
}

// One after the other: a cursor says that all before it is recorded.
void channel_state::take_one() {
  if (recording_ || abandoned())
    return;
  codec::delivered_again known;
  while (!inbox_.empty() && seen_->contains(inbox_.front().id)) {
    inbox_.pop_front();
    ++known.messages;
  }
  if (known.messages > 0)
    run(known);
  if (inbox_.empty() && cursor_alone_)
    return record_cursor();
  if (inbox_.empty()) {
    if (std::exchange(reporting_, false)) {
      service_->recorded(mono());
      run_effects();
    }
    return;
  }
  recording_ = true;
  if (current_.is_nil())
    current_ = make_uuid(args_.now());
  handle(inbox_.front());
}

// A service that repeats itself is told of once a minute, not as often as it
// does so.
void channel_state::run(const codec::delivered_again& x) {
  view_.duplicates += x.messages;
  self_->record_exchange(
      true, std::to_string(x.messages) + " messages were delivered again",
      args_.now());
  publish();
  if (told_again_at_ && mono() - *told_again_at_ < between_repetitions)
    return;
  told_again_at_ = mono();
  commit_unit unit;
  unit.events.push_back(channel_event(
      args_.name, "delivered_again", principal{},
      {{"messages", x.messages}, {"since_start", view_.duplicates}},
      args_.now()));
  commit(std::move(unit), [name = args_.name](const result<void>& done) {
    if (!done)
      log::warn("channels", "messages came again, which cannot be recorded",
                {{"channel", name}, {"cause", done.error().message}});
  });
}

void channel_state::record_cursor() {
  recording_ = true;
  commit_unit unit;
  unit.events.push_back(channel_event(args_.name, "connected", principal{},
                                      {{"exchange", view_.last_exchange}},
                                      args_.now()));
  unit.registry.push_back({cursor_key(args_.name), json(cursor_)});
  commit(std::move(unit), [this](const result<void>& done) {
    recording_ = false;
    if (done) {
      cursor_alone_ = false;
      view_.recording.reset();
      take_next();
    } else {
      try_later(done.error());
    }
  });
}

void channel_state::handle(const incoming& message) {
  // Trying to record it again is not writing again.
  if (!judged_)
    judged_ = admission_->judge(message, *args_.access->get(), mono());
  if (args_.kind.local && *judged_ != admittance::admitted)
    return refuse_post(message);
  switch (*judged_) {
    case admittance::admitted:
      handle(message, parse_command(message.text));
      break;
    case admittance::to_be_paired:
      pair(message);
      break;
    case admittance::refused:
      refuse(message, "not on the allowlist", {});
      break;
    case admittance::too_fast:
      refuse(message, "too many messages",
             "Too many messages; wait a minute and write again.");
      break;
  }
}

void channel_state::handle(const incoming& message, const command& what) {
  keep(message, what);
  if (const auto* chat = std::get_if<chat_command>(&what))
    submit_chat(message, chat->text);
  else if (const auto* decision = std::get_if<decide_command>(&what))
    decide(message, *decision);
  else if (const auto* unclear = std::get_if<unclear_command>(&what))
    note(message, "received", {{"command", "unclear"}}, unclear->why);
  else if (std::holds_alternative<fresh_command>(what))
    note(message, "received", {{"command", "new"}},
         "What was said before is forgotten.");
  else if (std::holds_alternative<help_command>(what))
    note(message, "received", {{"command", "help"}}, std::string{help_text()});
  else
    note(message, "received", {{"command", "status"}}, status_text(message));
}

void channel_state::pair(const incoming& message) {
  if (!is_worth_telling()) {
    next();
    return;
  }
  auto router = args_.router->get();
  if (!router) {
    taken(message, args_.router->unavailable(args_.now()), {});
    return;
  }
  self_
      ->request(*router, longest_recording,
                ask_begin_pairing{ask<begin_pairing>{
                    {args_.name, message.sender, message.sender_name},
                    context_of(message, {})}})
      .then(
          [=, this](const std::string& code) {
            note(message, "refused", {{"why", "not on the allowlist"}},
                 "I do not know you. If this is your assistant, confirm the "
                 "code " +
                     code + " at the machine it runs on, within ten minutes.");
          },
          [=, this](const caf::error& e) {
            const auto why = to_failure(e);
            if (is_passing(why))
              taken(message, why, {});
            else
              note(message, "refused",
                   {{"why", "not on the allowlist"}, {"pairing", why.message}},
                   {});
          });
}

bool channel_state::is_worth_telling() {
  if (!worth_telling_)
    worth_telling_ = admission_->is_worth_telling(mono());
  return *worth_telling_;
}

// What is not worth a record leaves none: it may be refused once more.
void channel_state::refuse(const incoming& message, const char* why,
                           std::optional<std::string> answer) {
  ++view_.refused;
  if (is_worth_telling())
    note(message, "refused", {{"why", why}}, std::move(answer));
  else
    next();
}

// Recorded by ourselves, since no action comes of it.
void channel_state::note(const incoming& message, const char* status,
                         json details, std::optional<std::string> answer) {
  std::optional<owed_reply> reply;
  if (answer)
    reply = reply_to(message, std::move(answer));
  if (const auto untold = admission_->untold();
      untold > 0 && std::string_view{status} == "refused") {
    details["more_refused"] = untold;
    admission_->told();
  }
  details["message_id"] = message.id;
  details["sender_name"] = message.sender_name;
  commit_unit unit;
  const bool refused_post = post_refusal_.has_value();
  unit.events.push_back(channel_event(args_.name, status,
                                      principal_of(args_.name, message.sender),
                                      details, args_.now()));
  // Whoever posted it may send it again.
  if (!refused_post)
    unit.registry = rows_of(message, reply);
  commit(std::move(unit), [=, this](const result<void>& done) {
    if (done || is_passing(done.error()))
      return taken(message, done, reply);
    // The log takes the rest, so what it will never take must not hold it up.
    log::error("channels", "a message cannot be recorded and is left out",
               {{"channel", args_.name},
                {"message_id", message.id},
                {"cause", done.error().message}});
    seen_->forget(message.id);
    post_refusal_ = done.error();
    next();
  });
}

// Recorded, or not: then the service is not told that it arrived.
void channel_state::taken(const incoming& message, const result<void>& done,
                          std::optional<owed_reply> reply) {
  if (done) {
    view_.recording.reset();
    ++view_.messages_in;
    view_.last_message = args_.now();
    if (current_turn_)
      said(*current_turn_);
    if (reply)
      owe(std::move(*reply));
    next();
    return;
  }
  if (!is_passing(done.error())) {
    // Asking again would end the same way, and no model is to read it later.
    if (current_turn_)
      current_turn_->aside = true;
    note(message, "refused", {{"error", done.error().message}},
         "That cannot be done: " + done.error().message);
    return;
  }
  recording_ = false;
  seen_->forget(message.id);
  if (!give_up_post(message, done.error()))
    try_later(done.error());
}

void channel_state::try_later(const failure& why) {
  trouble(view_.recording, why, retry_interval);
  publish();
  if (!std::exchange(retry_scheduled_, true))
    self_->delayed_send(self_, retry_interval, start_atom::value);
}

void channel_state::next() {
  recording_ = false;
  answer_post(inbox_.front().id);
  current_ = {};
  current_turn_.reset();
  judged_.reset();
  worth_telling_.reset();
  inbox_.pop_front();
  publish();
  take_next();
}

std::vector<registry_change> channel_state::rows_of(
    const incoming& message, const std::optional<owed_reply>& reply) {
  // A second try puts the same.
  seen_->forget(message.id);
  auto rows = seen_->note(message.id);
  if (inbox_.size() == 1 && !cursor_.empty())
    rows.push_back({cursor_key(args_.name), json(cursor_)});
  if (reply)
    rows.push_back({outbox_key(args_.name, reply->id), to_json(*reply)});
  if (current_turn_)
    for (auto& row : transcript_->rows_for(*current_turn_))
      rows.push_back(std::move(row));
  return rows;
}

owed_reply channel_state::reply_to(const incoming& message,
                                   std::optional<std::string> text) {
  owed_reply out;
  out.id = current_;
  out.conversation = message.conversation;
  out.refer_to = message.refer_to;
  out.text = std::move(text);
  out.asked_at = args_.now();
  return out;
}

command_context channel_state::context_of(
    const incoming& message, std::vector<registry_change> with) const {
  command_context out;
  out.peer = principal_of(args_.name, message.sender);
  // An id is anything that a client or a service chose.
  out.request_id = args_.name + '-' + message.id;
  if (!http::is_request_id(out.request_id))
    out.request_id = args_.name + '-' + to_string(current_);
  out.with = std::move(with);
  return out;
}

std::string channel_state::status_text(const incoming& message) const {
  std::string out = "I am running.";
  if (const auto health = args_.live->health.get();
      !health->degraded_because.empty()) {
    out = "I am running, but:";
    for (const auto& why : health->degraded_because)
      out += "\n- " + why;
  }
  const auto view = args_.live->orchestrator.get();
  out += "\nActions that wait for approval: " +
         std::to_string(view->pending.size());
  if (!may_decide(message, *args_.access->get()))
    return out;
  constexpr std::size_t most_listed = 10;
  for (std::size_t i = 0; i < std::min(most_listed, view->pending.size()); ++i)
    out += "\n- " + to_string(view->pending[i]->id) + ' ' +
           std::string{to_string(view->pending[i]->type)} + ", " +
           std::string{to_string(view->pending[i]->level)};
  return out;
}

}  // namespace closedpaw::channels
