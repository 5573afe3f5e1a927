#define CAF_SUITE channel_lives

#include <algorithm>

#include "tests/actor/channels/channel_fixture.hpp"

namespace channel_lives_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace closedpaw::channels::test;
using namespace std::chrono_literals;

}  // namespace channel_lives_tests

CAF_TEST_FIXTURE_SCOPE(channel_lives_tests, channel_fixture)

CAF_TEST(a_later_life_owes_what_an_earlier_one_did) {
  bind("42");
  connect();
  receive("hello");
  const auto id = *submitted_actions[0].command.id;
  kill(sut);
  fetches.clear();
  awaited.clear();
  start();
  CAF_CHECK(awaited.contains(id));
  answer("getMe", R"({"ok":true,"result":{"username":"our_bot"}})");
  CAF_CHECK_EQUAL(
      json::parse(open("getUpdates")->request.body)["offset"].get<int>(), 101);
  end_action(id, "late");
  CAF_CHECK_EQUAL(take_sent(), "late");
}

CAF_TEST(a_later_life_waits_for_what_an_earlier_one_asked_for) {
  bind("42");
  connect();
  kill(sut);
  fetches.clear();
  hold_check = true;
  start();
  // It would not know yet what it has seen.
  CAF_CHECK(fetches.empty());
  auto sent = ask_now<std::string>(
      *this, sut,
      ask_send_to_channel{ask<send_to_channel>{{"tg", "42", "hi"}, {}}});
  CAF_CHECK(!sent->answered());
  CAF_REQUIRE(held_check);
  todo.queue.emplace_back([this] { held_check->deliver(std::string{"ok"}); });
  caf::anon_send(orchestrator, commit_atom::value);
  settle();
  // It connects, and says what it was to say.
  CAF_CHECK_EQUAL(fetches.size(), 2U);
  CAF_CHECK_EQUAL(sent->code(), "ok");
}

CAF_TEST(what_waits_for_a_life_that_ends_is_answered) {
  connect();
  kill(sut);
  hold_check = true;
  start();
  auto sent = ask_now<std::string>(
      *this, sut,
      ask_send_to_channel{ask<send_to_channel>{{"tg", "42", "hi"}, {}}});
  kill(sut);
  CAF_CHECK_EQUAL(sent->answers, 1U);
  CAF_CHECK(sent->error.has_value());
}

CAF_TEST_FIXTURE_SCOPE_END()
