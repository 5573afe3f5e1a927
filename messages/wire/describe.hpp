#pragma once

#include "messages/model/action.hpp"
#include "messages/model/api_call.hpp"
#include "messages/model/audit_query.hpp"
#include "messages/model/command.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/conversation.hpp"
#include "messages/model/live_state.hpp"
#include "messages/model/provider.hpp"
#include "messages/requests.hpp"
#include "messages/wire/describe_secrets.hpp"
#include "messages/wire/pack.hpp"

/// The fields of each struct that travels, in the order that they are carried
/// in. For carry.cpp only.
namespace closedpaw::wire {

template <class I>
described<I> describe(I& f, failure& x) {
  return fields(f, x, "failure", x.code, x.message, x.retry_after, x.extra);
}

template <class I>
described<I> describe(I& f, principal& x) {
  return fields(f, x, "principal", x.kind, x.id);
}

template <class I>
described<I> describe(I& f, action_request& x) {
  return fields(f, x, "action_request", x.type, x.parameters, x.skill_id);
}

template <class I>
described<I> describe(I& f, action& x) {
  return fields(f, x, "action", x.id, x.version, x.type, x.status, x.level,
                x.skill_id, x.parameters, x.digest, x.result, x.error,
                x.error_code, x.created_at, x.completed_at, x.requested_by,
                x.decided_by, x.claimed_user, x.request_id);
}

template <class I>
described<I> describe(I& f, audit_event& x) {
  return fields(f, x, "audit_event", x.time, x.actor, x.user, x.action_id,
                x.action_type, x.skill_id, x.status, x.outcome, x.level,
                x.request_id, x.details);
}

template <class I>
described<I> describe(I& f, stored_event& x) {
  return fields(f, x, "stored_event", x.sequence, x.event);
}

template <class I>
described<I> describe(I& f, audit_query& x) {
  return fields(f, x, "audit_query", x.limit, x.before, x.after, x.since,
                x.until, x.action_type, x.status, x.outcome, x.level, x.user,
                x.action_id, x.text, x.ascending, x.skip_unreadable);
}

template <class I>
described<I> describe(I& f, audit_page& x) {
  return fields(f, x, "audit_page", x.events, x.next_before, x.last_examined,
                x.more, x.unreadable);
}

template <class I>
described<I> describe(I& f, registry_change& x) {
  return fields(f, x, "registry_change", x.key, x.value);
}

template <class I>
described<I> describe(I& f, commit_unit& x) {
  return fields(f, x, "commit_unit", x.events, x.row, x.encoded_row, x.registry,
                x.may_use_reserve, x.bookkeeping, x.cut);
}

template <class I>
described<I> describe(I& f, commit_receipt& x) {
  return fields(f, x, "commit_receipt", x.first_sequence);
}

template <class I>
described<I> describe(I& f, commit_answer& x) {
  return fields(f, x, "commit_answer", x.receipt, x.refused);
}

template <class I>
described<I> describe(I& f, chat_message& x) {
  return fields(f, x, "chat_message", x.role, x.content);
}

template <class I>
described<I> describe(I& f, chat_options& x) {
  return fields(f, x, "chat_options", x.temperature, x.top_p,
                x.presence_penalty, x.frequency_penalty, x.max_tokens, x.seed,
                x.stop);
}

template <class I>
described<I> describe(I& f, chat_request& x) {
  return fields(f, x, "chat_request", x.model, x.messages, x.request_id,
                x.options, x.stream_id, x.action_id);
}

template <class I>
described<I> describe(I& f, chat_attempt& x) {
  return fields(f, x, "chat_attempt", x.provider, x.model, x.code, x.error,
                x.latency_ms);
}

template <class I>
described<I> describe(I& f, chat_reply& x) {
  return fields(f, x, "chat_reply", x.model, x.text, x.prompt_tokens,
                x.completion_tokens, x.latency_ms, x.finish_reason, x.failed,
                x.provider);
}

/// Its program is read where it is looked at.
template <>
inline constexpr std::size_t fields_left_behind<skill_view> = 1;

template <class I>
described<I> describe(I& f, skill_view& x) {
  return fields(f, x, "skill_view", x.id, x.name, x.enabled, x.digest);
}

template <class I>
described<I> describe(I& f, command_context& x) {
  return fields(f, x, "command_context", x.peer, x.request_id, x.traceparent,
                x.with);
}

template <class I>
described<I> describe(I& f, submit_action& x) {
  return fields(f, x, "submit_action", x.request, x.id, x.stream_id,
                x.holds_change);
}

template <class I>
described<I> describe(I& f, run_chat& x) {
  return fields(f, x, "run_chat", x.messages, x.model, x.provider, x.options,
                x.use_cloud, x.form, x.stream, x.include_usage, x.stream_id);
}

template <class I>
described<I> describe(I& f, switch_model& x) {
  return fields(f, x, "switch_model", x.model);
}

template <class I>
described<I> describe(I& f, decide_action& x) {
  return fields(f, x, "decide_action", x.id, x.approved, x.claimed_user,
                x.confirm, x.owner_secret);
}

template <class I>
described<I> describe(I& f, cancel_action& x) {
  return fields(f, x, "cancel_action", x.id);
}

template <class I>
described<I> describe(I& f, get_action& x) {
  return fields(f, x, "get_action", x.id);
}

template <class I>
described<I> describe(I& f, list_actions& x) {
  return fields(f, x, "list_actions", x.status, x.limit, x.before);
}

template <class I>
described<I> describe(I& f, set_skill_enabled& x) {
  return fields(f, x, "set_skill_enabled", x.skill_id, x.enabled);
}

template <class I>
described<I> describe(I& f, set_default_provider& x) {
  return fields(f, x, "set_default_provider", x.name);
}

template <class I>
described<I> describe(I& f, register_provider& x) {
  return fields(f, x, "register_provider", x.name, x.type, x.base_url,
                x.default_model, x.api_key);
}

template <class I>
described<I> describe(I& f, remove_provider& x) {
  return fields(f, x, "remove_provider", x.name);
}

template <class I>
described<I> describe(I& f, await_action& x) {
  return fields(f, x, "await_action", x.id);
}

template <class I>
described<I> describe(I& f, register_channel& x) {
  return fields(f, x, "register_channel", x.name, x.type, x.enabled, x.base_url,
                x.open, x.allowed_users, x.secrets);
}

template <class I>
described<I> describe(I& f, remove_channel& x) {
  return fields(f, x, "remove_channel", x.name);
}

template <class I>
described<I> describe(I& f, switch_channels& x) {
  return fields(f, x, "switch_channels", x.name, x.started);
}

template <class I>
described<I> describe(I& f, bind_channel_user& x) {
  return fields(f, x, "bind_channel_user", x.channel, x.user, x.username,
                x.bound, x.approves);
}

template <class I>
described<I> describe(I& f, confirm_pairing& x) {
  return fields(f, x, "confirm_pairing", x.code, x.approves);
}

template <class I>
described<I> describe(I& f, label_condition& x) {
  return fields(f, x, "label_condition", x.name, x.values, x.negated);
}

template <class I>
described<I> describe(I& f, alert_silence& x) {
  return fields(f, x, "alert_silence", x.id, x.matchers, x.starts_at, x.ends_at,
                x.comment, x.created_by);
}

template <class I>
described<I> describe(I& f, silence_alerts& x) {
  return fields(f, x, "silence_alerts", x.what);
}

template <class I>
described<I> describe(I& f, end_silence& x) {
  return fields(f, x, "end_silence", x.id);
}

template <class I>
described<I> describe(I& f, change_mode& x) {
  return fields(f, x, "change_mode", x.to, x.reason);
}

template <class I>
described<I> describe(I& f, create_agent& x) {
  return fields(f, x, "create_agent", x.skill_id, x.limits);
}

template <class I>
described<I> describe(I& f, execute_in_agent& x) {
  return fields(f, x, "execute_in_agent", x.id, x.command, x.timeout);
}

template <class I>
described<I> describe(I& f, stop_agent& x) {
  return fields(f, x, "stop_agent", x.id, x.force);
}

template <class I>
described<I> describe(I& f, pause_agent& x) {
  return fields(f, x, "pause_agent", x.id, x.paused);
}

template <class I>
described<I> describe(I& f, check_isolation&) {
  return f(caf::meta::type_name("check_isolation"));
}

template <class I>
described<I> describe(I& f, run_skill& x) {
  return fields(f, x, "run_skill", x.action_id, x.skill_id, x.digest,
                x.operation, x.parameters, x.request_id);
}

template <class I>
described<I> describe(I& f, skill_outcome& x) {
  return fields(f, x, "skill_outcome", x.result);
}

template <class I>
described<I> describe(I& f, call_api& x) {
  return fields(f, x, "call_api", x.action_id, x.method, x.url, x.headers,
                x.body);
}

template <class I>
described<I> describe(I& f, api_answer& x) {
  return fields(f, x, "api_answer", x.result);
}

template <class I>
described<I> describe(I& f, read_proof& x) {
  return fields(f, x, "read_proof", x.kind, x.first, x.second);
}

template <class I>
described<I> describe(I& f, verify_log&) {
  return f(caf::meta::type_name("verify_log"));
}

template <class I>
described<I> describe(I& f, audit_proof& x) {
  return fields(f, x, "audit_proof", x.body);
}

template <class I>
described<I> describe(I& f, begin_pairing& x) {
  return fields(f, x, "begin_pairing", x.channel, x.sender, x.sender_name);
}

template <class I>
described<I> describe(I& f, send_to_channel& x) {
  return fields(f, x, "send_to_channel", x.channel, x.conversation, x.text);
}

template <class I>
described<I> describe(I& f, post_to_channel& x) {
  return fields(f, x, "post_to_channel", x.channel, x.conversation, x.text,
                x.delivery);
}

template <class I>
described<I> describe(I& f, read_conversation& x) {
  return fields(f, x, "read_conversation", x.channel, x.conversation, x.after,
                x.limit);
}

template <class I>
described<I> describe(I& f, turn& x) {
  return fields(f, x, "turn", x.id, x.conversation, x.from, x.sender,
                x.refers_to, x.text, x.at, x.delivery, x.aside, x.failed,
                x.begins_anew);
}

template <class I>
described<I> describe(I& f, conversation_page& x) {
  return fields(f, x, "conversation_page", x.turns, x.more);
}

template <class I>
described<I> describe(I& f, submitted& x) {
  return fields(f, x, "submitted", x.id, x.decision, x.level);
}

template <class I>
described<I> describe(I& f, action_list& x) {
  return fields(f, x, "action_list", x.actions, x.next_before);
}

template <class I>
described<I> describe(I& f, restored_state& x) {
  return fields(f, x, "restored_state", x.open_actions, x.registry);
}

template <class I, class C>
described<I> describe(I& f, ask<C>& x) {
  return fields(f, x, "ask", x.command, x.context);
}

}  // namespace closedpaw::wire
