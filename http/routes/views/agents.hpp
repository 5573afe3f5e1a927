#pragma once

#include <string_view>

#include "messages/model/live_state.hpp"

namespace closedpaw::http {

/// GET /api/agents: the active ones and the last that ended, oldest first.
json agents_json(const live_state& live);

/// GET /api/agents/{id}; null for an unknown one.
json one_agent(const live_state& live, std::string_view id);

/// GET /api/agents/sandbox-info
json sandbox_info(const live_state& live);

}  // namespace closedpaw::http
