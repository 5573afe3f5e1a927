#define CAF_SUITE meters

#include "actors/monitoring/metrics/meters.hpp"

#include "tests/unit_test.hpp"

namespace meters_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring;
using namespace std::chrono_literals;

std::string text_of(const meters& m) {
  return exposition(m.collect());
}

bool has_line(const meters& m, const std::string& line) {
  return contains("\n" + text_of(m), "\n" + line + "\n");
}

action row_of(action_status status, std::uint8_t id) {
  action a;
  a.id.bytes[15] = id;
  a.type = action_type::model_switch;
  a.status = status;
  a.created_at = timestamp{100s};
  return a;
}

CAF_TEST(requests by route and status) {
  meters m;
  const std::string route = "/api/status";
  m.answered({http::method::get, route, 200, 2ms});
  m.answered({http::method::get, route, 200, 300us});
  m.answered({http::method::get, route, 503, 1ms});
  m.answered({http::method::post, {}, 404, 1ms});
  CAF_CHECK(
      has_line(m,
               "http_server_request_duration_seconds_count{http_request_method="
               "\"GET\",http_response_status_code=\"200\",http_route=\"/api/"
               "status\"} 2"));
  CAF_CHECK(has_line(
      m,
      "http_server_request_duration_seconds_bucket{http_request_method="
      "\"GET\",http_response_status_code=\"200\",http_route=\"/api/"
      "status\",le=\"0.001\"} 1"));
  CAF_CHECK(
      has_line(m,
               "http_server_request_duration_seconds_count{http_request_method="
               "\"POST\",http_response_status_code=\"404\",http_route="
               "\"unmatched\"} 1"));
}

CAF_TEST(actions by status from the start) {
  meters m;
  const std::string prefix = "closedpaw_actions_total{status=\"failed\",type=";
  CAF_CHECK(has_line(m, prefix + "\"chat\"} 0"));
  m.changed(row_of(action_status::failed, 1), timestamp{101s});
  CAF_CHECK(has_line(m, prefix + "\"model_switch\"} 1"));
}

CAF_TEST(waiting for approval and execution are told apart) {
  meters m;
  auto row = row_of(action_status::pending, 1);
  m.changed(row, timestamp{100s});
  row.status = action_status::executing;
  row.decided_by = principal{};
  m.changed(row, timestamp{140s});
  row.status = action_status::completed;
  row.completed_at = timestamp{142s};
  m.changed(row, timestamp{142s});
  CAF_CHECK(has_line(m,
                     "closedpaw_action_approval_seconds_sum{decision="
                     "\"approved\",type=\"model_switch\"} 40"));
  CAF_CHECK(has_line(m,
                     "closedpaw_action_execution_seconds_sum{status="
                     "\"completed\",type=\"model_switch\"} 2"));
  // Rejected ones are never executed, and ones at once wait for nobody.
  auto no = row_of(action_status::rejected, 2);
  no.decided_by = principal{};
  m.changed(no, timestamp{110s});
  auto quick = row_of(action_status::completed, 3);
  quick.completed_at = timestamp{103s};
  m.changed(quick, timestamp{103s});
  CAF_CHECK(has_line(m,
                     "closedpaw_action_approval_seconds_sum{decision="
                     "\"rejected\",type=\"model_switch\"} 10"));
  CAF_CHECK(has_line(m,
                     "closedpaw_action_execution_seconds_sum{status="
                     "\"completed\",type=\"model_switch\"} 5"));
  CAF_CHECK(!contains(text_of(m),
                      "approval_seconds_count{decision="
                      "\"approved\",type=\"model_switch\"} 2"));
}

