#define CAF_SUITE channel

#include <algorithm>

#include "tests/actor/channels/channel_fixture.hpp"

namespace channel_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace closedpaw::channels::test;
using namespace std::chrono_literals;

}  // namespace channel_tests

CAF_TEST_FIXTURE_SCOPE(channel_tests, channel_fixture)

CAF_TEST(the_token_is_in_the_path_and_nowhere_else) {
  start();
  CAF_CHECK_EQUAL(open("getMe")->request.url, "http://h:1/botT0KEN/getMe");
  CAF_CHECK(verdict().state == channel_state::never_connected);
  fails("getMe", errc::unreachable);
  CAF_REQUIRE(seen().receiving);
  CAF_CHECK_EQUAL(seen().receiving->why.message, "the reason, and [redacted]");
}

CAF_TEST(without_a_token_it_says_what_to_do) {
  token.reset();
  start();
  CAF_CHECK(fetches.empty());
  CAF_CHECK(verdict().state == channel_state::failed);
  CAF_CHECK(contains(verdict().why, "closedpaw vault set channels/tg/token"));
}

CAF_TEST(a_poll_that_returns_is_the_proof_of_life) {
  start();
  auto check = ask_now<std::string>(*this, sut, check_atom::value);
  answer("getMe", R"({"ok":true,"result":{"username":"our_bot"}})");
  CAF_CHECK_EQUAL(check->code(), "none");
  answer("getUpdates", R"({"ok":true,"result":[]})");
  CAF_CHECK_EQUAL(check->code(), "ok");
  CAF_CHECK(verdict().state == channel_state::connected);
  CAF_CHECK(announced == (strings{"up"}));
}

CAF_TEST(a_check_fails_with_the_exchange) {
  start();
  auto check = ask_now<std::string>(*this, sut, check_atom::value);
  fails("getMe", errc::unreachable);
  CAF_CHECK_EQUAL(check->code(), "unreachable");
}

CAF_TEST(a_service_that_is_away_is_found_again) {
  connect();
  for (int i = 0; i < 6; ++i) {
    fails("getUpdates", errc::unreachable);
    CAF_CHECK(verdict().state == channel_state::reconnecting);
    advance(4s);
  }
  CAF_CHECK_EQUAL(seen().receiving->times, 6U);
  answer("getUpdates", R"({"ok":true,"result":[]})");
  CAF_CHECK(verdict().state == channel_state::connected);
  CAF_CHECK_EQUAL(seen().reconnects, 1U);
  CAF_CHECK(announced == (strings{"up", "down", "up"}));
}

CAF_TEST(a_poll_that_nobody_answers_is_noticed) {
  connect();
  const auto hanging = open("getUpdates");
  advance(60s, 500ms);
  CAF_CHECK(hanging->cancelled);
  CAF_CHECK(verdict().state == channel_state::reconnecting);
  CAF_CHECK(is_open("getUpdates"));
}

CAF_TEST(after_a_sleep_it_connects_at_once) {
  connect();
  const auto old = open("getUpdates");
  slept = 1h;
  advance(500ms);
  CAF_CHECK(old->cancelled);
  CAF_CHECK(is_open("getUpdates"));
  CAF_CHECK(verdict().state == channel_state::connected);
  CAF_CHECK_EQUAL(own_place.where->incarnation(), 1U);
}

CAF_TEST(a_chat_becomes_an_action_and_is_answered) {
  bind("42");
  connect();
  receive("hello");
  CAF_REQUIRE_EQUAL(submitted_actions.size(), 1U);
  const auto& asked = submitted_actions[0];
  CAF_CHECK(asked.command.request.type == action_type::chat);
  CAF_CHECK_EQUAL(
      asked.command.request.parameters["message"].get<std::string>(), "hello");
  CAF_CHECK(asked.context.peer == (principal{"channel", "tg:42"}));
  CAF_REQUIRE(asked.command.id);
  // Recorded with it: that it came, how far we are, and what is owed.
  CAF_CHECK(registry().at(cursor_key("tg")) == json("101@our_bot"));
  CAF_CHECK(registry().contains(seen_prefix("tg") + "100"));
  CAF_CHECK(registry().contains(outbox_key("tg", *asked.command.id)));
  // Then the service is told that it arrived.
  CAF_CHECK_EQUAL(
      json::parse(open("getUpdates")->request.body)["offset"].get<int>(), 101);
  CAF_CHECK_EQUAL(seen().backlog, 1U);
  end_action(*asked.command.id, "hi Ann.");
  CAF_CHECK_EQUAL(take_sent(), "hi Ann\\.");
  CAF_CHECK_EQUAL(seen().backlog, 0U);
  CAF_CHECK_EQUAL(seen().messages_in, 1U);
  CAF_CHECK_EQUAL(seen().messages_out, 1U);
  CAF_CHECK(!registry().contains(outbox_key("tg", *asked.command.id)));
  CAF_CHECK(logger.last_events() == (strings{"replied/success"}));
}

