#pragma once

#include <string_view>
#include <vector>

#include "http/routes/channel_feeds.hpp"
#include "http/routes/event_hub.hpp"
#include "http/routes/route.hpp"

namespace closedpaw::http {

// One function and one source file per resource. Handlers are stateless but for
// their caches, which belong to the one live_state of the process.

/// GET /, GET /api/status
std::vector<route> status_routes(std::string_view version);
std::vector<route> chat_routes();
/// GET /v1/models, POST /v1/chat/completions
std::vector<route> openai_routes();
std::vector<route> models_routes();
std::vector<route> actions_routes();
std::vector<route> audit_routes();
std::vector<route> skills_routes();
std::vector<route> providers_routes();
std::vector<route> agents_routes();
std::vector<route> channels_routes();
/// What is said on them. The feeds must outlive the routes.
std::vector<route> conversations_routes(channel_feeds& feeds);
std::vector<route> supervision_routes();
/// The hub must outlive the routes.
std::vector<route> events_routes(event_hub& hub);
std::vector<route> config_routes();
std::vector<route> security_routes();
std::vector<route> health_routes();
/// GET /metrics
std::vector<route> metrics_routes();
std::vector<route> alerts_routes();
std::vector<route> shippers_routes();
/// GET /api/logs, POST /api/logs/level
std::vector<route> logs_routes();
/// GET /api/mode, POST /api/drain, /api/panic, /api/resume
std::vector<route> mode_routes();
std::vector<route> vault_routes();
/// /api/tokens and /api/sessions
std::vector<route> tokens_routes();
/// GET /api/timeline
std::vector<route> timeline_routes();
/// GET /dashboard and what it needs.
std::vector<route> dashboard_routes();
/// GET /openapi.json and /docs, about `others` and themselves.
std::vector<route> docs_routes(const std::vector<route>& others,
                               const std::string& version);

/// All of them.
std::vector<route> all_routes(event_hub& hub, channel_feeds& feeds,
                              std::string_view version);

}  // namespace closedpaw::http
