#define CAF_SUITE lists_text

#include "http/cli/lists_text.hpp"

#include "tests/unit_test.hpp"

namespace lists_text_tests {

using namespace closedpaw;
using namespace closedpaw::cli;
using namespace std::chrono_literals;

constexpr timestamp now{1000s};

std::string at(std::chrono::seconds t) {
  return to_iso8601(timestamp{t});
}

CAF_TEST(providers) {
  const json x{{"ollama",
                {{"type", "ollama"},
                 {"state", "failing"},
                 {"last_success", at(970s)},
                 {"latency_p50_ms", 12},
                 {"latency_p95_ms", 30},
                 {"in_flight", 0},
                 {"models", 3},
                 {"last_error", {{"code", "x"}, {"message", "no\x1b[m"}}}}}};
  CAF_CHECK_EQUAL(
      providers_text(x, now),
      "PROVIDER  TYPE    STATE    LAST SUCCESS  P50 MS  P95 MS  IN FLIGHT  "
      "MODELS  LAST ERROR\n"
      "ollama    ollama  failing  30 s          12      30      0          "
      "3       no\\u{001B}[m\n");
  CAF_CHECK(contains(providers_text(json::array(), now), "PROVIDER"));
}

CAF_TEST(channels) {
  const json x{{"channels",
                {{"tg",
                  {{"type", "telegram"},
                   {"state", "failed"},
                   {"since", at(400s)},
                   {"last_exchange", nullptr},
                   {"messages_in", 1},
                   {"messages_out", 2},
                   {"backlog", 0},
                   {"why", "the token is refused"}}}}}};
  CAF_CHECK(contains(channels_text(x, now),
                     "tg       telegram  failed  10 min  -              1   2  "
                     "  0        the token is refused\n"));
}

CAF_TEST(agents and actions) {
  const auto agents =
      json::array({{{"id", "a1"},
                    {"skill_id", "shell"},
                    {"state", "error"},
                    {"created_at", at(900s)},
                    {"usage", {{"cpu_seconds", 1.5}, {"memory_bytes", 1024}}},
                    {"end", {{"cause", "out_of_memory"}}}}});
  CAF_CHECK(contains(agents_text(agents, now),
                     "a1     shell  error  100 s  1.5    1024    -          "
                     "out_of_memory\n"));
  const auto actions = json::array({{{"id", "x1"},
                                     {"action_type", "chat"},
                                     {"status", "failed"},
                                     {"security_level", "low"},
                                     {"created_at", at(999s)},
                                     {"requested_by", "uid:0"},
                                     {"error", "why"}}});
  CAF_CHECK(contains(actions_text(actions, now),
                     "x1      chat  failed  low    1 s  uid:0  why\n"));
}

CAF_TEST(one action shows exactly what will run) {
  const json x{{"id", "x1"},
               {"action_type", "skill_execution"},
               {"parameters", {{"command", "rm -rf\n  fake: approved\x1b[2J"}}},
               {"result", nullptr}};
  const auto text = action_text(x);
  CAF_CHECK(contains(text,
                     "\nparameters:\n  {\n    \"command\": \"rm -rf\\n  "
                     "fake: approved\\u001b[2J\"\n  }\n"));
  CAF_CHECK(!contains(text, "result:"));
}

CAF_TEST(events stay on one line) {
  json x{{"timestamp", "2026-11-26T00:00:00.000000"},
         {"sequence", 7},
         {"level", "high"},
         {"action_type", "alert"},
         {"status", "firing"},
         {"outcome", "failure"},
         {"user", "closedpaw"},
         {"action_id", nullptr},
         {"details", {{"text", "a\nb"}}}};
  CAF_CHECK_EQUAL(event_text(x),
                  "2026-11-26T00:00:00.000000Z  7  high  alert firing "
                  "(failure)  by closedpaw  {\"text\":\"a\\nb\"}\n");
  x["outcome"] = nullptr;
  x["details"] = json::object();
  x["action_id"] = "x1";
  CAF_CHECK(contains(event_text(x), "firing  by closedpaw  action x1\n"));
}

}  // namespace lists_text_tests