CAF_TEST(what_the_service_delivers_again_is_known) {
  bind("42");
  connect();
  receive("hello");
  --updates;
  receive("hello");
  CAF_CHECK_EQUAL(submitted_actions.size(), 1U);
  CAF_CHECK_EQUAL(seen().duplicates, 1U);
  CAF_CHECK_EQUAL(logger.last().events.at(0).status, "delivered_again");
  // Once a minute is enough.
  const auto so_far = logger.units.size();
  advance(std::chrono::seconds{1});
  --updates;
  receive("hello");
  CAF_CHECK_EQUAL(seen().duplicates, 2U);
  CAF_CHECK_EQUAL(logger.units.size(), so_far);
}

CAF_TEST(a_failed_action_is_told) {
  bind("42");
  connect();
  receive("hello");
  action row;
  row.status = action_status::failed;
  row.error = "no model";
  end_action(awaited.begin()->first, row);
  CAF_CHECK_EQUAL(take_sent(), "That failed: no model");
}

CAF_TEST(what_cannot_be_recorded_is_not_acknowledged) {
  bind("42");
  connect();
  refuse_submit = failure{errc::audit_refused, "the disk is full", {}, {}};
  receive("hello");
  CAF_CHECK(!is_open("getUpdates"));
  CAF_CHECK(verdict().state == channel_state::degraded);
  CAF_CHECK_EQUAL(verdict().why, "the disk is full");
  refuse_submit.reset();
  advance(1s);
  CAF_CHECK_EQUAL(submitted_actions.size(), 1U);
  CAF_CHECK(is_open("getUpdates"));
  CAF_CHECK(verdict().state == channel_state::connected);
}

CAF_TEST(a_message_outlasts_any_outage_of_the_log) {
  bind("42");
  connect();
  refuse_submit = failure{errc::audit_refused, "the disk is full", {}, {}};
  receive("hello");
  // Far more tries than messages that one may send.
  advance(300s, 500ms);
  CAF_CHECK(!is_open("getUpdates"));
  refuse_submit.reset();
  advance(1s);
  CAF_CHECK_EQUAL(submitted_actions.size(), 1U);
}

CAF_TEST(a_decision_whose_answer_was_lost_is_looked_up) {
  bind("42", true);
  connect();
  action row;
  row.id = make_uuid(test_now());
  row.decided_by = principal{"channel", "tg:42"};
  reader.rows[row.id] = row;
  refuse_decision = failure{errc::not_found, "not pending", {}, {}};
  receive("/approve " + to_string(row.id));
  CAF_CHECK(contains(take_sent(), "Approved"));
  row.decided_by = principal{"local", "uid:1"};
  reader.rows[row.id] = row;
  receive("/approve " + to_string(row.id));
  CAF_CHECK(contains(take_sent(), "That was not done"));
}

CAF_TEST(whether_it_was_recorded_is_looked_up) {
  bind("42");
  connect();
  refuse_submit = failure{errc::outcome_unknown, "the log died", {}, {}};
  receive("hello");
  CAF_REQUIRE_EQUAL(reader.looked_up.size(), 1U);
  const auto id = reader.looked_up[0];
  // It was not: the next try has the same id.
  reader.rows[id] = action{};
  advance(1s);
  CAF_CHECK(reader.looked_up == (std::vector<uuid>{id, id}));
  // Now it was.
  CAF_CHECK(is_open("getUpdates"));
  CAF_CHECK(awaited.contains(id));
}

CAF_TEST(an_orchestrator_that_was_replaced_is_asked_again) {
  bind("42");
  connect();
  receive("hello");
  const auto id = *submitted_actions[0].command.id;
  // Who hung never answers.
  auto never = std::move(awaited);
  awaited.clear();
  replace_orchestrator();
  advance(1s);
  CAF_CHECK(awaited.contains(id));
  end_action(id, "hi");
  CAF_CHECK_EQUAL(take_sent(), "hi");
}

CAF_TEST(strangers_are_shown_a_code) {
  connect();
  receive("hello", "7");
  CAF_CHECK(submitted_actions.empty());
  CAF_CHECK_EQUAL(pairings, 1U);
  CAF_CHECK(contains(take_sent(), "ABCD1234"));
  bind("7");
  receive("hello", "7");
  CAF_CHECK_EQUAL(submitted_actions.size(), 1U);
}

CAF_TEST(strangers_in_a_group_get_no_answer) {
  connect();
  receive("hello", "7", false);
  CAF_CHECK(submitted_actions.empty());
  CAF_CHECK_EQUAL(pairings, 0U);
  CAF_CHECK(!is_open("sendMessage"));
  CAF_CHECK(logger.last_events() == (strings{"refused/failure"}));
  CAF_CHECK(logger.last().events[0].user == (principal{"channel", "tg:7"}));
}

CAF_TEST(a_flood_of_strangers_is_recorded_at_a_bounded_rate) {
  connect();
  for (int i = 0; i < 50; ++i)
    receive("hello", "7", false);
  const auto recorded_then = logger.units.size();
  CAF_CHECK_EQUAL(recorded_then, std::size_t{args.limits.refusals_per_minute});
  CAF_CHECK(is_open("getUpdates"));
  advance(60s, 500ms);
  // The poll was given up meanwhile.
  receive("hello", "7", false);
  CAF_CHECK_EQUAL(logger.units.size(), recorded_then + 1);
  CAF_CHECK_EQUAL(
      logger.last().events[0].details.value()["more_refused"].get<int>(), 44);
}

