#define CAF_SUITE supervisor_restarts

#include "tests/actor/supervision/supervisor_fixture.hpp"

namespace supervisor_restarts_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using namespace closedpaw::supervision::test;

struct sut : supervisor_fixture {
  void start_one(restart_limits limits,
                 restart_kind kind = restart_kind::permanent) {
    auto spec = of_workers({"before", "a", "after"});
    spec.children[1].limits = limits;
    spec.children[1].restart = kind;
    start(std::move(spec));
  }
};

}  // namespace supervisor_restarts_tests

CAF_TEST_FIXTURE_SCOPE(supervisor_restarts_tests, sut)

CAF_TEST(the_first_restart_is_immediate_and_told_with_its_cause) {
  start_one({});
  crash("a", "out of luck");
  CAF_CHECK_EQUAL(starts("a"), 2U);
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  const auto s = snapshot("a");
  CAF_CHECK_EQUAL(s.restarts, 1U);
  CAF_CHECK_EQUAL(s.incarnation, 2U);
  CAF_REQUIRE(s.last_exit);
  CAF_CHECK_EQUAL(s.last_exit->reason, "out of luck");
  CAF_CHECK_EQUAL(s.last_exit->at, closedpaw::test::test_now());
  CAF_REQUIRE(s.last_recovery);
  CAF_CHECK_EQUAL(s.last_recovery->count(), 0);
  CAF_CHECK_EQUAL(s.intensity.used, 1U);
  CAF_CHECK_EQUAL(told(), (strings{"exited root/a", "recovered root/a"}));
  CAF_CHECK_EQUAL(reports[0].actor, "supervisor");
  CAF_CHECK_EQUAL(reports[0].action_type, "supervision");
  CAF_CHECK_EQUAL(reports[0].level, "medium");
  CAF_CHECK_EQUAL(reports[0].details.value().at("reason").get<std::string>(),
                  "out of luck");
  CAF_CHECK_EQUAL(reports[1].details.value().at("recovery_ms").get<int>(), 0);
}

CAF_TEST(siblings_do_not_notice) {
  start_one({});
  for (int i = 0; i < 4; ++i) {
    crash("a");
    advance(milliseconds{2000});
  }
  CAF_CHECK_EQUAL(starts("a"), 5U);
  CAF_CHECK_EQUAL(starts("before"), 1U);
  CAF_CHECK_EQUAL(starts("after"), 1U);
}

CAF_TEST(further_restarts_wait_twice_as_long_each_time) {
  restart_limits limits;
  limits.intensity = 10;
  start_one(limits);
  crash("a");
  for (const auto wait : {200, 400, 800, 1600}) {
    crash("a");
    CAF_REQUIRE_EQUAL(state("a"), node_state::backoff);
    CAF_REQUIRE(snapshot("a").next_attempt);
    CAF_CHECK_EQUAL(*snapshot("a").next_attempt,
                    closedpaw::test::test_now() + milliseconds{wait});
    const auto before = starts("a");
    advance(milliseconds{wait - 50});
    CAF_CHECK_EQUAL(starts("a"), before);
    advance(milliseconds{50});
    CAF_CHECK_EQUAL(starts("a"), before + 1);
    CAF_CHECK_EQUAL(state("a"), node_state::running);
    CAF_CHECK(!snapshot("a").next_attempt);
  }
}

