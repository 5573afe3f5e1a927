#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "messages/model/action.hpp"
#include "messages/model/audit_query.hpp"
#include "messages/model/supervision.hpp"

namespace closedpaw {

// What the routes ask of the gateway: parsed, validated, typed. One struct per
// kind of request; a read of live state never becomes a command.

/// POST /api/actions
struct submit_action {
  action_request request;
};

/// POST /api/chat: submit and wait for the end.
struct run_chat {
  std::string message;
  std::optional<std::string> model;
  bool use_cloud = false;
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
};

/// POST /api/actions/{id}/cancel
struct cancel_action {
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

/// POST /api/supervision/fault
struct inject_fault {
  std::string path;
  fault_kind kind = fault_kind::throw_;
};

/// GET /readyz
struct check_readiness {};

using command =
    std::variant<submit_action, run_chat, switch_model, decide_action,
                 cancel_action, get_action, list_actions, read_audit,
                 set_skill_enabled, set_default_provider, inject_fault,
                 check_readiness>;

/// On whose behalf, and under which id it is traced.
struct command_context {
  principal peer;
  std::string request_id;
  std::string traceparent;
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
