#pragma once

#include "http/routes/cached_reply.hpp"

namespace closedpaw::http {

/// Why the daemon is not all it should be, one sentence a cause: what health
/// says, a store that refuses, and owners that are gone.
std::vector<std::string> degraded_causes(const live_state& live);

/// GET /api/status: the original's fields and ours.
rendering status_view(const live_state& live, timestamp now,
                      std::string_view version);

/// GET /api/models
rendering models_view(const live_state& live, timestamp now);

/// GET /api/models/{name}; nothing when no local provider has it.
std::optional<json> model_json(const live_state& live, std::string_view name);

/// GET /api/skills
json skills_json(const live_state& live);

/// GET /api/skills/{id}; null for an unknown one.
json one_skill(const live_state& live, std::string_view id);

}  // namespace closedpaw::http
