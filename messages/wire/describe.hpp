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
caf::error describe(I& f, failure& x) {
  return fields(f, x, x.code, x.message, x.retry_after, x.extra);
}

template <class I>
caf::error describe(I& f, principal& x) {
  return fields(f, x, x.kind, x.id);
}

template <class I>
caf::error describe(I& f, action_request& x) {
  return fields(f, x, x.type, x.parameters, x.skill_id);
}

template <class I>
caf::error describe(I& f, action& x) {
  return fields(f, x, x.id, x.version, x.type, x.status, x.level, x.skill_id,
                x.parameters, x.digest, x.result, x.error, x.error_code,
                x.created_at, x.completed_at, x.requested_by, x.decided_by,
                x.claimed_user, x.request_id);
}

template <class I>
caf::error describe(I& f, audit_event& x) {
  return fields(f, x, x.time, x.actor, x.user, x.action_id, x.action_type,
                x.skill_id, x.status, x.outcome, x.level, x.request_id,
                x.details);
}

template <class I>
caf::error describe(I& f, stored_event& x) {
  return fields(f, x, x.sequence, x.event);
}

template <class I>
caf::error describe(I& f, audit_query& x) {
  return fields(f, x, x.limit, x.before, x.after, x.since, x.until,
                x.action_type, x.status, x.outcome, x.level, x.user,
                x.action_id, x.text, x.ascending, x.skip_unreadable);
}

template <class I>
caf::error describe(I& f, audit_page& x) {
  return fields(f, x, x.events, x.next_before, x.last_examined, x.more,
                x.unreadable);
}

template <class I>
caf::error describe(I& f, registry_change& x) {
  return fields(f, x, x.key, x.value);
}

template <class I>
caf::error describe(I& f, commit_unit& x) {
  return fields(f, x, x.events, x.row, x.encoded_row, x.registry,
                x.may_use_reserve, x.bookkeeping, x.cut);
}

template <class I>
caf::error describe(I& f, commit_receipt& x) {
  return fields(f, x, x.first_sequence);
}

template <class I>
caf::error describe(I& f, commit_answer& x) {
  return fields(f, x, x.receipt, x.refused);
}

template <class I>
caf::error describe(I& f, content_part& x) {
  return fields(f, x, x.text, x.image_url, x.detail);
}

template <class I>
caf::error describe(I& f, tool_call& x) {
  return fields(f, x, x.id, x.name, x.arguments, x.signature);
}

template <class I>
caf::error describe(I& f, chat_message& x) {
  return fields(f, x, x.role, x.content, x.tool_calls, x.tool_call_id, x.parts);
}

template <class I>
caf::error describe(I& f, tool_definition& x) {
  return fields(f, x, x.name, x.description, x.parameters, x.strict);
}

template <class I>
caf::error describe(I& f, tool_use& x) {
  return fields(f, x, x.tools, x.choice, x.name, x.parallel);
}

template <class I>
caf::error describe(I& f, chat_options& x) {
  return fields(f, x, x.temperature, x.top_p, x.presence_penalty,
                x.frequency_penalty, x.max_tokens, x.seed, x.stop,
                x.response_format);
}

template <class I>
caf::error describe(I& f, chat_request& x) {
  return fields(f, x, x.model, x.messages, x.request_id, x.options, x.tools,
                x.stream_id, x.action_id);
}

template <class I>
caf::error describe(I& f, chat_attempt& x) {
  return fields(f, x, x.provider, x.model, x.code, x.error, x.latency_ms);
}

template <class I>
caf::error describe(I& f, chat_reply& x) {
  return fields(f, x, x.model, x.text, x.prompt_tokens, x.completion_tokens,
                x.latency_ms, x.finish_reason, x.failed, x.provider,
                x.tool_calls, x.refused);
}

/// Its program is read where it is looked at.
template <>
inline constexpr std::size_t fields_left_behind<skill_view> = 1;

template <class I>
caf::error describe(I& f, skill_view& x) {
  return fields(f, x, x.id, x.name, x.enabled, x.digest);
}

template <class I>
caf::error describe(I& f, command_context& x) {
  return fields(f, x, x.peer, x.request_id, x.traceparent, x.with);
}

template <class I>
caf::error describe(I& f, submit_action& x) {
  return fields(f, x, x.request, x.id, x.stream_id, x.holds_change);
}

template <class I>
caf::error describe(I& f, run_chat& x) {
  return fields(f, x, x.messages, x.model, x.provider, x.options, x.tools,
                x.use_cloud, x.form, x.stream, x.include_usage, x.stream_id);
}

template <class I>
caf::error describe(I& f, switch_model& x) {
  return fields(f, x, x.model);
}

template <class I>
caf::error describe(I& f, decide_action& x) {
  return fields(f, x, x.id, x.approved, x.claimed_user, x.confirm,
                x.owner_secret);
}

template <class I>
caf::error describe(I& f, cancel_action& x) {
  return fields(f, x, x.id);
}

template <class I>
caf::error describe(I& f, get_action& x) {
  return fields(f, x, x.id);
}

