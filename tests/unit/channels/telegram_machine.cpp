#define CAF_SUITE telegram_machine

#include "actors/channels/codec/backoff.hpp"
#include "actors/channels/codec/telegram.hpp"
#include "tests/unit/channels/service_fixture.hpp"

namespace telegram_machine_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace closedpaw::channels::codec;
using closedpaw::channels::test::service_fixture;
using namespace std::chrono_literals;

struct fixture : service_fixture {
  fixture() : service_fixture{telegram::make} {}

  /// The one call that is open.
  const call& last() { return calls.back(); }
  std::string asked() {
    return last().what.path + ' ' +
           json::parse(last().what.body)["text"].get<std::string>();
  }
  int held_for() {
    return json::parse(last().what.body).at("timeout").get<int>();
  }
  std::int64_t offset() {
    return json::parse(last().what.body).at("offset").get<std::int64_t>();
  }

  void ok(const std::string& body = "[]") {
    answer(R"({"ok":true,"result":)" + body + "}");
  }
  void introduce() { ok(R"({"username":"our_bot"})"); }

  /// The poll is due as well, and may be first.
  void send_again() {
    const auto before = calls.size();
    do
      wait();
    while (calls.size() == before || last().what.path != "/sendMessage");
  }

  static std::string update(int id, const std::string& text = "hi") {
    return R"({"update_id":)" + std::to_string(id) +
           R"(,"message":{"message_id":3,"text":")" + text +
           R"(","from":{"id":42},"chat":{"id":42,"type":"private"}}})";
  }
};

}  // namespace telegram_machine_tests

CAF_TEST_FIXTURE_SCOPE(telegram_machine_tests, fixture)

CAF_TEST(only_a_poll_that_returned_is_a_proof) {
  start();
  CAF_CHECK_EQUAL(last().what.path, "/getMe");
  introduce();
  CAF_CHECK_EQUAL(proofs.size(), 0U);
  CAF_CHECK_EQUAL(last().what.path, "/getUpdates");
  // The first one is not held, so that it proves something soon.
  CAF_CHECK_EQUAL(held_for(), 0);
  ok();
  CAF_CHECK_EQUAL(proofs.size(), 1U);
  CAF_CHECK_EQUAL(held_for(), 20);
  // Also one that begins right after a poll did is noticed within two.
  CAF_CHECK(last().patience == 30s);
}

CAF_TEST(what_was_taken_in_is_confirmed_only_once_recorded) {
  start();
  introduce();
  ok('[' + update(7) + ',' + update(9, "/help@our_bot") + ']');
  CAF_REQUIRE_EQUAL(messages.size(), 2U);
  CAF_CHECK_EQUAL(messages[1].text, "/help");
  CAF_CHECK_EQUAL(cursor, "10@our_bot");
  const auto so_far = calls.size();
  machine->tick(now + 1h);
  collect();
  CAF_CHECK_EQUAL(calls.size(), so_far);
  record();
  CAF_CHECK_EQUAL(offset(), 10);
}

CAF_TEST(a_cursor_is_where_it_goes_on) {
  start("10@our_bot");
  introduce();
  CAF_CHECK_EQUAL(offset(), 10);
  // Only what others said.
  ok("[{\"update_id\":10}," + update(11, "/help@other_bot") + ']');
  CAF_CHECK(messages.empty());
  CAF_CHECK_EQUAL(offset(), 12);
}

CAF_TEST(numbers_that_begin_anew_are_followed) {
  start("1000@our_bot");
  introduce();
  ok('[' + update(7) + ']');
  CAF_REQUIRE_EQUAL(messages.size(), 1U);
  CAF_CHECK_EQUAL(cursor, "8@our_bot");
  record();
  CAF_CHECK_EQUAL(offset(), 8);
  ok("[{\"update_id\":3}]");
  CAF_CHECK_EQUAL(offset(), 4);
}

CAF_TEST(what_is_given_again_is_asked_for_slowly) {
  start("10@our_bot");
  introduce();
  ok('[' + update(9) + ']');
  CAF_CHECK(messages.empty());
  CAF_CHECK_EQUAL(repeated, 1U);
  CAF_REQUIRE(!troubles.empty());
  CAF_CHECK(troubles.back().again_in > 0ms);
}

CAF_TEST(failures_back_off_and_the_first_poll_after_them_is_not_held) {
  start();
  introduce();
  ok();
  const auto begun = now;
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 8; ++i) {
    fails(errc::unreachable);
    waits.push_back(troubles.back().again_in);
    wait();
    CAF_CHECK_EQUAL(held_for(), 0);
  }
  CAF_CHECK(waits[0] == 125ms);
  CAF_CHECK(waits[1] == 250ms);
  // A service that is back is found soon, however long it was away.
  CAF_CHECK(waits[7] == 2s);
  CAF_CHECK(now > begun);
  CAF_CHECK_EQUAL(proofs.size(), 1U);
  ok();
  CAF_CHECK_EQUAL(proofs.size(), 2U);
  fails(errc::unreachable);
  CAF_CHECK(troubles.back().again_in == 125ms);
}

CAF_TEST(errors_do_not_count_as_life) {
  start();
  introduce();
  for (const auto* body :
       {R"({"ok":false,"error_code":409,"description":"Conflict"})",
        R"({"ok":false,"error_code":500})", "<html>"}) {
    answer(body);
    wait();
  }
  CAF_CHECK_EQUAL(proofs.size(), 0U);
  CAF_REQUIRE_EQUAL(troubles.size(), 3U);
  CAF_CHECK(troubles[0].why.code == errc::conflict);
}

