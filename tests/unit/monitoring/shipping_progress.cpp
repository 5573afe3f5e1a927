#define CAF_SUITE shipping_progress

#include "actors/monitoring/shipping/progress.hpp"

#include "tests/unit_test.hpp"

namespace shipping_progress_tests {

using closedpaw::monitoring::shipping::monotonic;
using closedpaw::monitoring::shipping::progress;
using std::chrono::milliseconds;

const monotonic t0{std::chrono::hours{1}};

/// How long it waits after the next failure.
milliseconds wait_of(progress& p, double chance = 0) {
  p.failed(t0, {}, chance);
  for (milliseconds w{0}; w < std::chrono::hours{1}; w += milliseconds{10})
    if (p.due(t0 + w))
      return w;
  return std::chrono::hours{1};
}

CAF_TEST(delays double up to a limit and end with a success) {
  progress p{0};
  CAF_CHECK(p.due(t0));
  CAF_CHECK_EQUAL(wait_of(p).count(), 500);
  CAF_CHECK_EQUAL(wait_of(p).count(), 1'000);
  for (int i = 0; i < 10; ++i)
    wait_of(p);
  CAF_CHECK_EQUAL(wait_of(p).count(), 30'000);
  p.taken(5);
  CAF_CHECK(p.due(t0));
  CAF_CHECK_EQUAL(p.next(), 5U);
  CAF_CHECK_EQUAL(wait_of(p).count(), 500);
}

CAF_TEST(jitter only adds) {
  progress p{0};
  CAF_CHECK_EQUAL(wait_of(p, 1).count(), 600);
}

CAF_TEST(what the target asks for counts) {
  progress p{0};
  p.failed(t0, milliseconds{7'000}, 0);
  CAF_CHECK(!p.due(t0 + milliseconds{6'990}));
  CAF_CHECK(p.due(t0 + milliseconds{7'000}));
  // Not at once, even if it says so.
  p.failed(t0, milliseconds{0}, 0);
  CAF_CHECK(!p.due(t0 + milliseconds{490}));
}

CAF_TEST(what is unfit is halved down to one and that one left out) {
  using judgement = progress::judgement;
  progress p{0};
  p.taken(10);
  CAF_CHECK(p.unfit(4) == judgement::fewer);
  CAF_CHECK_EQUAL(p.batch(), 2U);
  CAF_CHECK(p.unfit(2) == judgement::fewer);
  CAF_CHECK_EQUAL(p.batch(), 1U);
  CAF_CHECK_EQUAL(p.next(), 10U);
  CAF_CHECK(p.unfit(1) == judgement::left_out);
  CAF_CHECK_EQUAL(p.next(), 11U);
  // Two in a row are not the events' fault.
  CAF_CHECK(p.unfit(1) == judgement::not_them);
  CAF_CHECK_EQUAL(p.next(), 11U);
  for (int i = 0; i < 20; ++i)
    p.taken(12);
  CAF_CHECK_EQUAL(p.batch(), progress::most_events);
}

CAF_TEST(a target that takes nothing is left nothing out) {
  progress p{5};
  CAF_CHECK(p.unfit(1) == progress::judgement::not_them);
  CAF_CHECK_EQUAL(p.next(), 5U);
}

CAF_TEST(what may have been too much is less the next time) {
  progress p{0};
  p.failed(t0, {}, 0);
  CAF_CHECK_EQUAL(p.batch(), progress::most_events / 2);
  for (int i = 0; i < 20; ++i)
    p.failed(t0, {}, 0);
  CAF_CHECK_EQUAL(p.batch(), 1U);
}

}  // namespace shipping_progress_tests
