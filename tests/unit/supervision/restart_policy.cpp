#define CAF_SUITE restart_policy

#include "actors/supervision/restart_policy.hpp"

#include "tests/unit_test.hpp"

namespace restart_policy_tests {

using namespace closedpaw::supervision;

/// No spread: chance is in the middle.
constexpr double middle = 0.5;

monotonic_time at(std::int64_t ms) {
  return monotonic_time{milliseconds{1'000'000 + ms}};
}

restart_limits limits(std::uint32_t intensity) {
  restart_limits out;
  out.intensity = intensity;
  return out;
}

CAF_TEST(the_first_restart_is_immediate) {
  restart_policy p{limits(5)};
  const auto d = p.on_exit(at(0), middle);
  CAF_CHECK_EQUAL(d.delay.count(), 0);
  CAF_CHECK(!d.budget_exceeded);
  CAF_CHECK_EQUAL(p.used(at(0)), 1u);
}

CAF_TEST(each_further_one_waits_twice_as_long_up_to_a_maximum) {
  auto l = limits(100);
  l.backoff_min = milliseconds{100};
  l.backoff_max = milliseconds{500};
  restart_policy p{l};
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 6; ++i)
    delays.push_back(p.on_exit(at(i), middle).delay.count());
  CAF_CHECK_EQUAL(delays,
                  (std::vector<std::int64_t>{0, 100, 200, 400, 500, 500}));
}

CAF_TEST(no_number_of_crashes_overflows) {
  auto l = limits(1'000'000);
  l.quiet_reset = milliseconds{1'000'000};
  restart_policy p{l};
  for (int i = 0; i < 200; ++i) {
    const auto d = p.on_exit(at(i), middle);
    CAF_REQUIRE(d.delay >= milliseconds{0});
    CAF_REQUIRE(d.delay <= l.backoff_max);
  }
}

CAF_TEST(jitter_spreads_both_ways) {
  const auto second_delay = [](double chance) {
    auto l = limits(5);
    l.backoff_min = milliseconds{1000};
    l.jitter = 0.2;
    restart_policy p{l};
    p.on_exit(at(0), chance);
    return p.on_exit(at(1), chance).delay.count();
  };
  CAF_CHECK_EQUAL(second_delay(0.0), 800);
  CAF_CHECK_EQUAL(second_delay(0.5), 1000);
  CAF_CHECK(second_delay(0.999) > 1190);
  CAF_CHECK(second_delay(0.999) < 1200);
}

CAF_TEST(a_quiet_time_starts_over) {
  auto l = limits(5);
  l.quiet_reset = milliseconds{10'000};
  restart_policy p{l};
  p.on_exit(at(0), middle);
  CAF_CHECK(p.on_exit(at(1), middle).delay > milliseconds{0});
  CAF_CHECK(p.on_exit(at(10'000), middle).delay > milliseconds{0});
  CAF_CHECK_EQUAL(p.on_exit(at(20'000), middle).delay.count(), 0);
}

CAF_TEST(more_than_intensity_within_the_period_exceeds_the_budget) {
  auto l = limits(3);
  l.period = milliseconds{1000};
  l.slow_retry = milliseconds{7000};
  restart_policy p{l};
  for (int i = 0; i < 3; ++i)
    CAF_CHECK(!p.on_exit(at(i), middle).budget_exceeded);
  const auto d = p.on_exit(at(999), middle);
  CAF_CHECK(d.budget_exceeded);
  CAF_CHECK_EQUAL(d.delay.count(), 7000);
}

CAF_TEST(restarts_outside_of_the_period_do_not_count) {
  auto l = limits(1);
  l.period = milliseconds{1000};
  restart_policy p{l};
  p.on_exit(at(0), middle);
  CAF_CHECK_EQUAL(p.used(at(999)), 1u);
  CAF_CHECK_EQUAL(p.used(at(1000)), 0u);
  CAF_CHECK(!p.on_exit(at(1000), middle).budget_exceeded);
  CAF_CHECK(p.on_exit(at(1500), middle).budget_exceeded);
}

CAF_TEST(slow_retries_that_go_on_failing_stay_over_budget) {
  auto l = limits(1);
  l.period = milliseconds{60'000};
  l.slow_retry = milliseconds{30'000};
  restart_policy p{l};
  p.on_exit(at(0), middle);
  for (int i = 0; i < 5; ++i)
    CAF_CHECK(p.on_exit(at(1 + i * 30'000), middle).budget_exceeded);
  CAF_CHECK(p.used(at(150'000)) <= 2u);
}

CAF_TEST(rechecks_back_off_alike) {
  restart_policy p{limits(5)};
  CAF_CHECK_EQUAL(p.recheck_delay(0, middle).count(), 200);
  CAF_CHECK_EQUAL(p.recheck_delay(1, middle).count(), 400);
  CAF_CHECK_EQUAL(p.recheck_delay(40, middle).count(), 30'000);
}

}  // namespace restart_policy_tests
