#define CAF_SUITE supervisor_strategies

#include "tests/actor/supervision/supervisor_fixture.hpp"

namespace supervisor_strategies_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using namespace closedpaw::supervision::test;

struct sut : supervisor_fixture {
  void start_with(restart_strategy strategy) {
    auto spec = of_workers({"a", "b", "c"});
    spec.strategy = strategy;
    start(std::move(spec));
    journal.clear();
  }
  strings states() {
    strings out;
    for (const auto* id : {"a", "b", "c"})
      out.push_back(std::string{to_string(state(id))});
    return out;
  }
};

const strings all_running{"running", "running", "running"};

}  // namespace supervisor_strategies_tests

CAF_TEST_FIXTURE_SCOPE(supervisor_strategies_tests, sut)

CAF_TEST(one_for_one_restarts_the_one) {
  start_with(restart_strategy::one_for_one);
  crash("b");
  CAF_CHECK_EQUAL(journal, (strings{"end b", "start b"}));
}

CAF_TEST(one_for_all_stops_the_others_in_reverse_and_starts_all_in_order) {
  start_with(restart_strategy::one_for_all);
  crash("b");
  CAF_CHECK_EQUAL(journal, (strings{"end b", "end c", "end a", "start a",
                                    "start b", "start c"}));
  CAF_CHECK_EQUAL(states(), all_running);
  // The crash is b's; the others only went along.
  CAF_CHECK_EQUAL(snapshot("b").intensity.used, 1U);
  CAF_CHECK_EQUAL(snapshot("a").intensity.used, 0U);
  CAF_CHECK_EQUAL(told(), (strings{"exited root/b", "recovered root/b"}));
}

CAF_TEST(rest_for_one_takes_along_whoever_was_started_later) {
  start_with(restart_strategy::rest_for_one);
  crash("b");
  CAF_CHECK_EQUAL(journal, (strings{"end b", "end c", "start b", "start c"}));
  CAF_CHECK_EQUAL(starts("a"), 1U);
  CAF_CHECK_EQUAL(states(), all_running);
}

CAF_TEST(the_backoff_of_one_for_all_holds_for_all_of_them) {
  start_with(restart_strategy::one_for_all);
  crash("b");
  journal.clear();
  crash("b");
  CAF_CHECK_EQUAL(journal, (strings{"end b", "end c", "end a"}));
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(states(), all_running);
  CAF_CHECK_EQUAL(starts("a"), 3U);
}

CAF_TEST(a_sibling_that_ends_during_a_restart_of_all_starts_once) {
  auto spec = of_workers({"a", "b", "c"});
  spec.strategy = restart_strategy::one_for_all;
  scripts["c"].stubborn = true;
  start(std::move(spec));
  journal.clear();
  // c takes its time to stop; meanwhile a, which is next, ends by itself.
  crash("b");
  CAF_REQUIRE_EQUAL(journal, (strings{"end b"}));
  crash("a");
  CAF_REQUIRE_EQUAL(journal, (strings{"end b", "end a"}));
  advance(milliseconds{5000});
  CAF_CHECK_EQUAL(journal, (strings{"end b", "end a", "end c", "start a",
                                    "start b", "start c"}));
  CAF_CHECK_EQUAL(states(), all_running);
}

CAF_TEST(an_attempt_that_is_due_during_a_restart_of_others_is_not_lost) {
  auto spec = of_workers({"a", "b", "c"});
  spec.strategy = restart_strategy::rest_for_one;
  scripts["b"].stubborn = true;
  start(std::move(spec));
  crash("c");
  crash("c");
  CAF_REQUIRE_EQUAL(states(), (strings{"running", "running", "backoff"}));
  // b takes longer to stop than c has to wait.
  crash("a");
  advance(milliseconds{1000});
  CAF_REQUIRE_EQUAL(states(), (strings{"backoff", "stopping", "backoff"}));
  advance(milliseconds{4000});
  CAF_CHECK_EQUAL(states(), all_running);
  CAF_CHECK_EQUAL(starts("c"), 3U);
}

CAF_TEST(temporary_children_do_not_come_back_with_the_others) {
  auto spec = of_workers({"a", "b", "c"});
  spec.strategy = restart_strategy::one_for_all;
  spec.children[2].restart = restart_kind::temporary;
  start(std::move(spec));
  crash("a");
  CAF_CHECK_EQUAL(starts("b"), 2U);
  CAF_CHECK_EQUAL(starts("c"), 1U);
  CAF_CHECK_EQUAL(state("c"), node_state::stopped);
}

CAF_TEST_FIXTURE_SCOPE_END()
