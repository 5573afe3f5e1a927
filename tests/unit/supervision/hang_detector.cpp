#define CAF_SUITE hang_detector

#include "actors/supervision/hang_detector.hpp"

#include "tests/unit_test.hpp"

namespace hang_detector_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using std::chrono::milliseconds;

constexpr actor_stats::ns ms = 1'000'000;

struct one_worker {
  one_worker() {
    where->set_hang_after(milliseconds{100});
    stats = where->begin_incarnation({});
  }
  /// Takes a message at that time and does not come back.
  void enter(actor_stats::ns now) {
    stats->on_enqueue(now);
    stats->on_handler_begin(now);
  }

  tree nodes;
  std::shared_ptr<node> where =
      nodes.child(nodes.root(), "a", node_type::worker);
  std::shared_ptr<actor_stats> stats;
  hang_detector detector;
};

CAF_TEST(a_handler_within_its_time_does_not_hang) {
  one_worker w;
  CAF_CHECK(w.detector.check(w.nodes, 50 * ms).empty());
  w.enter(10 * ms);
  CAF_CHECK(w.detector.check(w.nodes, 109 * ms).empty());
  CAF_CHECK_EQUAL(w.detector.leaked(), 0u);
}

CAF_TEST(a_handler_that_stays_too_long_is_found_once) {
  one_worker w;
  w.enter(10 * ms);
  const auto found = w.detector.check(w.nodes, 110 * ms);
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK(found[0].where == w.where);
  CAF_CHECK_EQUAL(found[0].incarnation, 1u);
  CAF_CHECK_EQUAL(found[0].busy_for.count(), 100);
  CAF_CHECK(w.detector.check(w.nodes, 500 * ms).empty());
  CAF_CHECK_EQUAL(w.detector.leaked(), 1u);
}

CAF_TEST(its_successor_is_watched_as_well) {
  one_worker w;
  w.enter(10 * ms);
  w.detector.check(w.nodes, 200 * ms);
  w.where->fence();
  CAF_CHECK(w.detector.check(w.nodes, 300 * ms).empty());
  w.stats = w.where->begin_incarnation({});
  CAF_CHECK(w.detector.check(w.nodes, 300 * ms).empty());
  w.enter(300 * ms);
  const auto found = w.detector.check(w.nodes, 450 * ms);
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK_EQUAL(found[0].incarnation, 3u);
  CAF_CHECK_EQUAL(w.detector.leaked(), 2u);
}

CAF_TEST(a_handler_that_returns_after_all_holds_no_thread) {
  one_worker w;
  w.enter(10 * ms);
  w.detector.check(w.nodes, 200 * ms);
  CAF_CHECK_EQUAL(w.detector.leaked(), 1u);
  w.stats->on_handler_end(300 * ms);
  CAF_CHECK_EQUAL(w.detector.leaked(), 0u);
}

CAF_TEST(a_handler_that_takes_long_holds_a_thread_until_it_returns) {
  one_worker w;
  w.where->set_hang_after(milliseconds{5000});
  w.enter(10 * ms);
  w.detector.check(w.nodes, 109 * ms);
  CAF_CHECK_EQUAL(w.detector.held(), 0u);
  CAF_CHECK(w.detector.check(w.nodes, 110 * ms).empty());
  CAF_CHECK_EQUAL(w.detector.held(), 1u);
  w.stats->on_handler_end(150 * ms);
  w.detector.check(w.nodes, 210 * ms);
  CAF_CHECK_EQUAL(w.detector.held(), 0u);
}

CAF_TEST(a_thread_of_its_own_is_nobody_elses) {
  one_worker w;
  w.stats->set_own_thread();
  w.where->set_hang_after(milliseconds{300});
  w.enter(10 * ms);
  w.detector.check(w.nodes, 200 * ms);
  CAF_CHECK_EQUAL(w.detector.held(), 0u);
  CAF_CHECK_EQUAL(w.detector.check(w.nodes, 310 * ms).size(), 1u);
  CAF_CHECK_EQUAL(w.detector.leaked(), 1u);
  CAF_CHECK_EQUAL(w.detector.held(), 0u);
}

CAF_TEST(who_hangs_holds_a_thread_also_when_replaced) {
  one_worker w;
  w.enter(10 * ms);
  w.detector.check(w.nodes, 110 * ms);
  CAF_CHECK_EQUAL(w.detector.held(), 1u);
  w.stats = w.where->begin_incarnation({});
  w.detector.check(w.nodes, 210 * ms);
  CAF_CHECK_EQUAL(w.detector.held(), 1u);
}

CAF_TEST(time_in_which_the_whole_process_stood_still_does_not_count) {
  one_worker w;
  w.enter(10 * ms);
  CAF_CHECK(w.detector.check(w.nodes, 50 * ms).empty());
  // SIGSTOP, or a machine that was suspended.
  CAF_CHECK(w.detector.check(w.nodes, 9'000 * ms).empty());
  CAF_CHECK(w.detector.check(w.nodes, 9'099 * ms).empty());
  CAF_CHECK_EQUAL(w.detector.check(w.nodes, 9'100 * ms).size(), 1u);
}

CAF_TEST(a_long_sequence_of_short_handlers_does_not_hang) {
  one_worker w;
  for (int i = 0; i < 50; ++i) {
    w.enter(10LL * i * ms);
    CAF_CHECK(w.detector.check(w.nodes, (10LL * i + 5) * ms).empty());
    w.stats->on_handler_end((10LL * i + 9) * ms);
  }
  CAF_CHECK(w.detector.check(w.nodes, 10'000 * ms).empty());
}

CAF_TEST(each_node_has_its_own_limit) {
  one_worker w;
  auto patient = w.nodes.child(w.nodes.root(), "b", node_type::worker);
  patient->set_hang_after(milliseconds{1000});
  auto stats = patient->begin_incarnation({});
  stats->on_enqueue(1);
  stats->on_handler_begin(10 * ms);
  w.enter(10 * ms);
  CAF_CHECK_EQUAL(w.detector.check(w.nodes, 200 * ms).size(), 1u);
  CAF_CHECK(w.detector.check(w.nodes, 1000 * ms).empty());
  CAF_CHECK_EQUAL(w.detector.check(w.nodes, 1500 * ms).size(), 1u);
}

}  // namespace hang_detector_tests
