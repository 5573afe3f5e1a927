#define CAF_SUITE provider_policy

#include "actors/providers/policy/admission.hpp"
#include "actors/providers/policy/circuit_breaker.hpp"
#include "actors/providers/policy/latency_window.hpp"
#include "actors/providers/policy/retry_policy.hpp"
#include "tests/unit_test.hpp"

namespace provider_policy_tests {

using namespace closedpaw;
using namespace closedpaw::providers;
using std::chrono::seconds;
using state = circuit_breaker::state;

const monotonic_time t0{seconds{1000}};

circuit_breaker opened() {
  circuit_breaker b{{3, milliseconds{1000}, milliseconds{4000}}};
  for (int i = 0; i < 3; ++i) {
    CAF_CHECK(!b.refuse(t0));
    b.failed(t0, 0, false);
  }
  return b;
}

failure with(errc code, nlohmann::json extra,
             std::optional<milliseconds> retry_after = {}) {
  return {code, "x", retry_after, std::move(extra)};
}

CAF_TEST(failures in a row open the circuit and a success between does not ) {
  circuit_breaker b{{2, milliseconds{1000}, milliseconds{4000}}};
  b.failed(t0, 0, false);
  b.succeeded();
  b.failed(t0, 0, false);
  CAF_CHECK(b.now(t0) == state::closed);
  b.failed(t0, 0, false);
  CAF_CHECK(b.now(t0) == state::open);
  CAF_CHECK(b.refuse(t0 + milliseconds{400}) == milliseconds{600});
}

CAF_TEST(one probe at a time decides) {
  auto b = opened();
  const auto later = t0 + seconds{1};
  CAF_CHECK(b.now(later) == state::half_open);
  CAF_CHECK(!b.refuse(later));
  CAF_CHECK(b.refuse(later).has_value());
  b.succeeded();
  CAF_CHECK(b.now(later) == state::closed);
  CAF_CHECK(!b.refuse(later));
}

CAF_TEST(each probe that fails doubles the wait up to the most) {
  auto b = opened();
  auto now = t0;
  for (const int expected : {1000, 2000, 4000, 4000}) {
    CAF_CHECK(b.open_until() == now + milliseconds{expected});
    now = *b.open_until();
    CAF_CHECK(!b.refuse(now));
    b.failed(now, 0, true);
  }
}

CAF_TEST(a vendor that says how long is waited for and chance adds a tenth) {
  circuit_breaker b{{1, milliseconds{1000}, milliseconds{4000}}};
  b.failed(t0, 0.5, false);
  CAF_CHECK(b.open_until() == t0 + milliseconds{1050});
  circuit_breaker c{{1, milliseconds{1000}, milliseconds{4000}}};
  c.failed(t0, 0, false, seconds{3});
  CAF_CHECK(c.open_until() == t0 + seconds{3});
  circuit_breaker d{{1, milliseconds{1000}, milliseconds{4000}}};
  d.failed(t0, 0, false, std::chrono::hours{1});
  CAF_CHECK(d.open_until() == t0 + seconds{4});
}

CAF_TEST(what was under way when it opened does not prolong it) {
  auto b = opened();
  const auto until = b.open_until();
  b.failed(t0 + milliseconds{500}, 0, false);
  CAF_CHECK(b.open_until() == until);
  CAF_CHECK(!b.refuse(*until));
  CAF_CHECK(b.probing());
  b.failed(*until, 0, false);
  b.abandoned(false);
  CAF_CHECK(b.open_until() == until);
  CAF_CHECK(b.refuse(*until).has_value());
}

CAF_TEST(a probe without a verdict lets the next one go) {
  auto b = opened();
  CAF_CHECK(!b.refuse(t0 + seconds{1}));
  b.abandoned(true);
  CAF_CHECK(!b.refuse(t0 + seconds{1}));
}

CAF_TEST(a circuit with the limit 0 never opens) {
  circuit_breaker b{{0, milliseconds{1000}, milliseconds{4000}}};
  for (int i = 0; i < 100; ++i)
    b.failed(t0, 0, false);
  CAF_CHECK(b.now(t0) == state::closed);
}

CAF_TEST(only what was not begun is tried again) {
  const retry_limits limits;
  const auto again = [&](const failure& f) {
    return retry_delay(limits, f, 1, 0, seconds{60}).has_value();
  };
  CAF_CHECK(again(with(errc::unreachable, {{"phase", "connect"}})));
  CAF_CHECK(again(with(errc::timeout, {{"phase", "connect"}})));
  CAF_CHECK(again(with(errc::too_many_requests, {{"upstream_status", 429}})));
  CAF_CHECK(again(with(errc::upstream_failed, {{"upstream_status", 503}})));
  CAF_CHECK(again(with(errc::upstream_failed, {{"upstream_status", 529}})));
  CAF_CHECK(!again(with(errc::unreachable, nlohmann::json::object())));
  CAF_CHECK(!again(with(errc::timeout, nlohmann::json())));
  CAF_CHECK(!again(with(errc::upstream_failed, {{"upstream_status", 500}})));
  CAF_CHECK(!again(with(errc::upstream_refused, {{"upstream_status", 401}})));
  CAF_CHECK(!again(with(errc::upstream_malformed, {{"upstream_status", 200}})));
}

CAF_TEST(waits grow and end) {
  const auto f = with(errc::too_many_requests, {{"upstream_status", 429}});
  const retry_limits limits;
  CAF_CHECK(retry_delay(limits, f, 1, 0, seconds{60}) == milliseconds{125});
  CAF_CHECK(retry_delay(limits, f, 2, 0, seconds{60}) == milliseconds{250});
  CAF_CHECK(retry_delay(limits, f, 2, 0.5, seconds{60}) == milliseconds{375});
  CAF_CHECK(!retry_delay(limits, f, 3, 0, seconds{60}));
  CAF_CHECK(!retry_delay(limits, f, 1, 0, milliseconds{100}));
}

CAF_TEST(Retry-After is honoured but not for long) {
  const auto asks = [](milliseconds x) {
    return with(errc::too_many_requests, {{"upstream_status", 429}}, x);
  };
  CAF_CHECK(retry_delay({}, asks(seconds{3}), 1, 0, seconds{60}) == seconds{3});
  CAF_CHECK(!retry_delay({}, asks(seconds{11}), 1, 0, seconds{60}));
}

CAF_TEST(places are given out and back) {
  admission none_may_wait{{1, 0, 0}, t0};
  CAF_CHECK(!none_may_wait.is_full(0));
  CAF_CHECK(!none_may_wait.take(t0));
  CAF_CHECK(none_may_wait.is_full(0));
  admission a{{2, 1, 0}, t0};
  CAF_CHECK(!a.take(t0));
  CAF_CHECK(!a.take(t0));
  CAF_CHECK(a.take(t0) == milliseconds{0});
  CAF_CHECK(!a.is_full(0));
  CAF_CHECK(a.is_full(1));
  a.give_back();
  CAF_CHECK(!a.take(t0));
  CAF_CHECK_EQUAL(a.running(), 2u);
}

CAF_TEST(a rate says when to look again) {
  admission a{{10, 1, 2}, t0};
  CAF_CHECK(!a.take(t0));
  CAF_CHECK(!a.take(t0));
  CAF_CHECK(a.take(t0) == seconds{30});
  CAF_CHECK_EQUAL(a.running(), 2u);
  CAF_CHECK(!a.take(t0 + seconds{30}));
}

CAF_TEST(quantiles are of the last exchanges) {
  latency_window w;
  CAF_CHECK_EQUAL(w.quantile(0.5), 0u);
  w.add(7);
  CAF_CHECK_EQUAL(w.quantile(0.95), 7u);
  for (std::uint32_t i = 1; i <= 100; ++i)
    w.add(i);
  CAF_CHECK_EQUAL(w.quantile(0.95), 95u);
  for (int i = 0; i < 256; ++i)
    w.add(3);
  CAF_CHECK_EQUAL(w.quantile(1), 3u);
}

CAF_TEST(quantiles are those of the sorted last exchanges) {
  latency_window w;
  std::vector<std::uint32_t> all;
  std::uint32_t x = 1;
  for (int i = 0; i < 1'000; ++i) {
    x = x * 1'664'525 + 1'013'904'223;
    all.push_back((x >> 16) % 300);
    w.add(all.back());
    std::vector<std::uint32_t> last{
        all.end() - std::min<std::ptrdiff_t>(std::ssize(all), 256), all.end()};
    std::ranges::sort(last);
    CAF_REQUIRE_EQUAL(w.quantile(1.0 / 256), last.front());
    CAF_REQUIRE_EQUAL(w.quantile(0.5), last[(last.size() + 1) / 2 - 1]);
    CAF_REQUIRE_EQUAL(w.quantile(1), last.back());
  }
}

}  // namespace provider_policy_tests
