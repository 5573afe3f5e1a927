#pragma once

#include <string>

#include "messages/model/json.hpp"
#include "messages/model/time.hpp"

/// What an operator reads on a terminal, from the daemon's answers. Whatever
/// comes from elsewhere is inert. Pure.
namespace closedpaw::cli {

/// Of GET /api/status and GET /api/alerts: what is broken, since when and why
/// within the first 20 lines.
std::string status_text(const json& status, const json& alerts, timestamp now);

/// Of GET /api/alerts.
std::string alerts_text(const json& alerts, timestamp now);

/// "3 s", "5 min", "2 h", "4 d"
std::string age_text(std::chrono::microseconds x);

}  // namespace closedpaw::cli
