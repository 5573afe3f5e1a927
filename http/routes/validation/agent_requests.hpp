#pragma once

#include "http/routes/route.hpp"
#include "http/routes/validation/field_errors.hpp"
#include "messages/model/command.hpp"

namespace closedpaw::http {

/// POST /api/agents
checked<create_agent> check_agent(const request& r);

/// POST /api/agents/{id}/execute
checked<execute_in_agent> check_execution(const request& r, const uuid& id);

/// POST /api/agents/{id}/stop
checked<stop_agent> check_stop(const request& r, const uuid& id);

}  // namespace closedpaw::http
