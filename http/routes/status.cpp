#include "http/routes/views/status.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

namespace {

// The original's API version; its clients may compare it.
constexpr std::string_view api_version = "1.0.0";

route root_route() {
  const auto answer = json_reply({{"name", "ClosedPaw"},
                                  {"version", api_version},
                                  {"status", "running"},
                                  {"security_model", "zero_trust"}});
  return {method::get, "/", access::public_,
          [answer](const request&, const path_params&, const live_state&) {
            return outcome{answer};
          },
          [] {
            return operation{"root", "operation", "Name and API version"}
                .returns(200, "Who answers", free_object())
                .take();
          }};
}

}  // namespace

std::vector<route> status_routes(std::string_view version) {
  auto render = [version = std::string{version}](const live_state& live,
                                                 timestamp now) {
    return status_view(live, now, version);
  };
  return {root_route(),
          {method::get, "/api/status", access::read, cached(render), [] {
             return operation{"getStatus", "operation",
                              "What works, what does not, and why"}
                 .returns(200, "The state of the daemon", ref("Status"))
                 .take();
           }}};
}

}  // namespace closedpaw::http
