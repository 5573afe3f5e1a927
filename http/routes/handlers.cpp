#include "http/routes/handlers.hpp"

namespace closedpaw::http {

void mark_stale(response& r, const std::optional<timestamp>& since) {
  if (since)
    r.headers.emplace_back("X-Stale-Since", to_iso8601(*since));
}

}  // namespace closedpaw::http
