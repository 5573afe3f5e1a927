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

CAF_TEST(who_guesses_locks_nobody_else_out_and_takes_no_memory) {
  vault::guess_guards guards;
  const auto now = guess_guard::monotonic{} + 1h;
  for (int i = 0; i < 5; ++i)
    guards.guessed("token:stolen", false, now);
  CAF_CHECK(guards.refuse("token:stolen", now).has_value());
  CAF_CHECK(!guards.refuse("uid:1000", now));
  // Others that guess do not make it forgotten, but for who may guess anyway.
  for (std::size_t i = 0; i < 2 * vault::guess_guards::most; ++i)
    guards.guessed(std::to_string(i), false, now);
  CAF_CHECK(guards.refuse("token:stolen", now).has_value());
  guards.guessed("token:stolen", true, now);
  CAF_CHECK(!guards.refuse("token:stolen", now));
}

CAF_TEST(secrets_are_the_same_or_not) {
  CAF_CHECK(vault::is_same(secret_text{"ab"}, secret_text{"ab"}));
  CAF_CHECK(!vault::is_same(secret_text{"ab"}, secret_text{"a"}));
  CAF_CHECK(!vault::is_same(secret_text{""}, secret_text{"a"}));
}

}  // namespace guess_guard_tests
