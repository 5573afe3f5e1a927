#define CAF_SUITE local_channel

#include <algorithm>

#include "tests/actor/channels/channel_fixture.hpp"

namespace local_channel_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace closedpaw::channels::test;
using namespace std::chrono_literals;

const principal me{"local", "uid:1000"};

struct local_fixture : channel_fixture {
  local_fixture() {
    args.name = "ui";
    args.base_url.clear();
    args.kind = codec::find_kind("webui").value();
    args.streams = &streams;
    args.feed = [this](std::string_view type, const json& data) {
      fed.emplace_back(type, data);
    };
    channel_access open;
    open.open = true;
    access->publish(open);
  }
  // Before what the actor uses is gone.
  ~local_fixture() override { end(); }

  auto post(const std::string& text, const std::string& delivery = {},
            const std::string& conversation = "main") {
    return ask_now<std::string>(
        *this, sut,
        ask_post_to_channel{ask<post_to_channel>{
            {"ui", conversation, text, delivery}, {me, "r1", {}, {}}}});
  }
  /// Posts, and the model answers.
  void chat(const std::string& question, const std::string& response) {
    const auto sent = post(question);
    CAF_REQUIRE_EQUAL(sent->code(), "ok");
    end_action(parse_uuid(*sent->answer).value(), response);
  }
  json last_asked() const {
    return submitted_actions.back().command.request.parameters;
  }
  strings said() const {
    strings out;
    for (const auto& [type, data] : fed)
      if (type == "message")
        out.push_back(data["from"].get<std::string>() + ": " +
                      data["text"].get<std::string>());
    return out;
  }
  std::size_t turns() {
    std::size_t n = 0;
    for (const auto& [key, row] : registry())
      n += key.starts_with(turns_prefix("ui")) ? 1U : 0U;
    return n;
  }

  stream_hub streams;
  std::vector<std::pair<std::string, json>> fed;
};

}  // namespace local_channel_tests

CAF_TEST_FIXTURE_SCOPE(local_channel_tests, local_fixture)

CAF_TEST(it_is_connected_because_it_can_read) {
  start();
  CAF_CHECK(verdict().state == channel_state::connected);
  CAF_CHECK(fetches.empty());
  const auto check = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_CHECK_EQUAL(check->code(), "ok");
}

CAF_TEST(a_store_that_cannot_be_read_is_its_trouble) {
  bool broken = false;
  args.stored =
      [&, works = args.stored](
          const std::string& prefix) -> result<std::map<std::string, json>> {
    if (broken)
      return failure{errc::storage_failed, "torn", {}, {}};
    return works(prefix);
  };
  start();
  broken = true;
  advance(31s, 500ms);
  CAF_CHECK(verdict().state == channel_state::reconnecting);
  CAF_CHECK(contains(verdict().why, "torn"));
  broken = false;
  advance(5s, 500ms);
  CAF_CHECK(verdict().state == channel_state::connected);
  kill(sut);
}

CAF_TEST(what_is_posted_is_recorded_asked_and_answered) {
  start();
  const auto sent = post("hello");
  CAF_REQUIRE_EQUAL(sent->code(), "ok");
  CAF_REQUIRE_EQUAL(submitted_actions.size(), 1U);
  CAF_CHECK_EQUAL(last_asked()["message"].get<std::string>(), "hello");
  CAF_CHECK(submitted_actions[0].context.peer ==
            (principal{"channel", "ui:uid:1000"}));
  CAF_CHECK(said() == (strings{"user: hello"}));
  end_action(parse_uuid(*sent->answer).value(), "hi there");
  CAF_CHECK(said() == (strings{"user: hello", "assistant: hi there"}));
  CAF_CHECK_EQUAL(fed.back().second["refers_to"].get<std::string>(),
                  *sent->answer);
  CAF_CHECK_EQUAL(turns(), 2U);
  CAF_CHECK_EQUAL(seen().backlog, 0U);
}

