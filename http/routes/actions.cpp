#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/render.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/action_requests.hpp"

namespace closedpaw::http {

namespace {

rendering pending_view(const live_state& live, timestamp) {
  const auto stale = live.orchestrator.stale_since();
  auto answer = render_pending(*live.orchestrator.get());
  mark_stale(answer, stale);
  return {std::move(answer), {}};
}

outcome one_action(const request&, const path_params& params,
                   const live_state&) {
  if (const auto id = parse_uuid(param(params, "id")))
    return command{get_action{*id}};
  return refuse(errc::not_found, "Action not found");
}

outcome decide(const request& r, const path_params& params, const live_state&) {
  return to_outcome(check_decision(r, param(params, "id")));
}

outcome cancel(const request&, const path_params& params, const live_state&) {
  if (const auto id = parse_uuid(param(params, "id")))
    return command{cancel_action{*id}};
  return refuse(errc::not_found, "Action not found");
}

route submit_route() {
  return {method::post, "/api/actions", access::act, checking(check_submit),
          [] {
            return operation{"submitAction", "actions", "Ask for an action"}
                .describe(
                    "High and critical actions wait for approval; status "
                    "is the decision, not how far execution has come.")
                .body(ref("ActionRequest"))
                .returns(200, "Recorded", ref("Submitted"))
                .fails(400, "No such action type")
                .fails(503, "It could not be recorded, so it was not done")
                .take();
          }};
}

route list_route() {
  return {method::get, "/api/actions", access::read, checking(check_list), [] {
            return operation{"listActions", "actions", "Actions, newest first"}
                .query("status",
                       enum_schema({"pending", "approved", "rejected",
                                    "executing", "completed", "failed"}),
                       "Only these")
                .query("limit", integer_schema(1, 1000), "100 unless given")
                .query("before", string_schema(),
                       "An action's id: only older ones")
                .returns(200, "A page; Link names the next one",
                         array_of(ref("Action")))
                .take();
          }};
}

route approve_route() {
  return {method::post, "/api/actions/{id}/approve", access::approve, decide,
          [] {
            return operation{"decideAction", "actions", "Approve or reject"}
                .describe(
                    "user_id is recorded as claimed; who decided is the "
                    "authenticated peer. confirm, how the digest begins "
                    "of what was shown (8 digits or more), and "
                    "owner_secret may be needed to approve what is "
                    "critical: see [security].")
                .body(ref("Decision"))
                .returns(200, "Decided", ref("DecisionReply"))
                .fails(403, "The owner secret is needed, or is another one")
                .fails(404, "Action not found or not pending")
                .fails(409, "It changed since it was shown, or needs confirm")
                .fails(429, "Too many wrong guesses of the owner secret")
                .take();
          }};
}

}  // namespace

std::vector<route> actions_routes() {
  return {
      submit_route(),
      list_route(),
      {method::get, "/api/actions/pending", access::read, cached(pending_view),
       [] {
         return operation{"listPending", "actions",
                          "What waits for a decision, oldest first"}
             .describe(
                 "X-Stale-Since is set while the orchestrator is "
                 "down and the list may be out of date.")
             .returns(200, "The actions", array_of(ref("PendingAction")))
             .take();
       }},
      {method::get, "/api/actions/{id}", access::read, one_action,
       [] {
         return operation{"getAction", "actions", "One action"}
             .returns(200, "The action", ref("Action"))
             .take();
       }},
      approve_route(),
      {method::post, "/api/actions/{id}/cancel", access::act, cancel, [] {
         return operation{"cancelAction", "actions", "Take an action back"}
             .returns(200, "Cancelled", ref("Cancelled"))
             .fails(409, "It has ended already")
             .take();
       }}};
}

}  // namespace closedpaw::http
