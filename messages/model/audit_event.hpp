#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/action.hpp"

namespace closedpaw {

/// One entry of the audit log. Everything here is inside the hashed bytes.
struct audit_event {
  timestamp time{};
  /// The component that reports: "orchestrator", "supervisor", …
  std::string actor;
  /// The authenticated peer on whose behalf, or ourselves.
  principal user;
  /// Nil where no action is concerned.
  uuid action_id;
  /// An action type, or "supervision", "storage", … for events of the system.
  std::string action_type;
  std::optional<std::string> skill_id;
  std::string status;
  /// "success", "failure", "rejected", or nothing yet.
  std::optional<std::string> outcome;
  /// "info", "low", "medium", "high", "critical".
  std::string level = "info";
  std::string request_id;
  json_text details = json_text::empty_object();
};

/// An event with its place in the log.
struct stored_event {
  /// 0 for the first event ever; also its leaf index in the Merkle tree.
  std::uint64_t sequence = 0;
  audit_event event;
};

/// The exact bytes that are stored and hashed: compact JSON.
std::string canonical_bytes(const audit_event& event);
result<audit_event> audit_event_from_bytes(std::string_view bytes);

/// Appends the original's AuditLogEntry, with our fields added.
void append_wire(std::string& out, const stored_event& event);

}  // namespace closedpaw
