#define CAF_SUITE slack_machine

#include "actors/channels/codec/slack.hpp"
#include "tests/unit/channels/service_fixture.hpp"

namespace slack_machine_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using closedpaw::channels::test::service_fixture;
using namespace std::chrono_literals;

struct fixture : service_fixture {
  fixture() : service_fixture{codec::slack::make} {}

  void link(const std::string& url = "wss://one") {
    answer(R"({"ok":true,"url":")" + url + "\"}");
    open();
  }
  void connect() {
    start();
    link();
    receive({{"type", "hello"}});
  }
  json message(std::string envelope, std::string text = "hi") {
    return {{"type", "events_api"},
            {"envelope_id", std::move(envelope)},
            {"payload",
             {{"event",
               {{"type", "message"},
                {"user", "U42"},
                {"team", "T1"},
                {"channel", "D500"},
                {"channel_type", "im"},
                {"ts", "17.1"},
                {"text", std::move(text)}}}}}};
  }
  std::vector<std::string> acknowledged() {
    std::vector<std::string> out;
    for (const auto& x : texts)
      out.push_back(json::parse(x.text)["envelope_id"].get<std::string>());
    return out;
  }
  using strings = std::vector<std::string>;
};

}  // namespace slack_machine_tests

CAF_TEST_FIXTURE_SCOPE(slack_machine_tests, fixture)

CAF_TEST(hello_is_the_first_proof) {
  start();
  CAF_CHECK_EQUAL(calls.back().what.path, "/apps.connections.open");
  link();
  CAF_CHECK_EQUAL(sockets.back().url, "wss://one");
  CAF_CHECK(proofs.empty());
  receive({{"type", "hello"}});
  CAF_CHECK_EQUAL(proofs.size(), 1U);
}

CAF_TEST(envelopes_are_acknowledged_once_recorded) {
  connect();
  receive(message("e1"));
  CAF_REQUIRE_EQUAL(messages.size(), 1U);
  CAF_CHECK(messages[0] == (incoming{"D500:17.1", "T1/U42", "U42", "D500", true,
                                     "17.1", "hi"}));
  CAF_CHECK(acknowledged().empty());
  record();
  CAF_CHECK(acknowledged() == (strings{"e1"}));
  // What is no message is only acknowledged.
  receive({{"type", "slash_commands"}, {"envelope_id", "e2"}});
  CAF_CHECK(acknowledged() == (strings{"e1", "e2"}));
}

CAF_TEST(text_is_read_as_it_was_written) {
  connect();
  receive(message("e1", "1 &lt; 2 &amp;amp; &x"));
  CAF_CHECK_EQUAL(messages.back().text, "1 < 2 &amp; &x");
}

CAF_TEST(what_is_not_recorded_over_a_lost_connection_is_not_acknowledged) {
  connect();
  receive(message("e1"));
  close({});
  record();
  CAF_CHECK(acknowledged().empty());
}

CAF_TEST(pings_are_life) {
  connect();
  const auto before = proofs.size();
  machine->alive(sockets.back().socket, now);
  collect();
  CAF_CHECK_EQUAL(proofs.size(), before + 1);
}

CAF_TEST(a_connection_is_replaced_before_it_is_closed) {
  connect();
  const auto first = sockets.back().socket;
  receive({{"type", "disconnect"}, {"reason", "warning"}});
  CAF_CHECK(closed.empty());
  link("wss://two");
  CAF_CHECK(closed.empty());
  // The first still serves.
  receive_on(first, message("e1"));
  receive({{"type", "hello"}});
  CAF_CHECK(closed.empty());
  record();
  CAF_CHECK(acknowledged() == (strings{"e1"}));
  CAF_REQUIRE_EQUAL(closed.size(), 1U);
  CAF_CHECK_EQUAL(closed[0].socket, first);
  CAF_CHECK(troubles.empty());
  // Told twice, it opens no third one.
  receive_on(first, {{"type", "disconnect"}, {"reason", "warning"}});
  CAF_CHECK_EQUAL(calls.size(), 2U);
}

