#pragma once

#include <caf/deserializer.hpp>
#include <caf/error.hpp>
#include <caf/serializer.hpp>
#include <concepts>

#include "messages/model/action.hpp"
#include "messages/model/api_call.hpp"
#include "messages/model/audit_query.hpp"
#include "messages/model/command.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/conversation.hpp"
#include "messages/model/live_state.hpp"
#include "messages/model/provider.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/vault.hpp"
#include "messages/requests.hpp"

/// CAF's view of the structs that travel. How each is carried is compiled once,
/// in wire/carry.cpp, and not wherever a message is sent: that took a fifth of
/// the actors' compilation. None can be printed by CAF, as some hold secrets.
namespace closedpaw {

namespace wire {

template <class... Ts>
struct listed {
  template <class T>
  static constexpr bool contains = (std::same_as<T, Ts> || ...);
};

using structs =
    listed<action, action_list, action_request, alert_silence, api_answer,
           audit_event, audit_page, audit_proof, audit_query, await_action,
           begin_pairing, bind_channel_user, call_api, cancel_action,
           change_mode, chat_attempt, chat_message, chat_options, chat_reply,
           chat_request, check_isolation, command_context, commit_answer,
           commit_receipt, commit_unit, confirm_pairing, content_part,
           conversation_page, create_agent, decide_action, end_silence,
           execute_in_agent, failure, get_action, label_condition, list_actions,
           manage_token, pause_agent, post_to_channel, principal, prove_owner,
           read_conversation, read_proof, register_channel, register_provider,
           registry_change, remove_channel, remove_provider, restored_state,
           run_chat, run_skill, seal_secret, secret_text, send_to_channel,
           set_default_provider, set_skill_enabled, silence_alerts,
           skill_outcome, skill_view, stop_agent, stored_event, submit_action,
           submitted, switch_channels, switch_model, tool_call, tool_definition,
           tool_use, turn, unseal_secret, use_vault, verify_log>;

template <class T>
inline constexpr bool is_ask = false;
template <class C>
inline constexpr bool is_ask<ask<C>> = true;

template <class T>
concept carried = structs::contains<T> || is_ask<T>;

/// Instantiated in wire/carry.cpp, for each of them.
template <class T>
struct carrier {
  static caf::error save(caf::serializer& to, T& x);
  static caf::error load(caf::deserializer& from, T& x);
};

}  // namespace wire

template <wire::carried T>
caf::error inspect(caf::serializer& f, T& x) {
  return wire::carrier<T>::save(f, x);
}

template <wire::carried T>
caf::error inspect(caf::deserializer& f, T& x) {
  return wire::carrier<T>::load(f, x);
}

}  // namespace closedpaw
