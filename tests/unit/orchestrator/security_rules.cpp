#define CAF_SUITE security_rules

#include "actors/orchestrator/security_rules.hpp"

#include "tests/unit_test.hpp"

namespace security_rules_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator;
using enum action_type;
using enum security_level;

std::string level_of(action_type type, json parameters = json::object(),
                     std::optional<std::string> skill = {}) {
  return std::string{
      to_string(classify({type, std::move(parameters), std::move(skill)}))};
}

CAF_TEST(by_type) {
  CAF_CHECK_EQUAL(level_of(chat), "low");
  CAF_CHECK_EQUAL(level_of(model_switch), "medium");
  CAF_CHECK_EQUAL(level_of(api_call), "medium");
  CAF_CHECK_EQUAL(level_of(config_change), "critical");
}

CAF_TEST(files) {
  for (const auto* harmless : {"read", "list", "stat", "READ"})
    CAF_CHECK_EQUAL(level_of(file_operation, {{"operation", harmless}}),
                    "medium");
  for (const auto* dangerous :
       {"delete", "write", "modify", "Delete", "chmod", "", "read "})
    CAF_CHECK_EQUAL(level_of(file_operation, {{"operation", dangerous}}),
                    "high");
  CAF_CHECK_EQUAL(level_of(file_operation), "high");
  CAF_CHECK_EQUAL(level_of(file_operation, {{"operation", 1}}), "high");
  CAF_CHECK_EQUAL(level_of(file_operation, json::array({"read"})), "high");
}

CAF_TEST(skills_wherever_they_are_named) {
  CAF_CHECK_EQUAL(level_of(skill_execution, {}, "telegram"), "medium");
  CAF_CHECK_EQUAL(level_of(skill_execution), "medium");
  for (const auto* powerful : {"filesystem", "system", "FileSystem"}) {
    CAF_CHECK_EQUAL(level_of(skill_execution, json::object(), powerful),
                    "high");
    CAF_CHECK_EQUAL(level_of(skill_execution, {{"skill_id", powerful}}),
                    "high");
    // Neither name talks the other down.
    CAF_CHECK_EQUAL(
        level_of(skill_execution, {{"skill_id", powerful}}, "telegram"),
        "high");
    CAF_CHECK_EQUAL(
        level_of(skill_execution, {{"skill_id", "telegram"}}, powerful),
        "high");
  }
}

CAF_TEST(what_a_request_claims_does_not_lower_it) {
  CAF_CHECK_EQUAL(level_of(config_change, {{"security_level", "low"}}),
                  "critical");
}

CAF_TEST(who_waits_for_the_owner) {
  CAF_CHECK(!needs_approval(low));
  CAF_CHECK(!needs_approval(medium));
  CAF_CHECK(needs_approval(high));
  CAF_CHECK(needs_approval(critical));
}

CAF_TEST(operations_are_those_of_their_exact_name) {
  skill_manifest program;
  program.level = low;
  program.operations["purge"].level = low;
  program.operations["Purge"].level = critical;
  program.operations["listFiles"].level = low;
  const auto level = [&](const char* operation) {
    return std::string{to_string(classify(
        {skill_execution, {{"operation", operation}}, "x"}, &program))};
  };
  CAF_CHECK_EQUAL(level("Purge"), "critical");
  CAF_CHECK_EQUAL(level("purge"), "medium");
  CAF_CHECK_EQUAL(level("listFiles"), "medium");
  CAF_CHECK_EQUAL(level("listfiles"), "high");
}

}  // namespace security_rules_tests
