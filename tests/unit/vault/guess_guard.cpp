#define CAF_SUITE guess_guard

#include "actors/vault/guess_guard.hpp"

#include "tests/unit_test.hpp"

namespace guess_guard_tests {

using namespace closedpaw;
using vault::guess_guard;
using namespace std::chrono_literals;

CAF_TEST(a_few_guesses_are_free_and_then_each_waits_twice_as_long) {
  guess_guard guard;
  auto now = guess_guard::monotonic{} + 1h;
  for (std::uint32_t i = 1; i < guess_guard::free_guesses; ++i) {
    guard.guessed(false, now);
    CAF_CHECK(!guard.refuse(now));
  }
  for (auto wait = 1s; wait < guess_guard::longest_wait; wait *= 2) {
    guard.guessed(false, now);
    const auto no = guard.refuse(now + wait - 1ms);
    CAF_REQUIRE(no.has_value());
    CAF_CHECK(no->code == errc::too_many_requests);
    CAF_CHECK(no->retry_after == 1ms);
    now += wait;
    CAF_CHECK(!guard.refuse(now));
  }
  for (int i = 0; i < 100; ++i)
    guard.guessed(false, now);
  CAF_CHECK(guard.refuse(now + guess_guard::longest_wait - 1ms).has_value());
  CAF_CHECK(!guard.refuse(now + guess_guard::longest_wait));
  guard.guessed(true, now);
  CAF_CHECK(!guard.refuse(now));
}

CAF_TEST(secrets_are_the_same_or_not) {
  CAF_CHECK(vault::is_same(secret_text{"ab"}, secret_text{"ab"}));
  CAF_CHECK(!vault::is_same(secret_text{"ab"}, secret_text{"a"}));
  CAF_CHECK(!vault::is_same(secret_text{""}, secret_text{"a"}));
}

}  // namespace guess_guard_tests
