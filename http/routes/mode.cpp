#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/render.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

constexpr std::size_t longest_reason = 512;

route_handler changing(operating_mode to) {
  return
      [to](const request& r, const path_params&, const live_state&) -> outcome {
        field_errors errors;
        query_fields query{r.query, errors};
        change_mode what;
        what.to = to;
        if (const auto reason = query.filter("reason")) {
          errors.check_bytes(*reason, query.loc("reason"), longest_reason);
          what.reason = *reason;
        }
        if (!errors.empty())
          return errors.to_response();
        return command{std::move(what)};
      };
}

json change_operation(std::string_view id, std::string_view summary,
                      std::string_view text) {
  return operation{id, "operation", summary}
      .describe(text)
      .query("reason", string_schema(), "Shown to whoever is refused")
      .returns(200, "It is so, and recorded", free_object())
      .fails(503, "The audit log refuses, or the orchestrator is down")
      .take();
}

}  // namespace

std::vector<route> mode_routes() {
  return {
      {method::get, "/api/mode", access::read,
       [](const request&, const path_params&, const live_state& live) {
         return outcome{render_mode(*live.mode.get())};
       },
       [] {
         return operation{"getMode", "operation",
                          "normal, draining or panic: what is taken on"}
             .returns(200, "The mode, since when, by whom and why",
                      free_object())
             .take();
       }},
      {method::post, "/api/drain", access::admin,
       changing(operating_mode::draining),
       [] {
         return change_operation(
             "drain", "Begin nothing new",
             "What runs may end, what waits for approval stays; "
             "/readyz answers 503. Ends with the process, or with "
             "POST /api/resume. executing_actions of GET "
             "/api/status says when it is done.");
       }},
      {method::post, "/api/panic", access::admin,
       changing(operating_mode::panic),
       [] {
         return change_operation(
             "panic", "Stop everything that acts",
             "Begins nothing new, rejects what waits for approval, ends what "
             "runs, stops all agents, and lets nothing out but alerts, shipped "
             "events and heads. Lasts over restarts, until POST /api/resume.");
       }},
      {method::post, "/api/resume", access::admin,
       changing(operating_mode::normal),
       [] {
         return change_operation("resume", "Go on after drain or panic",
                                 "What panic has rejected or ended stays so.");
       }},
  };
}

}  // namespace closedpaw::http
