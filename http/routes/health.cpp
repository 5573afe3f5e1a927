#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

std::vector<route> health_routes() {
  const auto alive = json_reply({{"status", "ok"}});
  return {{method::get, "/healthz", access::public_,
           [alive](const request&, const path_params&, const live_state&) {
             return outcome{alive};
           },
           [] {
             return operation{"healthz", "operation", "The process answers"}
                 .returns(200, "It does", free_object())
                 .take();
           }},
          {method::get, "/readyz", access::public_,
           [](const request&, const path_params&, const live_state&) {
             return outcome{command{check_readiness{}}};
           },
           [] {
             return operation{
                 "readyz", "operation",
                 "Storage, orchestrator and gateway work end to end"}
                 .returns(200, "They do; degraded says what else does not",
                          ref("Readiness"))
                 .returns(503, "They do not", ref("Readiness"))
                 .take();
           }}};
}

}  // namespace closedpaw::http