CAF_TEST(a_model_is_told_what_was_said_also_by_another_life) {
  start();
  chat("one", "first");
  kill(sut);
  start();
  chat("two", "second");
  const auto messages = last_asked()["messages"];
  CAF_REQUIRE_EQUAL(messages.size(), 3U);
  CAF_CHECK_EQUAL(messages[1]["role"].get<std::string>(), "assistant");
  CAF_CHECK_EQUAL(messages[1]["content"].get<std::string>(), "first");
  post("/new");
  chat("three", "third");
  CAF_CHECK_EQUAL(last_asked()["message"].get<std::string>(), "three");
}

CAF_TEST(conversations_know_nothing_of_each_other) {
  start();
  chat("one", "first");
  post("other", {}, "second");
  CAF_CHECK_EQUAL(last_asked()["message"].get<std::string>(), "other");
}

CAF_TEST(a_delivery_is_taken_once) {
  start();
  const auto first = post("hello", "d1");
  const auto again = post("hello", "d1");
  CAF_REQUIRE_EQUAL(again->code(), "ok");
  CAF_CHECK_EQUAL(*again->answer, *first->answer);
  CAF_CHECK_EQUAL(submitted_actions.size(), 1U);
  kill(sut);
  start();
  CAF_CHECK_EQUAL(*post("hello", "d1")->answer, *first->answer);
  CAF_CHECK_EQUAL(submitted_actions.size(), 1U);
}

CAF_TEST(what_cannot_be_recorded_is_refused_and_not_taken_later) {
  start();
  refuse_submit = failure{errc::audit_refused, "disk", {}, {}};
  CAF_CHECK_EQUAL(post("hello", "d1")->code(), "audit_refused");
  refuse_submit.reset();
  advance(5s, 500ms);
  CAF_CHECK(submitted_actions.empty());
  CAF_CHECK(said().empty());
  CAF_CHECK_EQUAL(post("hello", "d1")->code(), "ok");
  CAF_CHECK_EQUAL(submitted_actions.size(), 1U);
}

CAF_TEST(what_was_not_heard_is_looked_up) {
  start();
  refuse_submit = failure{errc::outcome_unknown, "the log died", {}, {}};
  const auto sent = post("hello");
  CAF_CHECK_EQUAL(reader.looked_up.size(), 1U);
  CAF_CHECK_EQUAL(sent->code(), "outcome_unknown");
  CAF_CHECK(contains(sent->message(), "not recorded so far: the log died"));
  // It may be recorded yet, and so is tried on, under the same id.
  CAF_CHECK_EQUAL(post("hello", "d2")->code(), "none");
  refuse_submit.reset();
  advance(2s, 500ms);
  CAF_REQUIRE_EQUAL(submitted_actions.size(), 2U);
  CAF_CHECK(submitted_actions[0].command.id == reader.looked_up[0]);
}

CAF_TEST(while_it_is_recorded_it_is_not_taken_again) {
  start();
  logger.hold = true;
  const auto first = post("/help", "d1");
  CAF_CHECK_EQUAL(post("/help", "d1")->code(), "overloaded");
  logger.commit_next(*this);
  settle();
  logger.hold = false;
  CAF_REQUIRE_EQUAL(first->code(), "ok");
  CAF_CHECK_EQUAL(*post("/help", "d1")->answer, *first->answer);
}

CAF_TEST(what_was_refused_may_be_sent_again) {
  channel_access some;
  some.users["uid:7"] = {};
  access->publish(some);
  start();
  CAF_CHECK_EQUAL(post("hello", "d1")->code(), "forbidden");
  bind("uid:1000");
  CAF_CHECK_EQUAL(post("hello", "d1")->code(), "ok");
}

