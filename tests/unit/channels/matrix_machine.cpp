#define CAF_SUITE matrix_machine

#include "actors/channels/codec/matrix.hpp"
#include "messages/model/channel.hpp"
#include "tests/unit/channels/service_fixture.hpp"

namespace matrix_machine_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using closedpaw::channels::test::service_fixture;
using namespace std::chrono_literals;

struct fixture : service_fixture {
  fixture() : service_fixture{codec::matrix::make} {}

  void introduce() { answer(R"({"user_id":"@paw:h"})"); }
  void synced(const std::string& next, json rooms = json::object()) {
    answer(dump({{"next_batch", next}, {"rooms", std::move(rooms)}}));
  }
  static json said(std::string id, std::string text,
                   std::string sender = "@ann:h") {
    return {{"type", "m.room.message"},
            {"event_id", std::move(id)},
            {"sender", std::move(sender)},
            {"content", {{"msgtype", "m.text"}, {"body", std::move(text)}}}};
  }
  static json in_room(const std::string& room, const json& events,
                      int members = 0) {
    json entry{{"timeline", {{"events", events}}}};
    if (members > 0)
      entry["summary"] = {{"m.joined_member_count", members}};
    return {{"join", {{room, entry}}}};
  }
  /// Before the events are more, back to where the last sync ended.
  static json gap_before(const json& events) {
    auto rooms = in_room("!r:h", events, 2);
    auto& timeline = rooms["join"]["!r:h"]["timeline"];
    timeline["limited"] = true;
    timeline["prev_batch"] = "p9";
    return rooms;
  }
  bool asks(std::string_view part) {
    return calls.back().what.path.find(part) != std::string::npos;
  }
  void connect() {
    start();
    introduce();
    synced("s1");
    record();
  }
};

}  // namespace matrix_machine_tests

CAF_TEST_FIXTURE_SCOPE(matrix_machine_tests, fixture)

CAF_TEST(the_first_sync_brings_no_history_and_is_worth_a_record) {
  start();
  CAF_CHECK(asks("/account/whoami"));
  introduce();
  CAF_CHECK(asks("sync?timeout=0&"));
  CAF_CHECK(!asks("since="));
  CAF_CHECK(proofs.empty());
  synced("s1");
  CAF_CHECK(proofs.empty());
  CAF_CHECK_EQUAL(cursor, "s1 @paw:h");
  CAF_CHECK(!asks("since="));
  record();
  CAF_CHECK_EQUAL(proofs.size(), 1U);
  CAF_CHECK(asks("sync?timeout=20000&"));
  CAF_CHECK(asks("since=s1"));
}

CAF_TEST(messages_are_confirmed_once_recorded) {
  connect();
  synced("s2", in_room("!r:h", json::array({said("$1", "hi")}), 2));
  CAF_REQUIRE_EQUAL(messages.size(), 1U);
  CAF_CHECK(messages[0] ==
            (incoming{"$1", "@ann:h", "@ann:h", "!r:h", true, "$1", "hi"}));
  CAF_CHECK(!asks("since=s2"));
  record();
  CAF_CHECK(asks("since=s2"));
}

CAF_TEST(how_many_are_in_a_room_is_asked_where_it_is_not_known) {
  connect();
  synced("s2", in_room("!r:h", json::array({said("$1", "hi")})));
  CAF_CHECK(asks("/rooms/%21r%3Ah/joined_members"));
  CAF_CHECK(messages.empty());
  answer(R"({"joined":{"@a:h":{},"@b:h":{},"@c:h":{}}})");
  CAF_REQUIRE_EQUAL(messages.size(), 1U);
  CAF_CHECK(!messages[0].is_private);
  record();
  synced("s3", in_room("!r:h", json::array({said("$2", "hi")})));
  CAF_CHECK_EQUAL(messages.size(), 2U);
}

CAF_TEST(a_room_that_cannot_be_asked_about_is_not_private) {
  connect();
  synced("s2", in_room("!r:h", json::array({said("$1", "hi")})));
  answer(R"({"errcode":"M_FORBIDDEN"})", 403);
  CAF_REQUIRE_EQUAL(messages.size(), 1U);
  CAF_CHECK(!messages[0].is_private);
}

CAF_TEST(invitations_are_accepted) {
  connect();
  synced("s2", {{"invite", {{"!new:h", json::object()}}}});
  CAF_CHECK(asks("/rooms/%21new%3Ah/join"));
  CAF_CHECK_EQUAL(calls.back().what.method, "POST");
  answer("{}");
  CAF_CHECK(asks("since=s2"));
}

