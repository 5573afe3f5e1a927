#define CAF_SUITE actor_stats

#include "actors/supervision/actor_stats.hpp"

#include "tests/unit_test.hpp"

namespace actor_stats_tests {

using closedpaw::supervision::actor_stats;

constexpr actor_stats::ns ms = 1'000'000;

CAF_TEST(nothing_waits_at_first) {
  const actor_stats s;
  CAF_CHECK_EQUAL(s.mailbox(5 * ms).depth, 0u);
  CAF_CHECK_EQUAL(s.mailbox(5 * ms).oldest.count(), 0);
  CAF_CHECK_EQUAL(s.messages(), 0u);
  CAF_CHECK_EQUAL(s.busy(5 * ms).count(), 0);
  CAF_CHECK_EQUAL(s.handler_began(), 0);
}

CAF_TEST(the_oldest_waiting_message_has_the_age) {
  actor_stats s;
  s.on_enqueue(10 * ms);
  s.on_enqueue(30 * ms);
  CAF_CHECK_EQUAL(s.mailbox(50 * ms).depth, 2u);
  CAF_CHECK_EQUAL(s.mailbox(50 * ms).oldest.count(), 40);
  s.on_handler_begin(50 * ms);
  CAF_CHECK_EQUAL(s.mailbox(50 * ms).depth, 1u);
  CAF_CHECK_EQUAL(s.mailbox(50 * ms).oldest.count(), 20);
  s.on_handler_end(60 * ms);
  s.on_handler_begin(60 * ms);
  CAF_CHECK_EQUAL(s.mailbox(60 * ms).depth, 0u);
  CAF_CHECK_EQUAL(s.messages(), 2u);
}

CAF_TEST(busy_time_counts_while_a_handler_runs) {
  actor_stats s;
  s.on_enqueue(1 * ms);
  s.on_handler_begin(2 * ms);
  CAF_CHECK_EQUAL(s.handler_began(), 2 * ms);
  CAF_CHECK_EQUAL(s.busy(9 * ms).count(), 7);
  s.on_handler_end(10 * ms);
  CAF_CHECK_EQUAL(s.handler_began(), 0);
  CAF_CHECK_EQUAL(s.busy(100 * ms).count(), 8);
}

CAF_TEST(beyond_the_window_the_last_one_taken_stands_in) {
  actor_stats s;
  for (int i = 0; i < 100; ++i)
    s.on_enqueue((i + 1) * ms);
  // Whose age nobody remembers is not reported as young.
  s.on_handler_begin(200 * ms);
  s.on_handler_end(200 * ms);
  CAF_CHECK_EQUAL(s.mailbox(200 * ms).depth, 99u);
  CAF_CHECK(s.mailbox(200 * ms).oldest.count() >= 100);
  for (int i = 0; i < 70; ++i) {
    s.on_handler_begin(200 * ms);
    s.on_handler_end(200 * ms);
  }
  // Exact again: number 72 waits.
  CAF_CHECK_EQUAL(s.mailbox(200 * ms).depth, 29u);
  CAF_CHECK_EQUAL(s.mailbox(200 * ms).oldest.count(), 128);
}

CAF_TEST(a_closed_mailbox_holds_nothing) {
  actor_stats s;
  s.on_enqueue(1 * ms);
  s.on_enqueue(2 * ms);
  s.on_mailbox_closed();
  CAF_CHECK_EQUAL(s.mailbox(50 * ms).depth, 0u);
}

}  // namespace actor_stats_tests