template <class I>
caf::error describe(I& f, list_actions& x) {
  return fields(f, x, x.status, x.limit, x.before);
}

template <class I>
caf::error describe(I& f, set_skill_enabled& x) {
  return fields(f, x, x.skill_id, x.enabled);
}

template <class I>
caf::error describe(I& f, set_default_provider& x) {
  return fields(f, x, x.name);
}

template <class I>
caf::error describe(I& f, register_provider& x) {
  return fields(f, x, x.name, x.type, x.base_url, x.default_model, x.api_key);
}

template <class I>
caf::error describe(I& f, remove_provider& x) {
  return fields(f, x, x.name);
}

template <class I>
caf::error describe(I& f, await_action& x) {
  return fields(f, x, x.id);
}

template <class I>
caf::error describe(I& f, register_channel& x) {
  return fields(f, x, x.name, x.type, x.enabled, x.base_url, x.open,
                x.allowed_users, x.secrets);
}

template <class I>
caf::error describe(I& f, remove_channel& x) {
  return fields(f, x, x.name);
}

template <class I>
caf::error describe(I& f, switch_channels& x) {
  return fields(f, x, x.name, x.started);
}

template <class I>
caf::error describe(I& f, bind_channel_user& x) {
  return fields(f, x, x.channel, x.user, x.username, x.bound, x.approves);
}

template <class I>
caf::error describe(I& f, confirm_pairing& x) {
  return fields(f, x, x.code, x.approves);
}

template <class I>
caf::error describe(I& f, label_condition& x) {
  return fields(f, x, x.name, x.values, x.negated);
}

template <class I>
caf::error describe(I& f, alert_silence& x) {
  return fields(f, x, x.id, x.matchers, x.starts_at, x.ends_at, x.comment,
                x.created_by);
}

template <class I>
caf::error describe(I& f, silence_alerts& x) {
  return fields(f, x, x.what);
}

template <class I>
caf::error describe(I& f, end_silence& x) {
  return fields(f, x, x.id);
}

template <class I>
caf::error describe(I& f, change_mode& x) {
  return fields(f, x, x.to, x.reason);
}

template <class I>
caf::error describe(I& f, create_agent& x) {
  return fields(f, x, x.skill_id, x.limits);
}

template <class I>
caf::error describe(I& f, execute_in_agent& x) {
  return fields(f, x, x.id, x.command, x.timeout);
}

template <class I>
caf::error describe(I& f, stop_agent& x) {
  return fields(f, x, x.id, x.force);
}

template <class I>
caf::error describe(I& f, pause_agent& x) {
  return fields(f, x, x.id, x.paused);
}

template <class I>
caf::error describe(I& f, check_isolation& x) {
  return fields(f, x);
}

template <class I>
caf::error describe(I& f, run_skill& x) {
  return fields(f, x, x.action_id, x.skill_id, x.digest, x.operation,
                x.parameters, x.request_id);
}

template <class I>
caf::error describe(I& f, skill_outcome& x) {
  return fields(f, x, x.result);
}

template <class I>
caf::error describe(I& f, call_api& x) {
  return fields(f, x, x.action_id, x.method, x.url, x.headers, x.body);
}

template <class I>
caf::error describe(I& f, api_answer& x) {
  return fields(f, x, x.result);
}

template <class I>
caf::error describe(I& f, read_proof& x) {
  return fields(f, x, x.kind, x.first, x.second);
}

template <class I>
caf::error describe(I& f, verify_log& x) {
  return fields(f, x);
}

template <class I>
caf::error describe(I& f, audit_proof& x) {
  return fields(f, x, x.body);
}

template <class I>
caf::error describe(I& f, begin_pairing& x) {
  return fields(f, x, x.channel, x.sender, x.sender_name);
}

template <class I>
caf::error describe(I& f, send_to_channel& x) {
  return fields(f, x, x.channel, x.conversation, x.text);
}

template <class I>
caf::error describe(I& f, post_to_channel& x) {
  return fields(f, x, x.channel, x.conversation, x.text, x.delivery);
}

template <class I>
caf::error describe(I& f, read_conversation& x) {
  return fields(f, x, x.channel, x.conversation, x.after, x.limit);
}

template <class I>
caf::error describe(I& f, turn& x) {
  return fields(f, x, x.id, x.conversation, x.from, x.sender, x.refers_to,
                x.text, x.at, x.delivery, x.aside, x.failed, x.begins_anew);
}

template <class I>
caf::error describe(I& f, conversation_page& x) {
  return fields(f, x, x.turns, x.more);
}

template <class I>
caf::error describe(I& f, submitted& x) {
  return fields(f, x, x.id, x.decision, x.level);
}

template <class I>
caf::error describe(I& f, action_list& x) {
  return fields(f, x, x.actions, x.next_before);
}

template <class I>
caf::error describe(I& f, restored_state& x) {
  return fields(f, x, x.open_actions, x.registry);
}

template <class I, class C>
caf::error describe(I& f, ask<C>& x) {
  return fields(f, x, x.command, x.context);
}

}  // namespace closedpaw::wire
