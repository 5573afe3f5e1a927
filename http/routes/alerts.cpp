#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/alert_requests.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

const std::vector<std::string>& alert_states() {
  static const std::vector<std::string> names{"pending", "firing", "resolved"};
  return names;
}

outcome list_alerts(const request& r, const path_params&,
                    const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  const auto state = query.choice("state", alert_states());
  if (!errors.empty())
    return errors.to_response();
  const auto view = live.alerts.get();
  auto alerts = json::array();
  for (const auto& x : view->alerts)
    if (!state || *state == to_string(x.state))
      alerts.push_back(to_json(x));
  auto silences = json::array();
  for (const auto& x : view->silences)
    silences.push_back(to_json(x));
  auto receivers = json::array();
  const auto published = live.receivers.get();
  for (const auto& x : *published)
    receivers.push_back(to_json(x));
  auto answer = json_reply({{"alerts", std::move(alerts)},
                            {"silences", std::move(silences)},
                            {"receivers", std::move(receivers)}});
  mark_stale(answer, live.alerts.stale_since());
  return answer;
}

outcome list_alert_rules(const request&, const path_params&,
                         const live_state& live) {
  return json_reply({{"rules", live.alert_rules}});
}

outcome begin_silence(const request& r, const path_params&,
                      const live_state& live) {
  return to_outcome(check_silence(r, live.now()));
}

outcome stop_silence(const request&, const path_params& params,
                     const live_state& live) {
  const auto id = param(params, "id");
  const auto view = live.alerts.get();
  for (const auto& x : view->silences)
    if (x.id == id)
      return command{end_silence{x.id}};
  return refuse(errc::not_found,
                "No such silence: GET /api/alerts shows those that last");
}

}  // namespace

std::vector<route> alerts_routes() {
  return {
      {method::get, "/api/alerts", access::read, list_alerts,
       [] {
         return operation{
             "listAlerts", "alerts",
             "What is wrong by the rules: pending, firing, and resolved of "
             "late"}
             .describe(
                 "inhibited_by names the alert that one follows from, "
                 "silenced_by the silence; in both cases nobody is "
                 "notified. receivers shows what became of "
                 "notifications.")
             .query("state", enum_schema(alert_states()),
                    "Only those in this state")
             .returns(200, "Alerts, silences and receivers", free_object())
             .take();
       }},
      {method::get, "/api/alerts/rules", access::read, list_alert_rules,
       [] {
         return operation{"listAlertRules", "alerts", "The rules"}
             .returns(200, "All of them", free_object())
             .take();
       }},
      {method::post, "/api/alerts/silences", access::act, begin_silence,
       [] {
         return operation{"silenceAlerts", "alerts",
                          "Keep alerts from being notified"}
             .describe(
                 "matchers is a list of {name, value or values, negated} "
                 "over labels, alertname and severity among them; "
                 "duration_s is up to 30 days. It is recorded in the "
                 "audit log and outlasts a restart.")
             .body(free_object())
             .returns(200, "Recorded", free_object())
             .fails(503, "The audit log refuses, or nobody evaluates alerts")
             .take();
       }},
      {method::del, "/api/alerts/silences/{id}", access::act, stop_silence,
       [] {
         return operation{"endSilence", "alerts",
                          "End a silence before its time"}
             .returns(200, "It is over", free_object())
             .fails(404, "No such silence")
             .fails(503, "The audit log refuses, or nobody evaluates alerts")
             .take();
       }},
  };
}

}  // namespace closedpaw::http
