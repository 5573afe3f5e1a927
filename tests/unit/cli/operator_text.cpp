#define CAF_SUITE operator_text

#include "http/cli/operator_text.hpp"

#include "tests/unit_test.hpp"

namespace operator_text_tests {

using namespace closedpaw;
using namespace closedpaw::cli;
using namespace std::chrono_literals;

constexpr timestamp now{1000s};

json status_of(json causes) {
  return {{"degraded_because", std::move(causes)},
          {"version", "1.2"},
          {"started_at", to_iso8601(timestamp{400s})},
          {"providers", {{"ollama", {{"state", "healthy"}}}}},
          {"channels",
           {{"webui", {{"state", "quiet"}}}, {"tg", {{"state", "failed"}}}}},
          {"pending_actions", 2},
          {"executing_actions", 0},
          {"durability", "sync"},
          {"durability_note", "note"}};
}

json alert_of(const char* state) {
  return {{"rule", "R"},
          {"severity", "critical"},
          {"state", state},
          {"summary", "it is wrong"},
          {"cause", "since\x1b[2Jit broke"},
          {"runbook", "mend it"},
          {"active_at", to_iso8601(timestamp{700s})},
          {"firing_at", to_iso8601(timestamp{880s})},
          {"resolved_at", to_iso8601(timestamp{999s})},
          {"inhibited_by", nullptr},
          {"silenced_by", nullptr}};
}

CAF_TEST(all is well) {
  CAF_CHECK_EQUAL(
      status_text(status_of(json::array()), {{"alerts", json::array()}}, now),
      "works, version 1.2, up 10 min\n"
      "alerts:    0 firing, 0 pending\n"
      "providers: ollama healthy\n"
      "channels:  webui quiet, tg failed\n"
      "actions:   2 wait for approval, 0 are executed\n"
      "audit:     sync, note\n");
}

CAF_TEST(causes come first and leave room for the rest) {
  auto causes = json::array();
  for (int i = 0; i < 30; ++i)
    causes.push_back("cause " + std::to_string(i) + "\x1b[31m");
  const auto text = status_text(
      status_of(causes),
      {{"alerts", json::array({alert_of("firing"), alert_of("pending")})}},
      now);
  CAF_CHECK(text.starts_with("DEGRADED by 30 causes, "));
  CAF_CHECK(contains(text, "\n  ! cause 5\\u{001B}[31m\n  … and 24 more"));
  CAF_CHECK(contains(text, "1 firing, 1 pending"));
  CAF_CHECK(std::count(text.begin(), text.end(), '\n') <= 20);
}

CAF_TEST(alerts with their cause and what to do) {
  json silence{{"id", "s1"},
               {"ends_at", "later"},
               {"created_by", "uid:0"},
               {"comment", "known"}};
  json receiver{{"name", "hook"}, {"trouble", "status 500"}};
  const auto text = alerts_text(
      {{"alerts", json::array({alert_of("firing"), alert_of("resolved")})},
       {"silences", json::array({silence})},
       {"receivers", json::array({receiver})}},
      now);
  CAF_CHECK_EQUAL(text,
                  "1 firing, 0 pending\n"
                  "  critical R                   2 min   it is wrong\n"
                  "            since\\u{001B}[2Jit broke\n"
                  "            -> mend it\n"
                  "  resolved R                   1 s     it is wrong\n"
                  "silence s1 until later by uid:0: known\n"
                  "receiver hook fails: status 500\n");
}

CAF_TEST(what the daemon does not say is no failure) {
  CAF_CHECK(contains(status_text(json::object(), json::object(), now), "up ?"));
  CAF_CHECK_EQUAL(alerts_text(json::object(), now), "0 firing, 0 pending\n");
}

CAF_TEST(ages) {
  CAF_CHECK_EQUAL(age_text(0s), "0 s");
  CAF_CHECK_EQUAL(age_text(-5s), "0 s");
  CAF_CHECK_EQUAL(age_text(119s), "119 s");
  CAF_CHECK_EQUAL(age_text(120s), "2 min");
  CAF_CHECK_EQUAL(age_text(3h), "3 h");
  CAF_CHECK_EQUAL(age_text(50h), "2 d");
}

}  // namespace operator_text_tests
