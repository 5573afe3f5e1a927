#pragma once

#include <string_view>

#include "http/server/exchange.hpp"
#include "messages/model/command.hpp"
#include "messages/model/conversation.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::http {

// What actors answered, in the original's wire format. Pure; failures go
// through error_response.

/// POST /api/actions: the decision, not how far execution has come.
/// 202: what was asked for waits for approval.
response render_held(const submitted& answer);
response render(const submitted& answer);

/// GET /api/actions/{id}
response render(const action& row);

/// GET /api/actions: an array; the next page in a Link header (RFC 8288).
response render(const action_list& page, const list_actions& asked);

/// GET /api/audit-logs: the original's array; the next page in a Link header.
response render(const audit_page& page, const read_audit& asked);

/// GET /api/audit-logs/head, /proof/…, /api/audit-logs/verify
response render(const audit_proof& x);

/// GET /api/actions/pending, oldest first.
response render_pending(const orchestrator_view& view);

/// POST /api/chat. A failed action is answered with its own error's status,
/// 409 when it was rejected, 202 while it has not ended.
response render_chat(const action& row);

/// Why an action ended other than completed, with its id.
failure failure_of(const action& row);

/// POST /api/chat/multi, in the original's words.
response render_multi(const action& row);

/// A chat that was asked for in one of those forms.
response render_chat(const action& row, chat_form form);

/// What a command that failed is answered: error_response, but in OpenAI's form
/// to its clients.
response render_failure(const command& asked, const failure& why);

/// POST /api/models/switch. An unknown model is 400.
response render_switch(const action& row);

/// POST /api/actions/{id}/approve
response render_decision(const action& row, bool approved);

/// POST /api/actions/{id}/cancel
response render_cancelled(const action& row);

/// POST /api/skills/{id}/enable|disable
response render_skill(std::string_view skill_id, bool enabled);

/// POST /api/providers/{name}/default
response render_default_provider(std::string_view name);

/// POST /api/providers/register, in the original's words.
response render_registered(std::string_view name);

/// DELETE /api/providers/{name}
response render_removed(std::string_view name);

/// POST /api/providers/{name}/check that succeeded.
response render_checked(std::string_view name, std::string_view proof);

/// GET /api/channels/{name}/messages
response render(const conversation_page& page);

/// POST /api/channels/register, in the original's words.
response render_channel(std::string_view name);

/// DELETE /api/channels/{name}
response render_channel_removed(std::string_view name);

/// POST /api/channels/start|stop, in the original's words.
response render_switched(const switch_channels& asked, std::uint32_t channels);

/// POST /api/channels/{name}/bind-user, in the original's words, and DELETE.
response render_bound(const bind_channel_user& asked);

/// POST /api/channels/pair; `who` is "CHANNEL:USER".
response render_paired(std::string_view who);

/// POST /api/alerts/silences
response render_silence(std::string_view id);
/// DELETE /api/alerts/silences/{id}
response render_silence_ended(std::string_view id);

/// POST /api/channels/{name}/send (202: said once the service takes it)
response render_sent(std::string_view channel, std::string_view id);

/// POST /api/agents (201)
response render_agent_created(const live_state& live, std::string_view id);

/// What became of an agent.
response render_agent(const live_state& live, std::string_view id);

/// POST /api/agents/{id}/execute
response render(const skill_outcome& outcome);

/// GET /api/agents/runtimes
response render_isolation(const live_state& live);

/// GET /api/audit-logs/export: a stream that `begin` is given.
response render_export(std::function<void(std::shared_ptr<byte_stream>)> begin);

/// POST /api/drain, /api/panic and /api/resume
response render_mode(const mode_view& mode);

/// GET /api/vault and its commands, as the keeper answered.
response render_vault(std::string answer);

/// POST /api/supervision/fault (202: the fault happens after the answer)
response render_fault(const inject_fault& fault);

/// GET /readyz: 200, or 503 when a part does not work.
response render(const readiness& answer);

}  // namespace closedpaw::http
