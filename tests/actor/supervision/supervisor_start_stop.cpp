#define CAF_SUITE supervisor_start_stop

#include "tests/actor/supervision/supervisor_fixture.hpp"

namespace supervisor_start_stop_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using namespace closedpaw::supervision::test;

struct sut : supervisor_fixture {};

}  // namespace supervisor_start_stop_tests

CAF_TEST_FIXTURE_SCOPE(supervisor_start_stop_tests, sut)

CAF_TEST(children_start_in_order_and_prove_themselves) {
  start(of_workers({"a", "b", "c"}));
  CAF_CHECK_EQUAL(journal, (strings{"start a", "start b", "start c"}));
  for (const auto* id : {"a", "b", "c"}) {
    CAF_CHECK_EQUAL(state(id), node_state::running);
    CAF_CHECK(snapshot(id).last_exchange->ok);
    CAF_CHECK_EQUAL(snapshot(id).last_exchange->detail, "proved");
    CAF_CHECK_EQUAL(snapshot(id).restarts, 0U);
    CAF_CHECK_EQUAL(snapshot(id).incarnation, 1U);
  }
  auto says = ask_now<std::string>(*this, root, check_atom::value);
  CAF_REQUIRE(says->answer);
  CAF_CHECK_EQUAL(*says->answer, "3 of 3 children started");
}

CAF_TEST(children_stop_in_reverse_order) {
  start(of_workers({"a", "b", "c"}));
  journal.clear();
  stop();
  CAF_CHECK_EQUAL(journal, (strings{"end c", "end b", "end a"}));
  for (const auto* id : {"a", "b", "c"})
    CAF_CHECK_EQUAL(state(id), node_state::stopped);
  CAF_CHECK(reports.empty());
}

CAF_TEST(a_child_that_ignores_the_request_to_stop_is_killed_at_its_deadline) {
  auto spec = of_workers({"a", "b"});
  spec.children[1].shutdown = milliseconds{300};
  scripts["b"].stubborn = true;
  start(std::move(spec));
  journal.clear();
  stop();
  CAF_CHECK(journal.empty());
  CAF_CHECK_EQUAL(state("b"), node_state::stopping);
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  advance(milliseconds{250});
  CAF_CHECK(journal.empty());
  advance(milliseconds{50});
  CAF_CHECK_EQUAL(journal, (strings{"end b", "end a"}));
}

CAF_TEST(a_child_without_time_to_stop_is_killed_at_once) {
  auto spec = of_workers({"a"});
  spec.children[0].shutdown = milliseconds{0};
  scripts["a"].stubborn = true;
  start(std::move(spec));
  journal.clear();
  stop();
  CAF_CHECK_EQUAL(journal, (strings{"end a"}));
}

CAF_TEST(a_child_in_backoff_is_not_started_again_by_a_shutdown) {
  start(of_workers({"a", "b"}));
  crash("b");
  crash("b");
  CAF_REQUIRE_EQUAL(state("b"), node_state::backoff);
  stop();
  CAF_CHECK_EQUAL(state("a"), node_state::stopped);
  CAF_CHECK_EQUAL(state("b"), node_state::stopped);
  CAF_CHECK(!snapshot("b").next_attempt);
  const auto before = starts("b");
  advance(milliseconds{2000});
  CAF_CHECK_EQUAL(starts("b"), before);
}

CAF_TEST(a_late_proof_does_not_make_a_stopping_child_look_as_if_it_ran) {
  auto spec = of_workers({"a"});
  scripts["a"].stubborn = true;
  root = keep(spawn_root(sys, std::move(spec), env));
  // The supervisor has asked for the proof, the worker has not looked yet.
  sched.prioritize(root);
  sched.run_once();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  sched.prioritize(root);
  sched.run_once();
  CAF_REQUIRE_EQUAL(state("a"), node_state::stopping);
  settle();
  CAF_CHECK_EQUAL(state("a"), node_state::stopping);
  advance(milliseconds{5000});
  CAF_CHECK_EQUAL(state("a"), node_state::stopped);
}

CAF_TEST(a_killed_supervisor_takes_its_children_along) {
  auto inner = of_workers({"a", "b"});
  supervisor_spec outer;
  outer.children.push_back(supervisor_child("inner", std::move(inner), env));
  start(std::move(outer));
  journal.clear();
  kill(root);
  CAF_CHECK_EQUAL(std::count(journal.begin(), journal.end(), "end a"), 1);
  CAF_CHECK_EQUAL(std::count(journal.begin(), journal.end(), "end b"), 1);
}

CAF_TEST(a_shutdown_during_a_restart_of_all_waits_for_whoever_is_stopping) {
  auto spec = of_workers({"a", "b", "c"});
  spec.strategy = restart_strategy::one_for_all;
  scripts["b"].stubborn = true;
  start(std::move(spec));
  journal.clear();
  // a's crash stops c and then b, which takes its time.
  crash("a");
  CAF_REQUIRE_EQUAL(journal, (strings{"end a", "end c"}));
  CAF_REQUIRE_EQUAL(state("b"), node_state::stopping);
  auto gone = std::make_shared<bool>(false);
  deref<caf::monitorable_actor>(root).attach_functor([gone] { *gone = true; });
  stop();
  CAF_CHECK(!*gone);
  advance(milliseconds{5000});
  CAF_CHECK(*gone);
  CAF_CHECK_EQUAL(journal, (strings{"end a", "end c", "end b"}));
  CAF_CHECK_EQUAL(state("b"), node_state::stopped);
}

CAF_TEST_FIXTURE_SCOPE_END()