CAF_TEST(a_lost_connection_is_asked_for_again) {
  connect();
  close({});
  CAF_CHECK_EQUAL(troubles.size(), 1U);
  wait();
  link("wss://two");
  receive({{"type", "hello"}});
  CAF_CHECK_EQUAL(proofs.size(), 2U);
}

CAF_TEST(socket_mode_that_is_off_needs_a_person) {
  connect();
  receive({{"type", "disconnect"}, {"reason", "link_disabled"}});
  CAF_CHECK(troubles.back().why.code == errc::forbidden);
  CAF_CHECK(troubles.back().again_in >= 30s);
  CAF_CHECK_EQUAL(closed.size(), 1U);
}

CAF_TEST(refused_tokens_and_limits) {
  start();
  answer(R"({"ok":false,"error":"invalid_auth"})");
  CAF_CHECK(troubles.back().why.code == errc::upstream_refused);
  wait();
  answer(R"({"ok":false,"error":"ratelimited"})", 429, {{"retry-after", "9"}});
  CAF_CHECK(troubles.back().again_in == 9s);
}

CAF_TEST(connections_that_end_at_once_are_asked_for_slowly) {
  connect();
  for (int i = 0; i < 10; ++i) {
    close({});
    wait();
    link("wss://n");
    receive({{"type", "hello"}});
  }
  CAF_CHECK(troubles.back().again_in >= 60s);
}

CAF_TEST(without_a_hello_it_gives_up) {
  start();
  link();
  wait();
  CAF_CHECK(troubles.back().why.code == errc::timeout);
  CAF_CHECK_EQUAL(closed.size(), 1U);
}

CAF_TEST(sending) {
  connect();
  say("a_b <@U1>", "m1", "D500/17.5");
  const auto body = json::parse(calls.back().what.body);
  CAF_CHECK_EQUAL(body["channel"].get<std::string>(), "D500");
  CAF_CHECK_EQUAL(body["thread_ts"].get<std::string>(), "17.5");
  CAF_CHECK_EQUAL(body["text"].get<std::string>(), "a_b &lt;@U1&gt;");
  answer(R"({"ok":true,"ts":"1.2"})");
  CAF_CHECK(shown == (strings{"m1"}));
  say("x", "m2", "C1");
  answer(R"({"ok":false,"error":"channel_not_found"})");
  CAF_CHECK(failed == (strings{"m2"}));
}

CAF_TEST(seven_quiet_days_are_one_connection) {
  connect();
  const auto end = now + 24h * 7;
  while (now < end) {
    now += 30s;
    machine->alive(sockets.back().socket, now);
    machine->tick(now);
    collect();
  }
  CAF_CHECK(troubles.empty());
  CAF_CHECK_EQUAL(sockets.size(), 1U);
  CAF_CHECK(proofs.size() > 20'000);
}

CAF_TEST(who_sends_a_file_is_who_they_are) {
  connect();
  auto x = message("e1");
  auto& event = x["payload"]["event"];
  event["subtype"] = "file_share";
  event["bot_id"] = nullptr;
  event.erase("team");
  x["payload"]["team_id"] = "T1";
  receive(x);
  CAF_REQUIRE_EQUAL(messages.size(), 1U);
  CAF_CHECK_EQUAL(messages[0].sender, "T1/U42");
}

CAF_TEST(what_is_never_taken_holds_nobody_up) {
  connect();
  say("x", "m1", "C1");
  answer(R"({"ok":false,"error":"restricted_action_read_only_channel"})");
  CAF_CHECK(failed == (strings{"m1"}));
  say("y", "m2", "C1");
  answer(R"({"ok":false,"error":"service_unavailable"})");
  CAF_CHECK(failed == (strings{"m1"}));
  CAF_CHECK(troubles.back().sending);
}

CAF_TEST_FIXTURE_SCOPE_END()