CAF_TEST(commands_are_answered_and_no_model_is_told) {
  start();
  const auto sent = post("/help");
  CAF_REQUIRE_EQUAL(sent->code(), "ok");
  const auto told = said();
  CAF_REQUIRE_EQUAL(told.size(), 2U);
  CAF_CHECK_EQUAL(told[0], "user: /help");
  CAF_CHECK(contains(told[1], "system: "));
  CAF_CHECK(contains(told[1], "/approve"));
  chat("one", "first");
  CAF_CHECK_EQUAL(last_asked()["message"].get<std::string>(), "one");
}

CAF_TEST(a_failure_is_told_as_one) {
  start();
  const auto sent = post("hello");
  action row;
  row.status = action_status::failed;
  row.error = "the model is away";
  end_action(parse_uuid(*sent->answer).value(), row);
  CAF_CHECK(said().back() == "system: That failed: the model is away");
  CAF_CHECK(fed.back().second["failed"].get<bool>());
}

CAF_TEST(an_allowlist_keeps_others_out) {
  channel_access some;
  some.users["uid:7"] = {};
  access->publish(some);
  start();
  const auto sent = post("hello");
  CAF_CHECK_EQUAL(sent->code(), "forbidden");
  CAF_CHECK(submitted_actions.empty());
  CAF_CHECK_EQUAL(pairings, 0U);
  CAF_CHECK(logger.last_events() == (strings{"refused/failure"}));
  bind("uid:1000");
  CAF_CHECK_EQUAL(post("hello")->code(), "ok");
}

CAF_TEST(a_refusal_that_may_not_be_recorded_stays_one) {
  channel_access some;
  some.users["uid:7"] = {};
  access->publish(some);
  start();
  logger.refuse = failure{errc::outcome_unknown, "the log died", {}, {}};
  CAF_CHECK_EQUAL(post("hello")->code(), "outcome_unknown");
  logger.refuse.reset();
  advance(2s, 500ms);
  CAF_CHECK_EQUAL(pairings, 0U);
  CAF_CHECK(said().empty());
  CAF_CHECK_EQUAL(seen().backlog, 0U);
}

CAF_TEST(too_many_are_told_so) {
  args.limits.user_per_minute = 3;
  start();
  strings codes;
  for (int i = 0; i < 5; ++i)
    codes.push_back(post("hello")->code());
  CAF_CHECK(std::ranges::count(codes, "ok") == 3);
  CAF_CHECK_EQUAL(codes.back(), "too_many_requests");
}

CAF_TEST(whoever_follows_reads_while_the_model_writes) {
  start();
  const auto sent = post("hello");
  const auto& id = submitted_actions[0].command.stream_id;
  const auto follower = streams.find(id);
  CAF_REQUIRE(follower);
  const int writer = 0;
  const int another = 0;
  CAF_CHECK(follower->claim(&writer));
  CAF_CHECK(follower->push(&writer, "hi "));
  CAF_CHECK(!follower->claim(&another));
  CAF_CHECK(!follower->push(&another, "no"));
  CAF_CHECK_EQUAL(fed.back().first, "delta");
  CAF_CHECK_EQUAL(fed.back().second["text"].get<std::string>(), "hi ");
  CAF_CHECK_EQUAL(fed.back().second["refers_to"].get<std::string>(),
                  *sent->answer);
  end_action(parse_uuid(*sent->answer).value(), "hi there");
  CAF_CHECK(!streams.find(id));
}

CAF_TEST(who_posts_is_answered_whatever_happens) {
  start();
  logger.hold = true;
  const auto sent = post("/help");
  CAF_CHECK_EQUAL(sent->code(), "none");
  kill(sut);
  CAF_CHECK_EQUAL(sent->code(), "outcome_unknown");
}

CAF_TEST(unasked_messages_answer_nothing) {
  start();
  ask_now<std::string>(
      *this, sut,
      ask_send_to_channel{ask<send_to_channel>{{"ui", "main", "hi"}, {}}});
  CAF_REQUIRE(!fed.empty());
  CAF_CHECK_EQUAL(said().back(), "system: hi");
  CAF_CHECK(fed.back().second["refers_to"].is_null());
}

CAF_TEST_FIXTURE_SCOPE_END()
