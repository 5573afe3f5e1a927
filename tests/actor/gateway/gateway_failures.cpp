#define CAF_SUITE gateway_failures

#include "tests/actor/gateway/gateway_fixture.hpp"

namespace gateway_failures_tests {

using namespace closedpaw;
using namespace closedpaw::gateway::test;

struct sut_fixture : gateway_fixture {};

}  // namespace gateway_failures_tests

CAF_TEST_FIXTURE_SCOPE(gateway_failures_tests, sut_fixture)

CAF_TEST(whoever_is_not_running_is_named_with_the_time_of_the_next_attempt) {
  orchestrator_place.where->set_state(node_state::backoff, test_now());
  orchestrator_place.where->set_exit({"boom", test_now()});
  orchestrator_place.where->set_next_attempt(test_now() + milliseconds{3200});
  orchestrator_place.slot->clear();
  auto r = send(closedpaw::switch_model{"m2"});
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK_EQUAL(r->text("code"), "unavailable");
  CAF_CHECK(
      contains(r->text("detail"), "the orchestrator is not running (backoff"));
  CAF_CHECK(contains(r->text("detail"), "boom"));
  CAF_CHECK_EQUAL(r->header("Retry-After"), "4");
}

CAF_TEST(no_answer_within_the_deadline) {
  orchestrator.silent = true;
  auto slow = send(closedpaw::switch_model{"m2"}, milliseconds{1000});
  auto patient = send(run_chat{{{"user", "hi"}}}, milliseconds{5000});
  advance(milliseconds{900});
  CAF_CHECK(!slow->answered());
  advance(milliseconds{350});
  CAF_CHECK_EQUAL(slow->status(), 504U);
  CAF_CHECK_EQUAL(slow->text("outcome"), "unknown");
  CAF_CHECK(contains(slow->text("detail"), "may still be done"));
  CAF_CHECK(!patient->answered());
  advance(milliseconds{5000});
  CAF_CHECK_EQUAL(patient->status(), 504U);
  CAF_CHECK_EQUAL(slow->responses.size(), 1U);
}

CAF_TEST(an_orchestrator_that_dies_with_the_request) {
  orchestrator_place.slot->set(orchestrator.handle);
  orchestrator.silent = true;
  auto r = send(closedpaw::switch_model{"m2"});
  kill(orchestrator.handle);
  CAF_CHECK(!r->answered());
  // Its next life begins.
  orchestrator_place.begin();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK_EQUAL(r->text("code"), "outcome_unknown");
  CAF_CHECK_EQUAL(r->text("outcome"), "unknown");
}

CAF_TEST(an_orchestrator_that_died_before_it_looked) {
  kill(orchestrator.handle);
  auto r = send(closedpaw::switch_model{"m2"});
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK_EQUAL(r->text("code"), "unavailable");
}

CAF_TEST(an_abandoned_orchestrator) {
  orchestrator.silent = true;
  auto r = send(closedpaw::switch_model{"m2"});
  orchestrator_place.where->set_exit({"hung: abandoned", test_now()});
  orchestrator_place.where->fence();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK_EQUAL(r->text("code"), "outcome_unknown");
  CAF_CHECK(contains(r->text("detail"), "hung: abandoned"));
}

CAF_TEST(the_death_of_the_gateway_answers_everybody) {
  orchestrator.silent = true;
  reader.silent = true;
  auto one = send(closedpaw::switch_model{"m2"});
  auto two = send(run_chat{{{"user", "hi"}}});
  auto ready = send(check_readiness{});
  auto look = send(get_action{orchestrator.row.id});
  kill(sut);
  for (const auto& r : {one, two, look, ready}) {
    CAF_CHECK_EQUAL(r->status(), 503U);
    CAF_CHECK_EQUAL(r->text("code"), "outcome_unknown");
  }
}

CAF_TEST(a_throwing_gateway_answers_everybody) {
  orchestrator.silent = true;
  auto one = send(closedpaw::switch_model{"m2"});
  fault(sut, fault_kind::throw_, false);
  auto two = send(run_chat{{{"user", "hi"}}});
  CAF_CHECK_EQUAL(one->status(), 503U);
  CAF_CHECK_EQUAL(two->status(), 500U);
  CAF_CHECK_EQUAL(two->text("request_id"), "req-7");
}

CAF_TEST(a_dead_gateway_does_not_keep_its_requests) {
  kill(sut);
  auto late = send(closedpaw::switch_model{"m2"});
  CAF_CHECK_EQUAL(late->status(), 500U);
  CAF_CHECK_EQUAL(late->text("request_id"), "req-7");
}

CAF_TEST_FIXTURE_SCOPE_END()
