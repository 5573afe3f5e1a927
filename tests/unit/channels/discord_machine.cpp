#define CAF_SUITE discord_machine

#include "tests/unit/channels/discord_fixture.hpp"

namespace discord_machine_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace closedpaw::channels::codec;
using namespace std::chrono_literals;

using fixture = closedpaw::channels::test::discord_fixture;

}  // namespace discord_machine_tests

CAF_TEST_FIXTURE_SCOPE(discord_machine_tests, fixture)

CAF_TEST(it_identifies_with_a_token_that_it_does_not_know) {
  start();
  CAF_CHECK_EQUAL(calls.back().what.path, "/gateway/bot");
  find_gateway();
  CAF_CHECK_EQUAL(sockets.back().url, "wss://gw/?v=10&encoding=json");
  open();
  CAF_CHECK(texts.empty());
  hello();
  CAF_CHECK_EQUAL(op(), 2);
  CAF_CHECK(texts.back().with_token);
  CAF_CHECK_EQUAL(last_text()["d"]["token"].get<std::string>(), "");
  CAF_CHECK(
      discord::with_token(texts.back().text, "T").find(R"("token":"T")") !=
      std::string::npos);
  CAF_CHECK(proofs.empty());
  ready();
  CAF_CHECK_EQUAL(proofs.size(), 1U);
  // The session is worth a record at once.
  CAF_CHECK_EQUAL(discord::cursor_from(cursor).session, "s1");
}

CAF_TEST(heartbeats_are_sent_and_their_acknowledgement_is_the_proof) {
  connect();
  wait();
  CAF_CHECK_EQUAL(op(), 1);
  CAF_CHECK_EQUAL(last_text()["d"].get<int>(), 1);
  const auto proven_before = proofs.size();
  receive({{"op", 11}});
  CAF_CHECK_EQUAL(proofs.size(), proven_before + 1);
  const auto before = now;
  wait();
  CAF_CHECK(now - before == 40s);
  // Asked for one, it gives one.
  receive({{"op", 1}});
  CAF_CHECK_EQUAL(op(), 1);
}

CAF_TEST(a_heartbeat_without_an_answer_ends_the_connection) {
  connect();
  wait();
  const auto sent = now;
  wait();
  CAF_CHECK(now - sent == 40s);
  CAF_REQUIRE_EQUAL(closed.size(), 1U);
  // Any code but 1000 and 1001 keeps the session.
  CAF_CHECK_EQUAL(closed[0].code, 4900);
  CAF_CHECK(troubles.back().why.code == errc::timeout);
  wait();
  CAF_CHECK_EQUAL(sockets.back().url, "wss://again/?v=10&encoding=json");
}

CAF_TEST(a_lost_connection_is_resumed) {
  connect();
  receive(message(7, "1001"));
  CAF_CHECK_EQUAL(messages.back().conversation, "500");
  CAF_CHECK(messages.back().is_private);
  close({});
  CAF_CHECK_EQUAL(troubles.size(), 1U);
  wait();
  open();
  hello();
  CAF_CHECK_EQUAL(op(), 6);
  CAF_CHECK_EQUAL(last_text()["d"]["session_id"].get<std::string>(), "s1");
  CAF_CHECK_EQUAL(last_text()["d"]["seq"].get<int>(), 7);
  receive({{"op", 0}, {"t", "RESUMED"}, {"s", 8}, {"d", json::object()}});
  CAF_CHECK_EQUAL(proofs.back(), "the session was resumed");
}

CAF_TEST(a_later_process_resumes_what_was_recorded) {
  connect();
  receive(message(7, "1001"));
  const auto kept = cursor;
  fixture later;
  later.start(kept);
  CAF_REQUIRE(!later.sockets.empty());
  CAF_CHECK_EQUAL(later.sockets.back().url, "wss://again/?v=10&encoding=json");
  later.open();
  later.hello();
  CAF_CHECK_EQUAL(later.op(), 6);
  CAF_CHECK_EQUAL(later.last_text()["d"]["seq"].get<int>(), 7);
}

