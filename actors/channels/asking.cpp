#include "actors/channels/channel_state.hpp"

// What is asked of the orchestrator, and whether it was recorded if that was
// not heard.
namespace closedpaw::channels {

void channel_state::submit_chat(const incoming& message,
                                const std::string& text) {
  auto orchestrator = args_.orchestrator->get();
  if (!orchestrator) {
    taken(message, args_.orchestrator->unavailable(args_.now()), {});
    return;
  }
  const auto reply = reply_to(message, {});
  submit_action what{{action_type::chat, chat_parameters(message, text), {}},
                     reply.id,
                     begin_deltas(reply)};
  self_
      ->request(
          *orchestrator, longest_recording,
          ask_submit{ask<submit_action>{
              std::move(what), context_of(message, rows_of(message, reply))}})
      .then([=, this](const submitted&) { taken(message, {}, reply); },
            [=, this](const caf::error& e) {
              const auto why = to_failure(e);
              if (why.code == errc::outcome_unknown ||
                  why.code == errc::timeout || why.code == errc::conflict)
                look_up(message, reply, why);
              else
                taken(message, why, {});
            });
}

// Whether it was recorded is what the store says.
void channel_state::look_up(const incoming& message, const owed_reply& reply,
                            const failure& unheard) {
  auto reader = args_.reader->get();
  if (!reader) {
    taken(message, args_.reader->unavailable(args_.now()), {});
    return;
  }
  self_->request(*reader, longest_recording, get_action{reply.id})
      .then([=, this](const action_payload&) { taken(message, {}, reply); },
            [=, this](const caf::error& e) {
              auto why = to_failure(e);
              if (why.code == errc::not_found)
                why = {errc::outcome_unknown,
                       "not recorded so far: " + unheard.message,
                       milliseconds{1000},
                       {}};
              taken(message, why, {});
            });
}

void channel_state::decide(const incoming& message,
                           const decide_command& what) {
  const auto id = to_string(what.action);
  if (!may_decide(message, *args_.access->get())) {
    note(message, "refused", {{"command", "decide"}, {"action_id", id}},
         "You may not decide about actions here: that needs the owner's leave "
         "and a private conversation.");
    return;
  }
  auto orchestrator = args_.orchestrator->get();
  if (!orchestrator) {
    taken(message, args_.orchestrator->unavailable(args_.now()), {});
    return;
  }
  const auto reply =
      reply_to(message, what.approved ? "Approved: " + id : "Rejected: " + id);
  self_
      ->request(*orchestrator, longest_recording,
                ask_decide{ask<decide_action>{
                    {what.action, what.approved, {}},
                    context_of(message, rows_of(message, reply))}})
      .then([=, this](const action_payload&) { taken(message, {}, reply); },
            [=, this](const caf::error& e) {
              const auto why = to_failure(e);
              if (why.code == errc::outcome_unknown ||
                  why.code == errc::timeout || why.code == errc::not_found)
                look_up_decision(message, what, reply, why);
              else if (is_passing(why))
                taken(message, why, {});
              else
                note(message, "received",
                     {{"command", "decide"},
                      {"action_id", id},
                      {"error", why.message}},
                     "That was not done: " + why.message);
            });
}

// An earlier try may have been recorded, and its answer lost.
void channel_state::look_up_decision(const incoming& message,
                                     const decide_command& what,
                                     const owed_reply& reply,
                                     const failure& why) {
  auto reader = args_.reader->get();
  if (!reader) {
    taken(message, args_.reader->unavailable(args_.now()), {});
    return;
  }
  self_->request(*reader, longest_recording, get_action{what.action})
      .then(
          [=, this](const action_payload& row) {
            const auto me = principal_of(args_.name, message.sender);
            if (row->decided_by == me)
              note(message, "received",
                   {{"command", "decide"}, {"action_id", to_string(row->id)}},
                   *reply.text);
            else if (is_passing(why))
              taken(message, why, {});
            else
              note(message, "received",
                   {{"command", "decide"}, {"error", why.message}},
                   "That was not done: " + why.message);
          },
          [=, this](const caf::error& e) {
            auto trouble = to_failure(e);
            if (trouble.code == errc::not_found)
              note(message, "received",
                   {{"command", "decide"}, {"error", why.message}},
                   "That was not done: " + why.message);
            else
              taken(message, trouble, {});
          });
}

}  // namespace closedpaw::channels