CAF_TEST(an_invitation_to_nowhere_holds_up_nothing) {
  connect();
  synced("s2", {{"invite", {{"!bad:h", json::object()}}}});
  for (int i = 0; i < 3; ++i) {
    CAF_CHECK(asks("/rooms/%21bad%3Ah/join"));
    answer("<html>", 502);
    if (i < 2)
      wait();
  }
  CAF_CHECK(asks("since=s2"));
}

CAF_TEST(a_third_person_ends_what_was_private) {
  connect();
  synced("s2", in_room("!r:h", json::array({said("$1", "hi")}), 2));
  record();
  auto joined = said("$2", "");
  joined["type"] = "m.room.member";
  synced("s3", in_room("!r:h", json::array({joined, said("$3", "hi")})));
  CAF_CHECK(asks("/joined_members"));
  answer(R"({"joined":{"@a:h":{},"@b:h":{},"@c:h":{}}})");
  CAF_CHECK(!messages.back().is_private);
}

CAF_TEST(another_account_syncs_otherwise) {
  start("s9 @other:h");
  introduce();
  CAF_CHECK(!asks("since="));
}

CAF_TEST(what_is_not_for_us) {
  connect();
  auto edit = said("$3", "* hi");
  edit["content"]["m.relates_to"] = {{"rel_type", "m.replace"}};
  auto notice = said("$4", "I am a bot");
  notice["content"]["msgtype"] = "m.notice";
  auto picture = said("$5", "cat.png");
  picture["content"]["msgtype"] = "m.image";
  synced("s2", in_room("!r:h",
                       json::array({said("$2", "hi", "@paw:h"),
                                    edit,
                                    notice,
                                    picture,
                                    {{"type", "m.room.encrypted"},
                                     {"event_id", "$6"},
                                     {"sender", "@ann:h"},
                                     {"content", {{"ciphertext", "x"}}}}}),
                       2));
  CAF_REQUIRE_EQUAL(messages.size(), 2U);
  CAF_CHECK_EQUAL(messages[0].text, "");
  CAF_CHECK_EQUAL(messages[1].id, "$6");
}

CAF_TEST(failures_keep_their_meaning) {
  connect();
  answer(R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":7000})", 429);
  CAF_CHECK(troubles.back().again_in == 7s);
  wait();
  answer("<html>", 502);
  CAF_CHECK(troubles.back().why.code == errc::upstream_failed);
  wait();
  answer("[]");
  CAF_CHECK(troubles.back().why.code == errc::upstream_malformed);
  CAF_CHECK_EQUAL(proofs.size(), 1U);
}

CAF_TEST(a_repetition_is_the_same_transaction) {
  connect();
  say(std::string(8000, 'a') + "\n" + "b", "m1", "!r:h");
  CAF_CHECK_EQUAL(calls.back().what.method, "PUT");
  CAF_CHECK(asks("/rooms/%21r%3Ah/send/m.room.message/m1-0"));
  fails(errc::unreachable);
  do
    wait();
  while (!asks("/send/"));
  CAF_CHECK(asks("/m1-0"));
  answer(R"({"event_id":"$9"})");
  CAF_CHECK(asks("/m1-1"));
  answer(R"({"event_id":"$10"})");
  CAF_CHECK(shown == (std::vector<std::string>{"m1"}));
}

CAF_TEST(what_a_sync_leaves_out_is_fetched) {
  connect();
  synced("s2", gap_before(json::array({said("$9", "nine")})));
  CAF_CHECK(asks("/rooms/%21r%3Ah/messages?dir=b"));
  CAF_CHECK(asks("from=p9&to=s1"));
  CAF_CHECK(messages.empty());
  // Newest first, and more of it.
  answer(dump(
      {{"chunk", {said("$8", "eight"), said("$7", "seven")}}, {"end", "p7"}}));
  CAF_CHECK(asks("from=p7&to=s1"));
  answer(dump({{"chunk", {said("$6", "six")}}}));
  std::string heard;
  for (const auto& x : messages)
    heard += x.text + ' ';
  CAF_CHECK_EQUAL(heard, "six seven eight nine ");
  CAF_CHECK(messages[0].is_private);
  CAF_CHECK_EQUAL(cursor, "s2 @paw:h");
}

CAF_TEST(an_outage_meanwhile_loses_nothing) {
  connect();
  synced("s2", gap_before(json::array({said("$9", "nine")})));
  for (int i = 0; i < 10; ++i) {
    fails(errc::unreachable);
    wait();
    CAF_CHECK(asks("from=p9&to=s1"));
  }
  CAF_CHECK(messages.empty());
  answer(dump({{"chunk", {said("$8", "eight")}}}));
  CAF_CHECK_EQUAL(messages.size(), 2U);
}