CAF_TEST(where_the_session_is_over_what_was_missed_is_read) {
  connect();
  receive(message(7, "1001"));
  record();
  close(4009);
  wait();
  find_gateway();
  open();
  hello();
  CAF_CHECK_EQUAL(op(), 2);
  ready();
  CAF_CHECK_EQUAL(calls.back().what.path,
                  "/channels/500/messages?limit=100&after=1001");
  answer(R"([{"id":"1003","channel_id":"500","content":"two",
              "author":{"id":"42"}},
             {"id":"1002","channel_id":"500","content":"one",
              "author":{"id":"42"}}])");
  CAF_REQUIRE_EQUAL(messages.size(), 3U);
  CAF_CHECK_EQUAL(messages[1].text, "one");
  CAF_CHECK_EQUAL(messages[2].text, "two");
  CAF_CHECK(cursor_missed().empty());
  // Nobody approves by what was read later.
  CAF_CHECK(!messages[1].is_private);
  CAF_CHECK_EQUAL(discord::cursor_from(cursor).last.front().second, "1003");
}

CAF_TEST(what_was_missed_is_read_also_when_that_is_interrupted) {
  connect();
  receive(message(7, "1001"));
  begin_anew();
  const auto reading = calls.size();
  // Lost while it reads: it connects again, and then goes on reading.
  close({});
  CAF_CHECK_EQUAL(hung_up.size(), 1U);
  wait();
  open();
  hello();
  CAF_CHECK_EQUAL(op(), 6);
  receive({{"op", 0}, {"t", "RESUMED"}, {"s", 2}, {"d", json::object()}});
  CAF_CHECK_EQUAL(calls.size(), reading + 1);
  answer(R"([{"id":"1002","channel_id":"500","content":"one",
              "author":{"id":"42"}}])");
  CAF_CHECK_EQUAL(messages.back().text, "one");
}

CAF_TEST(what_is_still_to_be_read_is_known_to_a_later_process) {
  connect();
  receive(message(7, "1001"));
  begin_anew();
  // A live message comes first, and is recorded.
  receive(message(2, "1009"));
  fixture later;
  later.start(cursor);
  later.open();
  later.hello();
  later.receive({{"op", 0}, {"t", "RESUMED"}, {"s", 3}, {"d", json::object()}});
  CAF_CHECK_EQUAL(later.calls.back().what.path,
                  "/channels/500/messages?limit=100&after=1001");
}

CAF_TEST(a_full_page_is_followed_by_the_next) {
  connect();
  receive(message(7, "1001"));
  begin_anew();
  json list = json::array();
  for (int i = 100; i > 0; --i)
    list.push_back({{"id", std::to_string(2000 + i)},
                    {"channel_id", "500"},
                    {"content", "x"},
                    {"author", {{"id", "42"}}}});
  answer(dump(list));
  CAF_CHECK_EQUAL(messages.size(), 101U);
  CAF_CHECK_EQUAL(calls.back().what.path,
                  "/channels/500/messages?limit=100&after=2100");
}

CAF_TEST(an_outage_does_not_cost_the_session) {
  connect();
  close({});
  for (int i = 0; i < 20; ++i) {
    wait();
    CAF_CHECK_EQUAL(sockets.back().url, "wss://again/?v=10&encoding=json");
    close({});
  }
}

CAF_TEST(acknowledged_heartbeats_alone_are_no_session) {
  start();
  find_gateway();
  open();
  hello();
  receive({{"op", 11}});
  CAF_CHECK(proofs.empty());
  while (closed.empty())
    wait();
  CAF_CHECK(troubles.back().why.code == errc::timeout);
}

CAF_TEST(ids_are_numbers) {
  connect();
  say("x", "m1", "1/messages/2/crosspost?x=");
  CAF_CHECK_EQUAL(calls.back().what.path, "/channels/0/messages");
}

CAF_TEST(reconnects_and_invalid_sessions) {
  connect();
  receive({{"op", 7}});
  CAF_CHECK_EQUAL(closed.back().code, 4900);
  wait();
  open();
  hello();
  CAF_CHECK_EQUAL(op(), 6);
  receive({{"op", 9}, {"d", true}});
  CAF_CHECK(troubles.back().again_in >= 1s);
  wait();
  open();
  hello();
  CAF_CHECK_EQUAL(op(), 6);
  receive({{"op", 9}, {"d", false}});
  wait();
  CAF_CHECK_EQUAL(calls.back().what.path, "/gateway/bot");
}

CAF_TEST(what_only_a_person_can_help_is_tried_slowly) {
  connect();
  close(4004);
  CAF_CHECK(troubles.back().why.code == errc::upstream_refused);
  CAF_CHECK(troubles.back().again_in >= 30s);
  wait();
  find_gateway();
  open();
  close(4014);
  CAF_CHECK(troubles.back().why.message.find("Message Content") !=
            std::string::npos);
}

