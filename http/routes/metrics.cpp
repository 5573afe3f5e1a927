#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

namespace {

constexpr std::string_view text_format =
    "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

std::vector<route> metrics_routes() {
  return {{method::get, "/metrics", access::read,
           [](const request&, const path_params&, const live_state& live) {
             return outcome{text_reply(text_format, live.metrics())};
           },
           [] {
             return operation{"getMetrics", "operation",
                              "What is measured, for Prometheus"}
                 .returns(200, "In the text format 0.0.4", string_schema(),
                          "text/plain")
                 .take();
           }}};
}

}  // namespace closedpaw::http
