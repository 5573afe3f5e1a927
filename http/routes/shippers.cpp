#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

namespace {

outcome list_shippers(const request&, const path_params&,
                      const live_state& live) {
  const auto size = live.log_size.load();
  auto list = json::array();
  for (const auto& place : live.shippers) {
    auto one = to_json(*place->get(), size);
    if (const auto since = place->stale_since())
      one["stale_since"] = to_iso8601(*since);
    list.push_back(std::move(one));
  }
  return json_reply({{"shippers", std::move(list)}, {"events", size}});
}

}  // namespace

std::vector<route> shippers_routes() {
  return {{method::get, "/api/shippers", access::read, list_shippers, [] {
             return operation{
                 "listShippers", "audit",
                 "Where the audit log is shipped to, and how far each is "
                 "behind"}
                 .describe(
                     "next_sequence outlasts a restart: what comes before "
                     "it was delivered at least once. dropped counts what "
                     "the target refused for good.")
                 .returns(200, "All that are configured", free_object())
                 .take();
           }}};
}

}  // namespace closedpaw::http