CAF_TEST(rate_limits_are_obeyed) {
  start();
  introduce();
  answer(R"({"ok":false,"error_code":429,"parameters":{"retry_after":17}})",
         429);
  CAF_CHECK(troubles.back().again_in == 17s);
  const auto before = now;
  wait();
  CAF_CHECK(now - before == 17s);
}

CAF_TEST(a_refused_token_is_asked_about_once_a_minute_and_from_the_start) {
  start();
  introduce();
  answer(R"({"ok":false,"error_code":401,"description":"Unauthorized"})", 401);
  CAF_CHECK(troubles.back().again_in == 30s);
  wait();
  CAF_CHECK_EQUAL(last().what.path, "/getMe");
}

CAF_TEST(a_poll_that_is_never_answered_is_noticed) {
  start();
  introduce();
  ok();
  const auto hanging = last().id;
  const auto begun = now;
  wait();
  CAF_CHECK(now - begun <= 2 * 30s);
  CAF_CHECK(hung_up == (std::vector<std::uint64_t>{hanging}));
  CAF_CHECK(troubles.back().why.code == errc::timeout);
  // Its answer comes too late.
  machine->answered(hanging, http_reply{200, {}, R"({"ok":true,"result":[]})"},
                    now);
  collect();
  CAF_CHECK_EQUAL(proofs.size(), 1U);
  wait();
  CAF_CHECK_EQUAL(last().what.path, "/getUpdates");
}

CAF_TEST(after_a_sleep_it_polls_at_once) {
  start();
  introduce();
  ok();
  const auto old = last().id;
  machine->resumed(now);
  collect();
  CAF_CHECK(hung_up == (std::vector<std::uint64_t>{old}));
  CAF_CHECK_EQUAL(held_for(), 0);
  CAF_CHECK(troubles.empty());
}

CAF_TEST(seven_quiet_days_are_one_connection) {
  start();
  introduce();
  ok();
  const auto end = now + 24h * 7;
  while (now < end) {
    now += 30s;
    ok();
  }
  CAF_CHECK(troubles.empty());
  CAF_CHECK(hung_up.empty());
  CAF_CHECK(proofs.size() > 20'000);
}

CAF_TEST(answers_are_sent_in_parts_one_after_the_other) {
  start();
  introduce();
  say(std::string(4000, 'a') + '\n' + std::string(4000, 'b'));
  CAF_CHECK_EQUAL(asked(), "/sendMessage " + std::string(4000, 'a'));
  CAF_CHECK(last().what.body.find("reply_parameters") != std::string::npos);
  ok(R"({"message_id":1})");
  CAF_CHECK(shown.empty());
  CAF_CHECK_EQUAL(asked(), "/sendMessage " + std::string(4000, 'b'));
  CAF_CHECK(last().what.body.find("reply_parameters") == std::string::npos);
  ok(R"({"message_id":2})");
  CAF_CHECK(shown == (std::vector<std::string>{"m1"}));
}

CAF_TEST(formatting_that_telegram_cannot_read_goes_as_plain_text) {
  start();
  say("a.b");
  CAF_CHECK_EQUAL(asked(), "/sendMessage a\\.b");
  answer(R"({"ok":false,"error_code":400,"description":)"
         R"("Bad Request: can't parse entities: x"})",
         400);
  CAF_CHECK_EQUAL(asked(), "/sendMessage a.b");
  ok(R"({"message_id":1})");
  CAF_CHECK(shown == (std::vector<std::string>{"m1"}));
}

CAF_TEST(one_who_blocked_the_bot_does_not_hold_up_the_others) {
  start();
  say("first", "m1", "41");
  say("second", "m2", "42");
  answer(R"({"ok":false,"error_code":403,"description":"blocked"})", 403);
  CAF_CHECK(failed == (std::vector<std::string>{"m1"}));
  CAF_CHECK_EQUAL(asked(), "/sendMessage second");
}

CAF_TEST(sending_waits_out_an_outage_and_a_limit) {
  start();
  say("hi");
  for (int i = 0; i < 20; ++i) {
    fails(errc::unreachable);
    CAF_CHECK(troubles.back().sending);
    send_again();
  }
  CAF_CHECK(failed.empty());
  answer(R"({"ok":false,"error_code":429,"parameters":{"retry_after":9}})",
         429);
  CAF_CHECK(troubles.back().again_in == 9s);
}

CAF_TEST(what_the_service_never_takes_is_given_up_but_no_outage_is) {
  start();
  say("hi");
  const auto begun = now;
  while (failed.empty() && now - begun < 2h) {
    answer(R"({"ok":false,"error_code":500})", 500);
    if (failed.empty())
      send_again();
  }
  CAF_CHECK(failed == (std::vector<std::string>{"m1"}));
  CAF_CHECK(now - begun >= 1h);
  say("again", "m2");
  for (int i = 0; i < 2000; ++i) {
    fails(i % 2 == 0 ? errc::timeout : errc::unavailable);
    send_again();
  }
  CAF_CHECK_EQUAL(failed.size(), 1U);
}

CAF_TEST(another_bot_counts_otherwise) {
  start("10@other_bot");
  introduce();
  CAF_CHECK_EQUAL(offset(), 0);
}

CAF_TEST(an_empty_answer_is_said_without_being_sent) {
  start();
  say(" \n");
  CAF_CHECK(shown == (std::vector<std::string>{"m1"}));
  CAF_CHECK_EQUAL(last().what.path, "/getMe");
}

CAF_TEST_FIXTURE_SCOPE_END()