CAF_TEST(decisions_need_leave_and_a_private_conversation) {
  const auto id = to_string(make_uuid(test_now()));
  bind("42");
  connect();
  receive("/approve " + id);
  CAF_CHECK(decisions.empty());
  CAF_CHECK(contains(take_sent(), "You may not decide"));
  bind("42", true);
  receive("/approve " + id, "42", false);
  CAF_CHECK(decisions.empty());
  take_sent();
  receive("/approve " + id);
  CAF_REQUIRE_EQUAL(decisions.size(), 1U);
  CAF_CHECK(decisions[0].command.approved);
  CAF_CHECK(decisions[0].context.peer == (principal{"channel", "tg:42"}));
  CAF_CHECK(contains(take_sent(), "Approved"));
  refuse_decision = failure{errc::forbidden, "critical", {}, {}};
  receive("/reject " + id);
  CAF_CHECK(contains(take_sent(), "That was not done: critical"));
}

CAF_TEST(help_and_status) {
  bind("42", true);
  connect();
  receive("/help");
  CAF_CHECK(contains(take_sent(), "/approve"));
  auto waiting = std::make_shared<action>();
  waiting->id = make_uuid(test_now());
  orchestrator_view v;
  v.pending = {waiting};
  live.orchestrator.publish(v);
  live.health.publish({{"provider x fails"}});
  receive("/status");
  const auto told = take_sent();
  CAF_CHECK(contains(told, "provider x fails"));
  CAF_CHECK(contains(told, "approval: 1"));
  // Telegram's dashes are escaped.
  CAF_CHECK(contains(told, to_string(waiting->id).substr(0, 8)));
}

CAF_TEST(unasked_messages_are_said_once_recorded) {
  connect();
  logger.hold = true;
  auto sent = ask_now<std::string>(
      *this, sut,
      ask_send_to_channel{ask<send_to_channel>{{"tg", "42", "hi"}, {}}});
  CAF_CHECK_EQUAL(sent->code(), "none");
  CAF_CHECK(!is_open("sendMessage"));
  logger.commit_next(*this);
  settle();
  CAF_CHECK_EQUAL(sent->code(), "ok");
  logger.hold = false;
  CAF_CHECK_EQUAL(take_sent(), "hi");
}

CAF_TEST(what_waits_for_a_service_is_bounded) {
  connect();
  // Nothing of it is taken.
  strings codes;
  for (int i = 0; i < 1001; ++i)
    codes.push_back(
        ask_now<std::string>(
            *this, sut,
            ask_send_to_channel{ask<send_to_channel>{{"tg", "42", "hi"}, {}}})
            ->code());
  CAF_CHECK_EQUAL(std::ranges::count(codes, "ok"), 1000);
  CAF_CHECK_EQUAL(codes.back(), "overloaded");
}

CAF_TEST(who_sends_is_answered_whatever_happens) {
  connect();
  logger.hold = true;
  auto sent = ask_now<std::string>(
      *this, sut,
      ask_send_to_channel{ask<send_to_channel>{{"tg", "42", "hi"}, {}}});
  kill(sut);
  CAF_CHECK_EQUAL(sent->code(), "outcome_unknown");
}

CAF_TEST(an_answer_that_is_never_taken_is_given_up_and_recorded) {
  bind("42");
  connect();
  receive("/help");
  answer("sendMessage",
         R"({"ok":false,"error_code":403,"description":"blocked"})", 403);
  CAF_CHECK(logger.last_events() == (strings{"reply_failed/failure"}));
  CAF_CHECK_EQUAL(seen().backlog, 0U);
}

CAF_TEST(a_model_is_told_what_was_said_before) {
  bind("42");
  connect();
  receive("one");
  end_action(submitted_actions.back().command.id.value(), "first");
  take_sent();
  receive("/help");
  take_sent();
  receive("two");
  const auto asked = submitted_actions.back().command.request.parameters;
  CAF_REQUIRE_EQUAL(asked["messages"].size(), 3U);
  CAF_CHECK_EQUAL(asked["messages"][1]["content"].get<std::string>(), "first");
  CAF_CHECK(submitted_actions.back().command.stream_id.empty());
  // Not what the service keeps anyway.
  std::size_t turns = 0;
  for (const auto& [key, row] : registry())
    turns += key.starts_with(turns_prefix("tg")) ? 1U : 0U;
  CAF_CHECK_EQUAL(turns, 3U);
}

CAF_TEST(until_it_is_to_be_forgotten) {
  bind("42");
  connect();
  receive("one");
  end_action(submitted_actions.back().command.id.value(), "first");
  take_sent();
  receive("/new");
  CAF_CHECK(contains(take_sent(), "forgotten"));
  receive("two");
  CAF_CHECK_EQUAL(submitted_actions.back()
                      .command.request.parameters["message"]
                      .get<std::string>(),
                  "two");
}

CAF_TEST_FIXTURE_SCOPE_END()
