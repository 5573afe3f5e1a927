#pragma once

#include "messages/inspect_secrets.hpp"
#include "messages/model/action.hpp"
#include "messages/model/api_call.hpp"
#include "messages/model/audit_query.hpp"
#include "messages/model/command.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/conversation.hpp"
#include "messages/model/live_state.hpp"
#include "messages/model/provider.hpp"
#include "messages/pack.hpp"
#include "messages/requests.hpp"

/// CAF's view of the model: one line for each struct that travels.
namespace closedpaw {

template <class I>
inspected<I> inspect(I& f, failure& x) {
  return wire::fields(f, "failure", x.code, x.message, x.retry_after, x.extra);
}

template <class I>
inspected<I> inspect(I& f, principal& x) {
  return wire::fields(f, "principal", x.kind, x.id);
}

template <class I>
inspected<I> inspect(I& f, action_request& x) {
  return wire::fields(f, "action_request", x.type, x.parameters, x.skill_id);
}

template <class I>
inspected<I> inspect(I& f, action& x) {
  return wire::fields(f, "action", x.id, x.version, x.type, x.status, x.level,
                      x.skill_id, x.parameters, x.digest, x.result, x.error,
                      x.error_code, x.created_at, x.completed_at,
                      x.requested_by, x.decided_by, x.claimed_user,
                      x.request_id);
}

template <class I>
inspected<I> inspect(I& f, audit_event& x) {
  return wire::fields(f, "audit_event", x.time, x.actor, x.user, x.action_id,
                      x.action_type, x.skill_id, x.status, x.outcome, x.level,
                      x.request_id, x.details);
}

template <class I>
inspected<I> inspect(I& f, stored_event& x) {
  return wire::fields(f, "stored_event", x.sequence, x.event);
}

template <class I>
inspected<I> inspect(I& f, audit_query& x) {
  return wire::fields(f, "audit_query", x.limit, x.before, x.after, x.since,
                      x.until, x.action_type, x.status, x.outcome, x.level,
                      x.user, x.action_id, x.text, x.ascending,
                      x.skip_unreadable);
}

template <class I>
inspected<I> inspect(I& f, audit_page& x) {
  return wire::fields(f, "audit_page", x.events, x.next_before, x.last_examined,
                      x.more, x.unreadable);
}

template <class I>
inspected<I> inspect(I& f, registry_change& x) {
  return wire::fields(f, "registry_change", x.key, x.value);
}

template <class I>
inspected<I> inspect(I& f, commit_unit& x) {
  return wire::fields(f, "commit_unit", x.events, x.row, x.encoded_row,
                      x.registry, x.may_use_reserve, x.bookkeeping);
}

template <class I>
inspected<I> inspect(I& f, commit_receipt& x) {
  return wire::fields(f, "commit_receipt", x.first_sequence);
}

template <class I>
inspected<I> inspect(I& f, commit_answer& x) {
  return wire::fields(f, "commit_answer", x.receipt, x.refused);
}

template <class I>
inspected<I> inspect(I& f, model_info& x) {
  return wire::fields(f, "model_info", x.name, x.size, x.family,
                      x.parameter_size, x.modified_at);
}

template <class I>
inspected<I> inspect(I& f, chat_message& x) {
  return wire::fields(f, "chat_message", x.role, x.content);
}

template <class I>
inspected<I> inspect(I& f, chat_options& x) {
  return wire::fields(f, "chat_options", x.temperature, x.top_p,
                      x.presence_penalty, x.frequency_penalty, x.max_tokens,
                      x.seed, x.stop);
}

template <class I>
inspected<I> inspect(I& f, chat_request& x) {
  return wire::fields(f, "chat_request", x.model, x.messages, x.request_id,
                      x.options, x.stream_id, x.action_id);
}

template <class I>
inspected<I> inspect(I& f, chat_attempt& x) {
  return wire::fields(f, "chat_attempt", x.provider, x.model, x.code, x.error,
                      x.latency_ms);
}

template <class I>
inspected<I> inspect(I& f, chat_reply& x) {
  return wire::fields(f, "chat_reply", x.model, x.text, x.prompt_tokens,
                      x.completion_tokens, x.latency_ms, x.finish_reason,
                      x.failed, x.provider);
}

template <class I>
inspected<I> inspect(I& f, skill_view& x) {
  return wire::fields(f, "skill_view", x.id, x.name, x.enabled, x.digest);
}

template <class I>
inspected<I> inspect(I& f, command_context& x) {
  return wire::fields(f, "command_context", x.peer, x.request_id, x.traceparent,
                      x.with);
}

template <class I>
inspected<I> inspect(I& f, submit_action& x) {
  return wire::fields(f, "submit_action", x.request, x.id, x.stream_id);
}

template <class I>
inspected<I> inspect(I& f, run_chat& x) {
  return wire::fields(f, "run_chat", x.messages, x.model, x.provider, x.options,
                      x.use_cloud, x.form, x.stream, x.include_usage,
                      x.stream_id);
}

template <class I>
inspected<I> inspect(I& f, switch_model& x) {
  return wire::fields(f, "switch_model", x.model);
}

template <class I>
inspected<I> inspect(I& f, decide_action& x) {
  return wire::fields(f, "decide_action", x.id, x.approved, x.claimed_user,
                      x.confirm, x.owner_secret);
}

template <class I>
inspected<I> inspect(I& f, cancel_action& x) {
  return wire::fields(f, "cancel_action", x.id);
}

template <class I>
inspected<I> inspect(I& f, get_action& x) {
  return wire::fields(f, "get_action", x.id);
}

template <class I>
inspected<I> inspect(I& f, list_actions& x) {
  return wire::fields(f, "list_actions", x.status, x.limit, x.before);
}

template <class I>
inspected<I> inspect(I& f, set_skill_enabled& x) {
  return wire::fields(f, "set_skill_enabled", x.skill_id, x.enabled);
}

template <class I>
inspected<I> inspect(I& f, set_default_provider& x) {
  return wire::fields(f, "set_default_provider", x.name);
}

template <class I>
inspected<I> inspect(I& f, register_provider& x) {
  return wire::fields(f, "register_provider", x.name, x.type, x.base_url,
                      x.default_model, x.api_key);
}

template <class I>
inspected<I> inspect(I& f, remove_provider& x) {
  return wire::fields(f, "remove_provider", x.name);
}

template <class I>
inspected<I> inspect(I& f, await_action& x) {
  return wire::fields(f, "await_action", x.id);
}

template <class I>
inspected<I> inspect(I& f, register_channel& x) {
  return wire::fields(f, "register_channel", x.name, x.type, x.enabled,
                      x.base_url, x.open, x.allowed_users, x.secrets);
}

template <class I>
inspected<I> inspect(I& f, remove_channel& x) {
  return wire::fields(f, "remove_channel", x.name);
}

template <class I>
inspected<I> inspect(I& f, switch_channels& x) {
  return wire::fields(f, "switch_channels", x.name, x.started);
}

template <class I>
inspected<I> inspect(I& f, bind_channel_user& x) {
  return wire::fields(f, "bind_channel_user", x.channel, x.user, x.username,
                      x.bound, x.approves);
}

template <class I>
inspected<I> inspect(I& f, confirm_pairing& x) {
  return wire::fields(f, "confirm_pairing", x.code, x.approves);
}

template <class I>
inspected<I> inspect(I& f, label_condition& x) {
  return wire::fields(f, "label_condition", x.name, x.values, x.negated);
}

template <class I>
inspected<I> inspect(I& f, alert_silence& x) {
  return wire::fields(f, "alert_silence", x.id, x.matchers, x.starts_at,
                      x.ends_at, x.comment, x.created_by);
}

template <class I>
inspected<I> inspect(I& f, silence_alerts& x) {
  return wire::fields(f, "silence_alerts", x.what);
}

template <class I>
inspected<I> inspect(I& f, end_silence& x) {
  return wire::fields(f, "end_silence", x.id);
}

template <class I>
inspected<I> inspect(I& f, change_mode& x) {
  return wire::fields(f, "change_mode", x.to, x.reason);
}

template <class I>
inspected<I> inspect(I& f, create_agent& x) {
  return wire::fields(f, "create_agent", x.skill_id, x.limits);
}

template <class I>
inspected<I> inspect(I& f, execute_in_agent& x) {
  return wire::fields(f, "execute_in_agent", x.id, x.command, x.timeout);
}

template <class I>
inspected<I> inspect(I& f, stop_agent& x) {
  return wire::fields(f, "stop_agent", x.id, x.force);
}

template <class I>
inspected<I> inspect(I& f, pause_agent& x) {
  return wire::fields(f, "pause_agent", x.id, x.paused);
}

template <class I>
inspected<I> inspect(I& f, check_isolation&) {
  return f(caf::meta::type_name("check_isolation"));
}

template <class I>
inspected<I> inspect(I& f, run_skill& x) {
  return wire::fields(f, "run_skill", x.action_id, x.skill_id, x.digest,
                      x.operation, x.parameters, x.request_id);
}

template <class I>
inspected<I> inspect(I& f, skill_outcome& x) {
  return wire::fields(f, "skill_outcome", x.result);
}

template <class I>
inspected<I> inspect(I& f, call_api& x) {
  return wire::fields(f, "call_api", x.action_id, x.method, x.url, x.headers,
                      x.body);
}

template <class I>
inspected<I> inspect(I& f, api_answer& x) {
  return wire::fields(f, "api_answer", x.result);
}

template <class I>
inspected<I> inspect(I& f, read_proof& x) {
  return wire::fields(f, "read_proof", x.kind, x.first, x.second);
}

template <class I>
inspected<I> inspect(I& f, verify_log&) {
  return f(caf::meta::type_name("verify_log"));
}

template <class I>
inspected<I> inspect(I& f, audit_proof& x) {
  return wire::fields(f, "audit_proof", x.body);
}

template <class I>
inspected<I> inspect(I& f, begin_pairing& x) {
  return wire::fields(f, "begin_pairing", x.channel, x.sender, x.sender_name);
}

template <class I>
inspected<I> inspect(I& f, send_to_channel& x) {
  return wire::fields(f, "send_to_channel", x.channel, x.conversation, x.text);
}

template <class I>
inspected<I> inspect(I& f, post_to_channel& x) {
  return wire::fields(f, "post_to_channel", x.channel, x.conversation, x.text,
                      x.delivery);
}

template <class I>
inspected<I> inspect(I& f, read_conversation& x) {
  return wire::fields(f, "read_conversation", x.channel, x.conversation,
                      x.after, x.limit);
}

template <class I>
inspected<I> inspect(I& f, turn& x) {
  return wire::fields(f, "turn", x.id, x.conversation, x.from, x.sender,
                      x.refers_to, x.text, x.at, x.delivery, x.aside, x.failed,
                      x.begins_anew);
}

template <class I>
inspected<I> inspect(I& f, conversation_page& x) {
  return wire::fields(f, "conversation_page", x.turns, x.more);
}

template <class I>
inspected<I> inspect(I& f, submitted& x) {
  return wire::fields(f, "submitted", x.id, x.decision, x.level);
}

template <class I>
inspected<I> inspect(I& f, action_list& x) {
  return wire::fields(f, "action_list", x.actions, x.next_before);
}

template <class I>
inspected<I> inspect(I& f, restored_state& x) {
  return wire::fields(f, "restored_state", x.open_actions, x.registry);
}

template <class I, class C>
inspected<I> inspect(I& f, ask<C>& x) {
  return wire::fields(f, "ask", x.command, x.context);
}

}  // namespace closedpaw
