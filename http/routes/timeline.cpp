#include <limits>

#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

constexpr auto latest = std::numeric_limits<std::int64_t>::max();

outcome show_timeline(const request& r, const path_params&,
                      const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  const auto since = query.integer("since", 0, latest);
  if (!errors.empty())
    return errors.to_response();
  return json_reply(live.timeline(since.value_or(0)));
}

}  // namespace

std::vector<route> timeline_routes() {
  return {
      {method::get, "/api/timeline", access::read, show_timeline, [] {
         return operation{"getTimeline", "operation",
                          "What was measured within the last hour"}
             .describe(
                 "A point every five seconds, for plots; null where nothing "
                 "was known. GET /metrics has more, for Prometheus.")
             .query("since", integer_schema(0, latest),
                    "Unix time in seconds; only later points")
             .returns(200, "The points", free_object())
             .take();
       }}};
}

}  // namespace closedpaw::http
