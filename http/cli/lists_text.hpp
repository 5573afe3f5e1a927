#pragma once

#include <string>

#include "messages/model/json.hpp"
#include "messages/model/time.hpp"

/// Tables for a terminal, from the daemon's answers. Whatever comes from
/// elsewhere is inert. Pure.
namespace closedpaw::cli {

/// Of GET /api/providers/health?detail=true.
std::string providers_text(const json& answer, timestamp now);

/// Of GET /api/channels?detail=true.
std::string channels_text(const json& answer, timestamp now);

/// Of GET /api/agents.
std::string agents_text(const json& answer, timestamp now);

/// Of GET /api/actions; newest first.
std::string actions_text(const json& answer, timestamp now);

/// Of GET /api/actions/{id}: what an approver has to see.
std::string action_text(const json& answer);

/// Of GET /api/shippers.
std::string shippers_text(const json& answer, timestamp now);

/// Of GET /api/vault, and of its commands.
std::string vault_text(const json& answer);

/// Of GET /api/paths.
std::string tokens_text(const json& answer);
std::string paths_text(const json& answer);

/// Of GET /api/mode.
std::string mode_text(const json& answer);

/// One line of GET /api/logs.
std::string log_line_text(const json& line);

/// One line for an event of GET /api/audit-logs.
std::string event_text(const json& event);

}  // namespace closedpaw::cli
