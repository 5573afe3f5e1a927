#define CAF_SUITE rate_limiter

#include "actors/security/rate_limiter.hpp"

#include "tests/unit_test.hpp"

namespace rate_limiter_tests {

using namespace closedpaw;
using namespace closedpaw::security;
using namespace std::chrono_literals;

constexpr request_rate limit{10, 3};
constexpr auto read = request_class::read;

struct at {
  rate_limiter sut{4};
  rate_limiter::time_point now{100s};

  rate_verdict ask(std::string_view who = "uid:1000",
                   request_class what = read) {
    return sut.take(limit, who, what, now);
  }

  void empty(std::string_view who = "uid:1000") {
    while (!ask(who).retry_after) {
    }
  }
};

CAF_TEST(a_burst_passes_and_what_follows_waits) {
  at t;
  for (std::uint32_t left : {2U, 1U, 0U}) {
    const auto x = t.ask();
    CAF_CHECK(!x.retry_after);
    CAF_CHECK_EQUAL(x.remaining, left);
  }
  const auto refused = t.ask();
  CAF_REQUIRE(refused.retry_after);
  CAF_CHECK_EQUAL(refused.retry_after->count(), 100);
  t.now += 100ms;
  CAF_CHECK(!t.ask().retry_after);
  CAF_CHECK(t.ask().retry_after);
}

CAF_TEST(no_more_than_a_burst_is_saved_up) {
  at t;
  t.empty();
  t.now += 1h;
  for (int i = 0; i < 3; ++i)
    CAF_CHECK(!t.ask().retry_after);
  CAF_CHECK(t.ask().retry_after);
}

CAF_TEST(kinds_and_principals_do_not_share) {
  at t;
  t.empty();
  CAF_CHECK(!t.ask("uid:1000", request_class::approve).retry_after);
  CAF_CHECK(!t.ask("uid:1001").retry_after);
  CAF_CHECK(t.ask().retry_after);
}

CAF_TEST(state_is_bounded_and_the_recent_are_remembered) {
  at t;
  t.empty("busy");
  for (int i = 0; i < 1000; ++i) {
    t.ask("passer-by " + std::to_string(i));
    CAF_CHECK(t.ask("busy").retry_after);
    CAF_CHECK_LESS_OR_EQUAL(t.sut.principals(), 4U);
  }
}

CAF_TEST(another_limit_begins_anew) {
  at t;
  t.empty();
  CAF_CHECK(!t.sut.take({10, 50}, "uid:1000", read, t.now).retry_after);
  CAF_CHECK_EQUAL(t.sut.take({10, 50}, "uid:1000", read, t.now).remaining, 48U);
}

CAF_TEST(it_is_told_once_a_minute_with_the_count) {
  at t;
  t.empty();
  // The first refusal was told of, within empty().
  for (int i = 0; i < 5; ++i) {
    t.now += 1ms;
    CAF_CHECK(!t.ask().to_be_told);
  }
  t.now += 1min;
  for (int i = 0; i < 3; ++i)
    CAF_CHECK(!t.ask().to_be_told);
  const auto told = t.ask().to_be_told;
  CAF_REQUIRE(told);
  CAF_CHECK_EQUAL(*told, 6U);
}

CAF_TEST(headers_of_the_draft) {
  rate_verdict x;
  x.what = request_class::act;
  x.limit = {100, 250};
  x.remaining = 49;
  CAF_CHECK_EQUAL(header_lines(x),
                  "RateLimit-Policy: \"act\";q=250;w=3\r\n"
                  "RateLimit: \"act\";r=49;t=3\r\n");
}

}  // namespace rate_limiter_tests
