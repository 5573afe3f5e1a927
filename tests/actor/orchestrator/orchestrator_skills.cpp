#define CAF_SUITE orchestrator_skills

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_skills_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;
using namespace std::chrono_literals;

struct skills_fixture : running_orchestrator {
  uuid approved_write() {
    const auto asked = submit(action_type::file_operation,
                              {{"operation", "write"}, {"path", "a.txt"}});
    CAF_CHECK(asked->answer->decision == action_status::pending);
    decide(asked->answer->id, true);
    return asked->answer->id;
  }
  const action& last() const { return *logger.units.back().row; }
  skill_view shown(const std::string& id) const {
    const auto view = live.orchestrator.get();
    for (const auto& x : view->skills)
      if (x.id == id)
        return x;
    return {};
  }
};

}  // namespace orchestrator_skills_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_skills_tests, skills_fixture)

CAF_TEST(an_approved_file_operation_runs_in_a_sandbox) {
  const auto id = approved_write();
  CAF_REQUIRE_EQUAL(skills_run.size(), 1U);
  CAF_CHECK(skills_run[0].action_id == id);
  CAF_CHECK_EQUAL(skills_run[0].skill_id, "filesystem");
  CAF_CHECK_EQUAL(skills_run[0].digest, "filesystem-1");
  CAF_CHECK_EQUAL(skills_run[0].operation, "write");
  CAF_CHECK(last().status == action_status::executing);
  end_skill(skill_outcome{json_text{json{{"status", "success"}}}});
  CAF_CHECK(last().status == action_status::completed);
  CAF_CHECK_EQUAL(last().result.str(), R"({"status":"success"})");
}

CAF_TEST(an_approval_is_answered_with_the_end_where_that_is_soon) {
  const auto asked = submit(action_type::file_operation,
                            {{"operation", "write"}, {"path", "a.txt"}});
  const auto decided = decide(asked->answer->id, true);
  CAF_CHECK(!decided->answered());
  end_skill(skill_outcome{json_text{json{{"status", "success"}}}});
  CAF_REQUIRE_EQUAL(decided->code(), "ok");
  CAF_CHECK((*decided->answer)->status == action_status::completed);
}

CAF_TEST(an_approval_does_not_wait_for_long) {
  const auto asked = submit(action_type::file_operation,
                            {{"operation", "write"}, {"path", "a.txt"}});
  const auto decided = decide(asked->answer->id, true);
  advance(4s);
  CAF_CHECK(!decided->answered());
  advance(2s);
  CAF_REQUIRE_EQUAL(decided->code(), "ok");
  CAF_CHECK((*decided->answer)->status == action_status::executing);
  CAF_CHECK_EQUAL(decided->answers, 1U);
}

CAF_TEST(how_a_sandbox_ended_is_in_the_result) {
  approved_write();
  end_skill(failure{errc::sandbox_failed,
                    "too much memory",
                    {},
                    {{"sandbox", {{"cause", "out_of_memory"}}}}});
  CAF_CHECK(last().status == action_status::failed);
  CAF_CHECK_EQUAL(last().error_code.value_or(""), "sandbox_failed");
  CAF_CHECK(contains(last().result.str(), "out_of_memory"));
  CAF_CHECK(contains(logger.units.back().events.back().details.str(),
                     "out_of_memory"));
}

CAF_TEST(what_a_skill_says_of_itself_raises_the_level) {
  auto level = [this](const char* skill, const char* operation) {
    return submit(action_type::skill_execution, {{"operation", operation}},
                  skill)
        ->answer->level;
  };
  CAF_CHECK(level("shell", "run") == security_level::critical);
  CAF_CHECK(level("shell", "unheard-of") == security_level::critical);
  CAF_CHECK(level("shell", "look") == security_level::medium);
  CAF_CHECK(level("filesystem", "look") == security_level::high);
}

CAF_TEST(a_cancelled_action_ends_its_sandbox) {
  const auto id = approved_write();
  cancel(id);
  CAF_CHECK(last().status == action_status::failed);
  CAF_CHECK(skills_cancelled == (std::vector<uuid>{id}));
}

CAF_TEST(without_an_owner_of_the_agents_it_fails) {
  agents_place.slot->clear();
  approved_write();
  CAF_CHECK(last().status == action_status::failed);
  CAF_CHECK_EQUAL(last().error_code.value_or(""), "unavailable");
}

CAF_TEST(an_owner_that_was_replaced_never_answers) {
  approved_write();
  agents_place.begin();
  advance(1s);
  CAF_CHECK(last().status == action_status::failed);
}

CAF_TEST(enabling_pins_the_files) {
  CAF_CHECK_EQUAL(shown("shell").enabled, false);
  set_skill("shell", true);
  CAF_CHECK_EQUAL(shown("shell").digest, "shell-1");
  CAF_CHECK_EQUAL(logger.units.back().registry.back().key, "skills/shell");
  CAF_CHECK_EQUAL(dump(logger.units.back().registry.back().value.value()),
                  R"({"enabled":true,"digest":"shell-1"})");
}

CAF_TEST(a_skill_whose_files_change_is_disabled) {
  CAF_CHECK(shown("filesystem").enabled);
  skills[0].digest = "filesystem-2";
  advance(1s);
  CAF_CHECK(!shown("filesystem").enabled);
  const auto& e = logger.units.back().events.back();
  CAF_CHECK(contains(e.details.str(), "skills.filesystem"));
  CAF_CHECK_EQUAL(e.user.kind, "system");
  set_skill("filesystem", true);
  CAF_CHECK_EQUAL(shown("filesystem").digest, "filesystem-2");
  advance(1s);
  CAF_CHECK(shown("filesystem").enabled);
}

CAF_TEST(a_skill_that_comes_later_is_listed) {
  skills.push_back(skill_named("late", security_level::low));
  advance(1s);
  CAF_CHECK_EQUAL(shown("late").id, "late");
  CAF_CHECK(!shown("late").enabled);
}

CAF_TEST_FIXTURE_SCOPE_END()