CAF_TEST(a_token_that_expires_meanwhile_is_replaced) {
  connect();
  synced("s2", gap_before(json::array({said("$9", "nine")})));
  answer(R"({"errcode":"M_UNKNOWN_TOKEN"})", 401);
  wait();
  CAF_CHECK(asks("/account/whoami"));
  introduce();
  // The same sync again.
  CAF_CHECK(asks("since=s1"));
  synced("s2", gap_before(json::array({said("$9", "nine")})));
  answer(dump({{"chunk", {said("$8", "eight")}}}));
  CAF_CHECK_EQUAL(messages.size(), 2U);
}

CAF_TEST(an_empty_page_is_not_the_last) {
  connect();
  synced("s2", gap_before(json::array({said("$9", "nine")})));
  answer(R"({"chunk":[],"end":"p5"})");
  CAF_CHECK(asks("from=p5&to=s1"));
  answer(R"({"chunk":[],"end":"p5"})");
  CAF_CHECK_EQUAL(messages.size(), 1U);
}

CAF_TEST(a_history_that_is_not_for_us_holds_up_nothing) {
  connect();
  synced("s2", gap_before(json::array({said("$9", "nine")})));
  answer(R"({"errcode":"M_FORBIDDEN"})", 403);
  CAF_CHECK_EQUAL(messages.size(), 1U);
}

CAF_TEST(of_the_first_sync_nothing_is_missing) {
  start();
  introduce();
  synced("s1", gap_before(json::array()));
  CAF_CHECK_EQUAL(cursor, "s1 @paw:h");
}

CAF_TEST(without_a_token_it_logs_in) {
  start();
  fails(errc::upstream_refused);
  CAF_CHECK(asks("/login"));
  const auto body = json::parse(calls.back().what.body);
  CAF_CHECK_EQUAL(body["type"].get<std::string>(), "m.login.password");
  answer(R"({"user_id":"@paw:h","access_token":"fresh"})");
  CAF_CHECK_EQUAL(secrets["token"], "fresh");
  CAF_CHECK(asks("/account/whoami"));
  introduce();
  synced("s1");
  record();
  CAF_CHECK_EQUAL(proofs.size(), 1U);
}

CAF_TEST(a_token_that_expires_is_replaced_at_once) {
  connect();
  answer(R"({"errcode":"M_UNKNOWN_TOKEN"})", 401);
  CAF_CHECK(asks("/account/whoami"));
  answer(R"({"errcode":"M_UNKNOWN_TOKEN"})", 401);
  CAF_CHECK(asks("/login"));
  answer(R"({"access_token":"second"})");
  introduce();
  CAF_CHECK(asks("since=s1"));
  CAF_CHECK(troubles.empty());
  // But not again and again.
  for (int i = 0; i < 2; ++i) {
    answer(R"({"errcode":"M_UNKNOWN_TOKEN"})", 401);
    if (asks("/account/whoami"))
      introduce();
  }
  CAF_CHECK_EQUAL(troubles.size(), 1U);
}

CAF_TEST(a_fresh_token_that_is_refused_is_not_hammered) {
  start();
  fails(errc::upstream_refused);
  answer(R"({"access_token":"fresh"})");
  CAF_CHECK(asks("/account/whoami"));
  answer(R"({"errcode":"M_UNKNOWN_TOKEN"})", 401);
  CAF_CHECK_EQUAL(troubles.size(), 1U);
}

CAF_TEST(a_password_that_is_wrong_needs_a_person) {
  start();
  fails(errc::upstream_refused);
  answer(R"({"errcode":"M_FORBIDDEN","error":"Invalid password"})", 403);
  CAF_REQUIRE_EQUAL(troubles.size(), 1U);
  CAF_CHECK(needs_a_person(troubles[0].why));
  CAF_CHECK(troubles[0].why.message.find("password") != std::string::npos);
}

CAF_TEST(without_a_password_the_token_is_what_is_wrong) {
  start();
  fails(errc::upstream_refused);
  fails(errc::not_found);
  CAF_REQUIRE_EQUAL(troubles.size(), 1U);
  CAF_CHECK(troubles[0].why.code == errc::upstream_refused);
}

CAF_TEST(seven_quiet_days_are_one_connection) {
  connect();
  const auto end = now + 24h * 7;
  while (now < end) {
    now += 20s;
    synced("s1");
  }
  CAF_CHECK(troubles.empty());
  CAF_CHECK(hung_up.empty());
  CAF_CHECK(proofs.size() > 20'000);
}

CAF_TEST_FIXTURE_SCOPE_END()