CAF_TEST(model calls under the conventions names) {
  meters m;
  m.called({"home", "google", "gemini\n\xff", "", 80, 10, 300});
  m.called({"home", "google", "g", "timeout", 2'000, 0, 0});
  const auto text = text_of(m);
  CAF_CHECK(contains(text, "gen_ai_provider_name=\"gcp.gemini\""));
  // What a client named is inert.
  CAF_CHECK(
      contains(text, "gen_ai_request_model=\"gemini\\\\u{000A}\xEF\xBF\xBD"));
  CAF_CHECK(contains(text, "error_type=\"timeout\""));
  CAF_CHECK(contains(text,
                     "gen_ai_token_type=\"output\",provider=\"home\"} "
                     "300"));
}

CAF_TEST(a call like one before adds to its series) {
  meters m;
  for (int i = 0; i < 2; ++i)
    m.called({"home", "google", "g", "timeout", 2'000, 0, 0});
  m.called({"away", "google", "g", "timeout", 2'000, 0, 0});
  for (const auto* who : {"home\"} 2", "away\"} 1"})
    CAF_CHECK(has_line(
        m, std::string{"gen_ai_client_operation_duration_seconds_count{"
                       "error_type=\"timeout\",gen_ai_operation_name=\"chat\","
                       "gen_ai_provider_name=\"gcp.gemini\","
                       "gen_ai_request_model=\"g\",provider=\""} +
               who));
}

CAF_TEST(commits and their events) {
  meters m;
  commit_unit unit;
  audit_event e;
  e.action_type = "security";
  e.status = "blocked";
  e.level = "high";
  unit.events = {e, e};
  const std::vector<const commit_unit*> units{&unit, &unit};
  const std::vector<result<commit_receipt>> answers{
      commit_receipt{}, failure{errc::storage_full, "no", {}, {}}};
  m.committed({units, answers, 3ms});
  CAF_CHECK(has_line(m,
                     "closedpaw_audit_events_total{action_type="
                     "\"security\",level=\"high\",status=\"blocked\"} 2"));
  CAF_CHECK(has_line(m,
                     "closedpaw_audit_events_total{action_type="
                     "\"security\",level=\"critical\",status=\"held\"} 0"));
  CAF_CHECK(has_line(m, "closedpaw_audit_refused_total 1"));
  CAF_CHECK(has_line(m, "closedpaw_audit_commit_units_sum 2"));
  CAF_CHECK(has_line(m, "closedpaw_audit_commit_duration_seconds_sum 0.003"));
}

CAF_TEST(what supervisors report) {
  meters m;
  const auto told = [&m](const char* status, json details) {
    audit_event e;
    e.status = status;
    details["path"] = "root/x";
    e.details = details;
    m.supervised(e);
  };
  told("exited", {{"reason", "threw: no"}});
  told("failed", {{"reason", "hung: in one handler"}});
  told("recovered", {{"recovery_ms", 250}});
  CAF_CHECK(has_line(m,
                     "closedpaw_actor_exits_total{cause=\"exception\","
                     "path=\"root/x\"} 1"));
  CAF_CHECK(has_line(
      m, "closedpaw_actor_exits_total{cause=\"hang\",path=\"root/x\"} 1"));
  CAF_CHECK(has_line(m, "closedpaw_actor_recovery_seconds_sum 0.25"));
  CAF_CHECK(
      has_line(m, "closedpaw_supervision_events_total{event=\"recovered\"} 1"));
}

CAF_TEST(a clock that jumps is counted) {
  meters m;
  const std::chrono::microseconds t{1h};
  m.looked_at_clocks(timestamp{1000s}, t);
  m.looked_at_clocks(timestamp{1001s}, t + 1s);
  CAF_CHECK(has_line(m, "closedpaw_clock_jumps_total 0"));
  m.looked_at_clocks(timestamp{900s}, t + 2s);
  m.looked_at_clocks(timestamp{901s}, t + 3s);
  CAF_CHECK(has_line(m, "closedpaw_clock_jumps_total 1"));
}

CAF_TEST(label sets are bounded and what is left out is counted) {
  meters m;
  for (int i = 0; i < 300; ++i)
    m.called({"p", "ollama", "m" + std::to_string(i), "", 1, 0, 0});
  const auto text = text_of(m);
  CAF_CHECK(contains(text, "\"m199\""));
  CAF_CHECK(!contains(text, "\"m200\""));
  CAF_CHECK(has_line(m,
                     "closedpaw_metrics_dropped_total{metric=\"gen_ai_"
                     "client_operation_duration_seconds\"} 100"));
}

}  // namespace meters_tests
