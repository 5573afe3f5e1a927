#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

namespace {

rendering config_view(const live_state& live, timestamp) {
  const auto stale = live.config.stale_since();
  auto answer = json_reply(*live.config.get());
  mark_stale(answer, stale);
  return {std::move(answer), {}};
}

}  // namespace

std::vector<route> config_routes() {
  return {{method::get, "/api/config", access::read, cached(config_view),
           [] {
             return operation{"getConfig", "operation",
                              "Each setting, its value and where it came from"}
                 .returns(200, "The settings, secrets masked", free_object())
                 .take();
           }},
          {method::get, "/api/paths", access::read,
           [](const request&, const path_params&, const live_state& live) {
             return outcome{json_reply(live.paths)};
           },
           [] {
             return operation{"getPaths", "operation",
                              "Where the daemon's files are on this machine"}
                 .returns(200, "Absolute paths", free_object())
                 .take();
           }}};
}

}  // namespace closedpaw::http