CAF_TEST(after_a_quiet_time_the_first_restart_is_immediate_again) {
  restart_limits limits;
  limits.quiet_reset = milliseconds{10'000};
  start_one(limits);
  crash("a");
  crash("a");
  advance(milliseconds{10'000});
  crash("a");
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  CAF_CHECK_EQUAL(starts("a"), 4U);
}

CAF_TEST(a_permanent_child_is_restarted_after_a_normal_end_as_well) {
  start_one({});
  crash("a", "");
  CAF_CHECK_EQUAL(starts("a"), 2U);
  CAF_CHECK_EQUAL(snapshot("a").last_exit->reason, "normal");
}

CAF_TEST(a_transient_child_is_restarted_only_after_an_abnormal_end) {
  start_one({}, restart_kind::transient);
  crash("a");
  CAF_CHECK_EQUAL(starts("a"), 2U);
  crash("a", "");
  CAF_CHECK_EQUAL(starts("a"), 2U);
  CAF_CHECK_EQUAL(state("a"), node_state::stopped);
  CAF_CHECK_EQUAL(told(), (strings{"exited root/a", "recovered root/a"}));
}

CAF_TEST(a_temporary_child_is_never_restarted) {
  start_one({}, restart_kind::temporary);
  crash("a");
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(starts("a"), 1U);
  CAF_CHECK_EQUAL(state("a"), node_state::stopped);
  CAF_CHECK_EQUAL(snapshot("a").last_exit->reason, "boom");
}

CAF_TEST(beyond_its_budget_a_child_is_failed_and_tried_slowly) {
  restart_limits limits;
  limits.intensity = 2;
  limits.slow_retry = milliseconds{30'000};
  start_one(limits);
  crash("a");
  crash("a");
  advance(milliseconds{200});
  crash("a");
  CAF_CHECK_EQUAL(state("a"), node_state::failed);
  CAF_CHECK_EQUAL(*snapshot("a").next_attempt,
                  closedpaw::test::test_now() + milliseconds{30'000});
  CAF_CHECK_EQUAL(reports.back().status, "failed");
  CAF_CHECK_EQUAL(reports.back().level, "high");
  CAF_CHECK_EQUAL(state("before"), node_state::running);
  CAF_CHECK_EQUAL(state("after"), node_state::running);
  CAF_CHECK_EQUAL(starts("a"), 3U);
  advance(milliseconds{29'900});
  CAF_CHECK_EQUAL(starts("a"), 3U);
  advance(milliseconds{100});
  CAF_CHECK_EQUAL(starts("a"), 4U);
  CAF_CHECK_EQUAL(state("a"), node_state::running);
}

CAF_TEST(an_escalating_supervisor_ends_with_the_cause) {
  restart_limits limits;
  limits.intensity = 1;
  auto spec = of_workers({"before", "a", "after"});
  spec.children[1].limits = limits;
  spec.escalate = true;
  start(std::move(spec));
  auto why = std::make_shared<std::string>();
  deref<caf::monitorable_actor>(root).attach_functor(
      [why](const caf::error& e) { *why = to_failure(e).message; });
  journal.clear();
  crash("a");
  CAF_CHECK_EQUAL(*why, "");
  crash("a", "the last straw");
  CAF_CHECK(contains(*why, "restart budget of root/a exceeded"));
  CAF_CHECK(contains(*why, "the last straw"));
  CAF_CHECK_EQUAL(journal, (strings{"end a", "start a", "end a", "end after",
                                    "end before"}));
  CAF_CHECK_EQUAL(state("before"), node_state::stopped);
}

CAF_TEST(an_escalation_below_the_root_restarts_the_branch_only) {
  restart_limits limits;
  limits.intensity = 1;
  auto inner = of_workers({"a", "b"});
  inner.children[0].limits = limits;
  inner.escalate = true;
  auto outer = of_workers({"sibling"});
  outer.children.push_back(supervisor_child("inner", std::move(inner), env));
  start(std::move(outer));
  crash("a");
  crash("a");
  CAF_CHECK_EQUAL(snapshot("inner").restarts, 1U);
  CAF_CHECK_EQUAL(state("inner"), node_state::running);
  CAF_CHECK_EQUAL(state("inner/a"), node_state::running);
  CAF_CHECK_EQUAL(state("inner/b"), node_state::running);
  CAF_CHECK_EQUAL(starts("b"), 2U);
  CAF_CHECK_EQUAL(starts("sibling"), 1U);
  // The place in the tree stays; its count goes on.
  CAF_CHECK_EQUAL(snapshot("inner/a").restarts, 2U);
}

CAF_TEST(a_restarted_supervisor_first_ends_what_its_predecessor_left) {
  auto inner = of_workers({"a", "b"});
  scripts["a"].stubborn = true;
  supervisor_spec outer;
  outer.children.push_back(supervisor_child("inner", std::move(inner), env));
  auto branch = outer.children[0].live;
  start(std::move(outer));
  journal.clear();
  kill(branch->get());
  CAF_CHECK_EQUAL(starts("a"), 2U);
  CAF_CHECK_EQUAL(starts("b"), 2U);
  CAF_CHECK_EQUAL(state("inner/a"), node_state::running);
  CAF_CHECK_EQUAL(state("inner/b"), node_state::running);
  for (const auto* id : {"a", "b"}) {
    const auto end =
        std::find(journal.begin(), journal.end(), std::string{"end "} + id);
    const auto begin =
        std::find(journal.begin(), journal.end(), std::string{"start "} + id);
    CAF_CHECK(end < begin);
    CAF_CHECK(begin != journal.end());
  }
}

CAF_TEST(slots_and_publications_follow_the_child) {
  auto spec = of_workers({"a"});
  auto slot = std::make_shared<supervision::slot<caf::actor>>("the worker");
  generation gen;
  published<int> shown{gen};
  spec.children[0].where = slot;
  spec.children[0].publications.push_back(&shown);
  const auto inner = spec.children[0].start;
  spec.children[0].start = [=](caf::scheduled_actor* p, incarnation life) {
    auto x = inner(p, std::move(life));
    slot->set(x);
    return x;
  };
  start(std::move(spec));
  CAF_CHECK(slot->get() == scripts["a"].now());
  crash("a");
  CAF_CHECK(slot->get() == scripts["a"].now());
  CAF_CHECK(shown.stale_since().has_value());
  shown.publish(1);
  crash("a", "twice");
  CAF_CHECK(!slot->get());
  CAF_CHECK_EQUAL(*shown.stale_since(), closedpaw::test::test_now());
  const auto f = slot->unavailable(closedpaw::test::test_now());
  CAF_CHECK_EQUAL(f.code, errc::unavailable);
  CAF_CHECK(contains(f.message, "the worker is not running (backoff"));
  CAF_CHECK(contains(f.message, "twice"));
  CAF_CHECK_EQUAL(f.retry_after->count(), 1000);
}

CAF_TEST_FIXTURE_SCOPE_END()
