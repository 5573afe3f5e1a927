#define CAF_SUITE telegram_wire

#include "actors/channels/codec/telegram_wire.hpp"

#include "messages/model/json.hpp"
#include "tests/unit_test.hpp"

namespace telegram_wire_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace closedpaw::channels::codec::telegram;

http_reply reply(std::string body, unsigned status = 200) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

http_reply updates(const std::string& list) {
  return reply(R"({"ok":true,"result":[)" + list + "]}");
}

json body_of(const http_request& x) {
  return json::parse(x.body);
}

template <class T>
errc code_of(const result<T>& x) {
  return x ? errc::internal : x.error().code;
}

constexpr auto hello =
    R"({"update_id":7,"message":{"message_id":3,"date":1,"text":"hi",
      "from":{"id":42,"is_bot":false,"first_name":"Ann","username":"ann"},
      "chat":{"id":42,"type":"private"}}})";

CAF_TEST(requests) {
  const auto poll = get_updates(8, 30);
  CAF_CHECK_EQUAL(poll.method, "POST");
  CAF_CHECK_EQUAL(poll.path, "/getUpdates");
  CAF_CHECK_EQUAL(
      dump(body_of(poll)),
      R"({"offset":8,"timeout":30,"limit":100,"allowed_updates":["message"]})");
  const auto sent =
      body_of(send_message({"id", "-100/5", "3", {}}, "1 < 2.", true));
  CAF_CHECK_EQUAL(sent["chat_id"].get<std::int64_t>(), -100);
  CAF_CHECK_EQUAL(sent["message_thread_id"].get<int>(), 5);
  CAF_CHECK_EQUAL(sent["text"].get<std::string>(), "1 < 2\\.");
  CAF_CHECK_EQUAL(sent["parse_mode"].get<std::string>(), "MarkdownV2");
  CAF_CHECK_EQUAL(sent["reply_parameters"]["message_id"].get<int>(), 3);
  const auto plain =
      body_of(send_message({"id", "42", {}, {}}, "1 < 2.", false));
  CAF_CHECK_EQUAL(plain["text"].get<std::string>(), "1 < 2.");
  CAF_CHECK(!plain.contains("parse_mode"));
  CAF_CHECK(!plain.contains("reply_parameters"));
}

CAF_TEST(messages_are_read) {
  const auto x = parse_updates(updates(hello));
  CAF_REQUIRE(x.has_value());
  CAF_REQUIRE_EQUAL(x->size(), 1U);
  CAF_CHECK_EQUAL(x->front().id, 7);
  CAF_REQUIRE(x->front().message);
  CAF_CHECK(*x->front().message ==
            (incoming{"7", "42", "ann", "42", true, "3", "hi"}));
}

CAF_TEST(groups_topics_and_pictures) {
  const auto x = parse_updates(
      updates(R"({"update_id":9,"message":{"message_id":4,"caption":"look",
        "is_topic_message":true,"message_thread_id":5,
        "from":{"id":1,"first_name":"Bo"},
        "chat":{"id":-100,"type":"supergroup"}}},
      {"update_id":8,"message":{"message_id":5,"sticker":{},
        "from":{"id":1},"chat":{"id":1,"type":"private"}}})"));
  CAF_REQUIRE(x.has_value());
  CAF_REQUIRE_EQUAL(x->size(), 2U);
  // In the order of their ids, whatever the order they came in.
  CAF_CHECK_EQUAL((*x)[0].message->text, "");
  CAF_CHECK_EQUAL((*x)[1].message->text, "look");
  CAF_CHECK_EQUAL((*x)[1].message->conversation, "-100/5");
  CAF_CHECK(!(*x)[1].message->is_private);
  CAF_CHECK_EQUAL((*x)[1].message->sender_name, "Bo");
}

CAF_TEST(what_is_no_persons_message_only_counts) {
  const auto x =
      parse_updates(updates(R"({"update_id":1},{"update_id":2,"message":7},
      {"update_id":3,"message":{"message_id":1,"chat":{"id":1}}},
      {"update_id":4,"message":{"message_id":1,"text":"x",
        "from":{"id":1,"is_bot":true},"chat":{"id":1}}})"));
  CAF_REQUIRE(x.has_value());
  CAF_REQUIRE_EQUAL(x->size(), 4U);
  for (const auto& u : *x)
    CAF_CHECK(!u.message);
}

CAF_TEST(refusals_keep_their_meaning) {
  const auto told = [](int code, const char* more = "") {
    return parse_updates(reply(R"({"ok":false,"error_code":)" +
                                   std::to_string(code) +
                                   R"(,"description":"why")" + more + "}",
                               static_cast<unsigned>(code)));
  };
  CAF_CHECK(code_of(told(401)) == errc::upstream_refused);
  CAF_CHECK(code_of(told(404)) == errc::upstream_refused);
  CAF_CHECK(code_of(told(403)) == errc::forbidden);
  CAF_CHECK(code_of(told(409)) == errc::conflict);
  CAF_CHECK(code_of(told(400)) == errc::bad_request);
  CAF_CHECK(code_of(told(502)) == errc::upstream_failed);
  const auto slow = told(429, R"(,"parameters":{"retry_after":17})");
  CAF_CHECK(code_of(slow) == errc::too_many_requests);
  CAF_CHECK(slow.error().retry_after == std::chrono::seconds{17});
  CAF_CHECK(
      told(429, R"(,"parameters":{"retry_after":-3})").error().retry_after ==
      std::chrono::seconds{0});
  CAF_CHECK(told(401).error().message.find("why") != std::string::npos);
}

CAF_TEST(what_is_not_the_protocol) {
  for (const auto* body :
       {"", "<html>", "[]", "{}", R"({"ok":1})", R"({"ok":true})",
        R"({"ok":true,"result":{}})", R"({"ok":true,"result":[{}]})"})
    CAF_CHECK(code_of(parse_updates(reply(body))) == errc::upstream_malformed);
  CAF_CHECK(code_of(parse_updates(reply("gone", 502))) ==
            errc::upstream_failed);
  CAF_CHECK(code_of(parse_me(reply(R"({"ok":true,"result":{}})"))) ==
            errc::upstream_malformed);
  CAF_CHECK(code_of(parse_sent(reply(R"({"ok":true,"result":{}})"))) ==
            errc::upstream_malformed);
}

CAF_TEST(commands_are_for_the_bot_they_name) {
  CAF_CHECK(command_for("our_bot", "hi @other") == "hi @other");
  CAF_CHECK(command_for("our_bot", "/status") == "/status");
  CAF_CHECK(command_for("our_bot", "/status@Our_Bot now") == "/status now");
  CAF_CHECK(!command_for("our_bot", "/status@other_bot"));
}

}  // namespace telegram_wire_tests
