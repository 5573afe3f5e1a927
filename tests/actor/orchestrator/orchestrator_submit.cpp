#define CAF_SUITE orchestrator_submit

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_submit_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;

struct sut_fixture : running_orchestrator {};

}  // namespace orchestrator_submit_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_submit_tests, sut_fixture)

CAF_TEST(a_harmless_action_is_recorded_and_run_in_one_step) {
  auto asked = submit(action_type::model_switch, {{"model", "m2"}});
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(asked->answer->decision, action_status::approved);
  CAF_CHECK_EQUAL(asked->answer->level, security_level::medium);
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
  CAF_CHECK_EQUAL(logger.last_events(),
                  (strings{"pending", "completed/success"}));
  const auto& row = *logger.last().row;
  CAF_CHECK_EQUAL(row.id, asked->answer->id);
  CAF_CHECK_EQUAL(row.version, 1U);
  CAF_CHECK_EQUAL(row.status, action_status::completed);
  CAF_CHECK_EQUAL(row.requested_by.id, "uid:1000");
  CAF_CHECK_EQUAL(row.request_id, "req-1");
  CAF_CHECK_EQUAL(logger.last().registry.at(0).key,
                  "settings/providers.ollama.default_model");
  CAF_CHECK_EQUAL(model_of("ollama"), "m2");
  CAF_CHECK_EQUAL(applied, (strings{"providers.ollama.default_model=\"m2\""}));
  CAF_CHECK(view()->pending.empty());
}

CAF_TEST(high_and_critical_actions_wait_for_approval) {
  auto high = submit(action_type::file_operation,
                     {{"operation", "delete"}, {"path", "/tmp/x"}});
  CAF_REQUIRE_EQUAL(high->code(), "ok");
  CAF_CHECK_EQUAL(high->answer->decision, action_status::pending);
  CAF_CHECK_EQUAL(high->answer->level, security_level::high);
  CAF_CHECK_EQUAL(logger.last_events(), (strings{"pending"}));
  CAF_CHECK_EQUAL(logger.last().row->status, action_status::pending);
  auto critical = submit_critical();
  CAF_CHECK_EQUAL(critical->answer->decision, action_status::pending);
  CAF_CHECK_EQUAL(critical->answer->level, security_level::critical);
  // Oldest first.
  CAF_REQUIRE_EQUAL(view()->pending.size(), 2U);
  CAF_CHECK_EQUAL(view()->pending[0]->id, high->answer->id);
  CAF_CHECK_EQUAL(view()->pending[1]->id, critical->answer->id);
  CAF_CHECK(applied.empty());
}

CAF_TEST(a_low_action_that_needs_a_provider_is_executing_meanwhile) {
  ollama.hold = true;
  auto asked = submit(action_type::chat, {{"message", "hi"}});
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(asked->answer->decision, action_status::approved);
  CAF_CHECK_EQUAL(asked->answer->level, security_level::low);
  CAF_CHECK_EQUAL(logger.last().row->status, action_status::executing);
  CAF_CHECK_EQUAL(view()->executing, 1U);
  ollama.answer_next(*this, chat_reply{"m1", "hello", 0, 0, 0, ""});
  CAF_CHECK_EQUAL(view()->executing, 0U);
  CAF_CHECK_EQUAL(logger.last_events(), (strings{"completed/success"}));
  CAF_CHECK_EQUAL(logger.last().row->version, 2U);
  CAF_CHECK_EQUAL(announced, (strings{"chat executing", "chat completed"}));
}

CAF_TEST(an_api_call_is_made_by_whoever_makes_them) {
  const auto asked = submit(action_type::api_call, {{"url", "http://x"}});
  CAF_CHECK_EQUAL(asked->code(), "ok");
  CAF_REQUIRE_EQUAL(calls_made.size(), 1U);
  CAF_CHECK_EQUAL(calls_made[0].url, "http://x");
  CAF_CHECK(calls_made[0].action_id == asked->answer->id);
  CAF_CHECK_EQUAL(logger.last().row->status, action_status::executing);
  cancel(asked->answer->id);
  CAF_CHECK(calls_cancelled == (std::vector<uuid>{asked->answer->id}));
  CAF_CHECK(skills_cancelled.empty());
}