CAF_TEST(a_session_that_ends_at_once_is_not_resumed_for_ever) {
  connect();
  int resumed = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    close(4000);
    while (sockets.size() <= i + 1) {
      wait();
      if (calls.back().what.path == "/gateway/bot" && sockets.size() <= i + 1 &&
          calls.size() > 1)
        find_gateway();
    }
    open();
    hello();
    resumed += op() == 6 ? 1 : 0;
  }
  // Given up after the fifth, and slow from the tenth on.
  CAF_CHECK_EQUAL(resumed, 4);
  CAF_CHECK(troubles.back().again_in >= 60s);
  CAF_CHECK(troubles.back().why.message.find("in a row") != std::string::npos);
}

CAF_TEST(without_a_hello_it_gives_up) {
  start();
  find_gateway();
  open();
  wait();
  CAF_CHECK(troubles.back().why.code == errc::timeout);
  CAF_CHECK_EQUAL(closed.size(), 1U);
}

CAF_TEST(no_sessions_left_today) {
  start();
  answer(R"({"url":"wss://gw","session_start_limit":
             {"remaining":0,"reset_after":7000}})");
  CAF_CHECK(sockets.empty());
  CAF_CHECK(troubles.back().again_in == 7s);
}

CAF_TEST(seven_quiet_days_are_one_connection) {
  connect();
  const auto end = now + 24h * 7;
  while (now < end) {
    wait();
    receive({{"op", 11}});
  }
  CAF_CHECK(troubles.empty());
  CAF_CHECK_EQUAL(sockets.size(), 1U);
}

CAF_TEST(what_bots_and_we_say_is_nothing) {
  connect();
  auto x = message(2, "1001");
  x["d"]["author"]["bot"] = true;
  receive(x);
  x = message(3, "1002");
  x["d"]["author"]["id"] = "900";
  receive(x);
  x = message(4, "1003");
  x["d"]["type"] = 7;
  receive(x);
  CAF_CHECK(messages.empty());
  x = message(5, "1004");
  x["d"]["guild_id"] = "1";
  receive(x);
  CAF_REQUIRE_EQUAL(messages.size(), 1U);
  CAF_CHECK(!messages[0].is_private);
}

CAF_TEST(an_empty_bucket_is_slept_out_also_when_nothing_follows) {
  connect();
  say("one");
  answer(R"({"id":"1"})", 200,
         {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset-after", "1.5"}});
  now += 1500ms;
  machine->tick(now);
  collect();
  CAF_CHECK(*machine->wakes_at() > now);
}

CAF_TEST(sending_obeys_the_bucket) {
  connect();
  say("one");
  const auto body = json::parse(calls.back().what.body);
  CAF_CHECK(body["nonce"].get<std::string>().size() <= 25);
  CAF_CHECK(body["enforce_nonce"].get<bool>());
  say("two", "m2");
  answer(R"({"id":"1"})", 200,
         {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset-after", "1.5"}});
  CAF_CHECK(shown == (std::vector<std::string>{"m1"}));
  CAF_CHECK(json::parse(calls.back().what.body)["content"] == "one");
  now += 1500ms;
  machine->tick(now);
  collect();
  CAF_CHECK(!machine->wakes_at() || *machine->wakes_at() > now);
  CAF_CHECK(json::parse(calls.back().what.body)["content"] == "two");
  answer(R"({"message":"slow","retry_after":2.5})", 429);
  CAF_CHECK(troubles.back().again_in == 2500ms);
  CAF_CHECK(troubles.back().sending);
}

CAF_TEST(a_missed_page_is_recorded_whole) {
  connect();
  receive(message(7, "1001"));
  record();
  begin_anew();
  const auto before = taken_in;
  answer(R"([{"id":"1003","channel_id":"500","content":"two",
              "author":{"id":"42"}},
             {"id":"1002","channel_id":"500","content":"one",
              "author":{"id":"42"}}])");
  CAF_CHECK_EQUAL(taken_in, before + 1);
}

CAF_TEST(an_answer_that_may_not_refer_is_said_without) {
  connect();
  say("one");
  CAF_CHECK(json::parse(calls.back().what.body).contains("message_reference"));
  answer(R"({"code":160002,"message":)"
         R"("Cannot reply without permission to read message history"})",
         403);
  CAF_CHECK(!json::parse(calls.back().what.body).contains("message_reference"));
  answer(R"({"id":"1"})");
  CAF_CHECK(shown == (std::vector<std::string>{"m1"}));
}

CAF_TEST_FIXTURE_SCOPE_END()
