#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "messages/model/access_token.hpp"
#include "messages/model/action.hpp"
#include "messages/model/alert.hpp"
#include "messages/model/audit_proof.hpp"
#include "messages/model/audit_query.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/operating_mode.hpp"
#include "messages/model/provider.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/supervision.hpp"
#include "messages/model/vault.hpp"

namespace closedpaw {

// What the routes ask of the gateway: parsed, validated, typed. One struct per
// kind of request; a read of live state never becomes a command.

/// POST /api/actions
struct submit_action {
  action_request request;
  /// Whoever must know it before the answer gives it; else a new one.
  std::optional<uuid> id{};
  /// Who reads the deltas of a chat, in the process's stream hub.
  std::string stream_id{};
  /// In place of a change that was asked for, and waits (security.strict).
  bool holds_change = false;
};

/// In whose wire format a chat is answered.
enum class chat_form : std::uint8_t {
  /// POST /api/chat and /api/chat/stream
  native,
  /// POST /api/chat/multi
  multi,
  /// POST /v1/chat/completions
  openai,
};

/// A chat: submit and wait for the end.
struct run_chat {
  std::vector<chat_message> messages;
  std::optional<std::string> model{};
  /// Else the model's ("provider/model"), else the default one.
  std::optional<std::string> provider{};
  chat_options options{};
  tool_use tools{};
  bool use_cloud = false;
  chat_form form = chat_form::native;
  bool stream = false;
  /// OpenAI's stream_options.
  bool include_usage = false;
  /// The gateway's name for whoever reads the deltas.
  std::string stream_id{};
};

/// POST /api/models/switch: submit and wait for the end.
struct switch_model {
  std::string model;
};

/// POST /api/actions/{id}/approve
struct decide_action {
  uuid id;
  bool approved = false;
  /// The body's user_id: recorded as claimed.
  std::optional<std::string> claimed_user;
  /// How the digest of what was shown begins.
  std::optional<std::string> confirm{};
  std::optional<secret_text> owner_secret{};
};

/// POST /api/actions/{id}/cancel
struct cancel_action {
  uuid id;
};

/// To be told its end.
struct await_action {
  uuid id;
};

/// GET /api/actions/{id}
struct get_action {
  uuid id;
};

/// GET /api/actions, newest first.
struct list_actions {
  std::optional<action_status> status;
  std::uint32_t limit = 100;
  std::optional<uuid> before;
};

/// GET /api/audit-logs
struct read_audit {
  audit_query query;
  /// The request's own query string, for the Link header.
  std::string raw_query;
};

/// POST /api/skills/{id}/enable|disable
struct set_skill_enabled {
  std::string skill_id;
  bool enabled = false;
};

/// POST /api/providers/{name}/default
struct set_default_provider {
  std::string name;
};

/// POST /api/providers/register
struct register_provider {
  std::string name;
  std::string type;
  /// Else the vendor's own.
  std::optional<std::string> base_url{};
  std::optional<std::string> default_model{};
  /// Kept encrypted; without one the old one stays if the address does.
  std::optional<secret_text> api_key{};
};

/// DELETE /api/providers/{name}
struct remove_provider {
  std::string name;
};

/// POST /api/providers/{name}/check
struct check_provider {
  std::string name;
};

/// POST /api/channels/register
struct register_channel {
  std::string name;
  std::string type;
  bool enabled = true;
  /// Else the service's own.
  std::optional<std::string> base_url{};
  /// Nobody is a stranger.
  std::optional<bool> open{};
  /// Bound at once; others that were bound stay.
  std::vector<std::string> allowed_users{};
  /// By the names that its type has for them; kept encrypted.
  std::map<std::string, secret_text> secrets{};
};

/// DELETE /api/channels/{name}
struct remove_channel {
  std::string name;
};

/// POST /api/channels/start|stop
struct switch_channels {
  /// Else all of them.
  std::optional<std::string> name;
  bool started = true;
};

/// POST /api/channels/{name}/bind-user and DELETE …/users/{id}
struct bind_channel_user {
  std::string channel;
  std::string user;
  std::string username{};
  /// False unbinds.
  bool bound = true;
  /// May approve and reject.
  bool approves = false;
};

/// POST /api/channels/pair: the owner confirms a code that a stranger told.
struct confirm_pairing {
  std::string code;
  bool approves = false;
};

/// POST /api/channels/{name}/send
struct send_to_channel {
  std::string channel;
  std::string conversation;
  std::string text;
};

/// POST /api/channels/{name}/messages: a user of a local channel writes.
struct post_to_channel {
  std::string channel;
  std::string conversation;
  std::string text;
  /// The client's own id: never taken twice. Empty for none.
  std::string delivery{};
};

/// GET /api/channels/{name}/messages
struct read_conversation {
  std::string channel;
  std::string conversation;
  /// Only what follows it; without it the last ones.
  std::optional<uuid> after{};
  std::uint32_t limit = 50;
};

/// POST /api/agents
struct create_agent {
  std::string skill_id;
  /// In place of the skill's own; null for none.
  json limits{};
};

/// POST /api/agents/{id}/execute
struct execute_in_agent {
  uuid id;
  /// A text for its shell, or a list: the program and its arguments.
  json command{};
  std::optional<std::chrono::milliseconds> timeout{};
};

/// POST /api/agents/{id}/stop
struct stop_agent {
  uuid id;
  /// Without being asked first.
  bool force = false;
};

/// POST /api/agents/{id}/pause|resume
struct pause_agent {
  uuid id;
  bool paused = true;
};

/// POST /api/agents/runtimes/check: each kind of isolation is tried again.
struct check_isolation {};

/// POST /api/alerts/silences
struct silence_alerts {
  /// Complete but for who made it.
  alert_silence what;
};

/// DELETE /api/alerts/silences/{id}
struct end_silence {
  std::string id;
};

/// GET /api/audit-logs/export: all that fits, oldest first.
struct export_audit {
  /// Ascending; `limit` is a page's.
  audit_query query;
  /// At most so many events.
  std::optional<std::uint64_t> most{};
  /// Goes on with what is recorded from now on.
  bool follow = false;
};

/// POST /api/drain, /api/panic and /api/resume
struct change_mode {
  operating_mode to = operating_mode::normal;
  std::string reason{};
};

/// POST /api/supervision/fault
struct inject_fault {
  std::string path;
  fault_kind kind = fault_kind::throw_;
};

/// GET /readyz
struct check_readiness {};

using command = std::variant<
    submit_action, run_chat, switch_model, decide_action, cancel_action,
    get_action, list_actions, read_audit, read_proof, verify_log,
    set_skill_enabled, set_default_provider, register_provider, remove_provider,
    check_provider, register_channel, remove_channel, switch_channels,
    bind_channel_user, confirm_pairing, send_to_channel, post_to_channel,
    read_conversation, create_agent, execute_in_agent, stop_agent, pause_agent,
    check_isolation, silence_alerts, end_silence, export_audit, change_mode,
    use_vault, manage_token, inject_fault, check_readiness>;

/// On whose behalf, and under which id it is traced.
struct command_context {
  principal peer;
  std::string request_id;
  std::string traceparent;
  /// Rows of whoever asks, recorded with what the command changes or not at
  /// all.
  std::vector<registry_change> with{};
};

// What comes back, for the routes to render.

/// After submit_action.
struct submitted {
  uuid id;
  /// "approved" or "pending", the original's words: the decision, not how far
  /// execution has come.
  action_status decision = action_status::approved;
  security_level level = security_level::low;
};

struct action_list {
  std::vector<action> actions;
  std::optional<uuid> next_before;
};

struct readiness {
  bool ready = false;
  /// One entry per part: "storage", "orchestrator", "gateway", … → "ok" or why
  /// not.
  std::vector<std::pair<std::string, std::string>> parts;
  std::vector<std::string> degraded_because;
};

}  // namespace closedpaw