CAF_TEST(an_answer_comes_only_after_the_commit) {
  logger.hold = true;
  auto asked = submit(action_type::model_switch, {{"model", "m2"}});
  auto waits = submit_critical();
  CAF_CHECK(!asked->answered());
  CAF_CHECK(!waits->answered());
  CAF_CHECK_EQUAL(model_of("ollama"), "m1");
  CAF_CHECK(view()->pending.empty());
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(model_of("ollama"), "m2");
  CAF_CHECK(!waits->answered());
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(waits->code(), "ok");
  CAF_CHECK_EQUAL(view()->pending.size(), 1U);
}

CAF_TEST(what_comes_together_is_recorded_together) {
  std::vector<answer_to<submitted>> asked;
  for (int i = 0; i < 80; ++i)
    asked.push_back(send_switch());
  settle();
  // Two messages and not eighty; the logger need not wait for the last.
  CAF_CHECK_EQUAL(logger.batches, (std::vector<std::size_t>{64, 16}));
  for (const auto& x : asked)
    CAF_CHECK_EQUAL(x->code(), "ok");
}

CAF_TEST(one_refused_among_many_is_told_alone) {
  logger.hold = true;
  std::vector<answer_to<submitted>> asked;
  for (int i = 0; i < 3; ++i)
    asked.push_back(send_switch());
  settle();
  CAF_REQUIRE_EQUAL(logger.batches, (std::vector<std::size_t>{3}));
  logger.commit_next(*this);
  logger.refuse_next(*this, {errc::storage_full, "no room", {}, {}});
  CAF_CHECK(!asked[0]->answered());
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(asked[0]->code(), "ok");
  CAF_CHECK_EQUAL(asked[1]->code(), "storage_full");
  CAF_CHECK_EQUAL(asked[2]->code(), "ok");
}

CAF_TEST(no_more_than_max_pending_wait) {
  for (int i = 0; i < 3; ++i)
    CAF_REQUIRE_EQUAL(submit_critical()->code(), "ok");
  auto refused = submit_critical();
  CAF_CHECK_EQUAL(refused->code(), "too_many_requests");
  CAF_CHECK(contains(refused->message(), "3 actions wait for approval"));
  CAF_CHECK(refused->error->retry_after.has_value());
  CAF_CHECK_EQUAL(logger.units.size(), 3U);
  // What does not wait is not concerned.
  CAF_CHECK_EQUAL(submit(action_type::model_switch, {{"model", "m2"}})->code(),
                  "ok");
  decide(view()->pending[0]->id, false);
  CAF_CHECK_EQUAL(submit_critical()->code(), "ok");
}

CAF_TEST(those_being_recorded_count_as_well) {
  logger.hold = true;
  std::vector<std::shared_ptr<closedpaw::test::outcome<submitted>>> asked;
  for (int i = 0; i < 4; ++i)
    asked.push_back(submit_critical());
  CAF_CHECK_EQUAL(logger.units.size(), 3U);
  CAF_CHECK_EQUAL(asked[3]->code(), "too_many_requests");
  // One that could not be recorded gives its place back.
  logger.refuse_next(*this, {errc::storage_full, "full", {}, {}});
  CAF_CHECK_EQUAL(asked[0]->code(), "storage_full");
  submit_critical();
  CAF_CHECK_EQUAL(logger.units.size(), 4U);
}

CAF_TEST(the_levels_of_what_the_request_only_claims) {
  // A skill named in the parameters counts like one at the top.
  auto hidden =
      submit(action_type::skill_execution, {{"skill_id", "filesystem"}});
  CAF_CHECK_EQUAL(hidden->answer->decision, action_status::pending);
  auto open =
      submit(action_type::skill_execution, json::object(), "filesystem");
  CAF_CHECK_EQUAL(open->answer->level, security_level::high);
}

CAF_TEST_FIXTURE_SCOPE_END()
