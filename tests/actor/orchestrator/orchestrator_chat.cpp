#define CAF_SUITE orchestrator_chat

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_chat_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;

struct sut_fixture : running_orchestrator {
  sut_fixture() { ollama.hold = true; }

  static chat_reply reply(const std::string& text = "hello") {
    return {"m1", text, 3, 5, 12, "stop"};
  }
  static failure nobody_there() {
    return {errc::unreachable, "nobody is there", {}, {}};
  }
  /// "cloud" runs and answers when the default provider cannot.
  void stand_in() {
    cloud.hold = true;
    life_of(cloud_place, cloud.spawn(*this));
    settings.chat.fallbacks = {"nobody/x", "cloud/c1"};
    caf::anon_send(sut, apply_atom::value);
    settle();
  }
  std::string end_of(const action& row) {
    return std::string{to_string(row.status)} + ' ' +
           row.error_code.value_or("-");
  }
};

}  // namespace orchestrator_chat_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_chat_tests, sut_fixture)

CAF_TEST(a_chat_is_recorded_before_it_is_sent_and_again_at_its_end) {
  auto asked = chat("hi there");
  CAF_CHECK(!asked->answered());
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
  CAF_CHECK_EQUAL(logger.last().row->status, action_status::executing);
  CAF_REQUIRE_EQUAL(ollama.chats.size(), 1U);
  CAF_CHECK_EQUAL(ollama.chats[0].model, "m1");
  CAF_CHECK_EQUAL(ollama.chats[0].messages.at(0).content, "hi there");
  CAF_CHECK_EQUAL(ollama.chats[0].request_id, "req-1");
  ollama.answer_next(*this, reply());
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(asked->answers, 1U);
  const auto& row = **asked->answer;
  CAF_CHECK_EQUAL(end_of(row), "completed -");
  CAF_CHECK_EQUAL(row.result.value().at("response").get<std::string>(),
                  "hello");
  CAF_CHECK_EQUAL(logger.units.size(), 2U);
  CAF_CHECK_EQUAL(logger.last().row->version, 2U);
  // The end must be recordable on a full disk.
  CAF_CHECK(logger.last().may_use_reserve);
}

CAF_TEST(nothing_is_sent_that_is_not_recorded) {
  logger.hold = true;
  auto asked = chat();
  CAF_CHECK(ollama.chats.empty());
  logger.refuse_next(*this, {errc::storage_failed, "the disk is gone", {}, {}});
  CAF_CHECK_EQUAL(asked->code(), "audit_refused");
  CAF_CHECK(ollama.chats.empty());
}

CAF_TEST(the_model_may_be_named) {
  chat("hi", "m2");
  CAF_CHECK_EQUAL(ollama.chats.at(0).model, "m2");
}

CAF_TEST(an_error_of_the_provider_ends_the_action_with_it) {
  auto asked = chat();
  ollama.answer_next(*this,
                     failure{errc::upstream_failed, "it said 500", {}, {}});
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed upstream_failed");
  CAF_CHECK_EQUAL((*asked->answer)->error.value_or(""), "it said 500");
  CAF_CHECK_EQUAL(logger.last_events(),
                  (strings{"attempt_failed/failure", "failed/failure"}));
  CAF_CHECK_EQUAL(view()->executing, 0U);
}

CAF_TEST(a_provider_that_dies_meanwhile_ends_the_action) {
  auto asked = chat();
  kill(ollama.handle);
  CAF_CHECK(!asked->answered());
  // Its supervisor starts the next life; the sweep sees that.
  ollama_place.begin();
  advance(milliseconds{250});
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed outcome_unknown");
  CAF_CHECK(contains((*asked->answer)->error.value_or(""),
                     "provider ollama was replaced"));
}

CAF_TEST(a_provider_that_is_gone_before_it_looked_is_unavailable) {
  ollama_place.slot->set(ollama.handle);
  kill(ollama.handle);
  auto asked = chat();
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed unavailable");
}

CAF_TEST(an_abandoned_provider_does_not_keep_the_action) {
  auto asked = chat();
  // Fenced while it hangs: its request will never be answered.
  ollama_place.where->fence();
  ollama_place.slot->clear();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed outcome_unknown");
  // Should it answer after all, that is too late.
  const auto units = logger.units.size();
  ollama.answer_next(*this, reply());
  CAF_CHECK_EQUAL(logger.units.size(), units);
  CAF_CHECK_EQUAL(asked->answers, 1U);
}

CAF_TEST(a_provider_that_is_not_running_fails_the_action) {
  ollama_place.slot->clear();
  auto asked = chat();
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed unavailable");
  CAF_CHECK(contains((*asked->answer)->error.value_or(""),
                     "provider ollama is not running"));
}

CAF_TEST(an_unknown_provider_fails_at_once) {
  submit(action_type::chat, {{"message", "hi"}, {"provider", "nobody"}});
  CAF_CHECK_EQUAL(end_of(*logger.last().row), "failed not_found");
  CAF_CHECK_EQUAL(logger.last_events(), (strings{"pending", "failed/failure"}));
}

CAF_TEST(the_deadline_ends_the_action_and_the_late_answer_is_dropped) {
  auto asked = chat();
  advance(settings.orchestrator.chat_deadline - milliseconds{250},
          milliseconds{250});
  CAF_CHECK(!asked->answered());
  advance(milliseconds{500});
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed timeout");
  CAF_CHECK(contains((*asked->answer)->error.value_or(""), "120000 ms"));
  const auto units = logger.units.size();
  ollama.answer_next(*this, reply());
  CAF_CHECK_EQUAL(logger.units.size(), units);
  CAF_CHECK_EQUAL(asked->answers, 1U);
}

CAF_TEST(cancelling_a_running_chat_answers_both_once_it_is_recorded) {
  auto asked = chat();
  const auto id = logger.last().row->id;
  logger.hold = true;
  auto cancelled = cancel(id);
  // Nothing is acknowledged that a crash could take back.
  CAF_CHECK(!cancelled->answered());
  CAF_CHECK(!asked->answered());
  auto again = cancel(id);
  CAF_CHECK_EQUAL(again->code(), "conflict");
  logger.commit_next(*this);
  CAF_REQUIRE_EQUAL(cancelled->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**cancelled->answer), "failed cancelled");
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed cancelled");
  CAF_CHECK_EQUAL(view()->executing, 0U);
  const auto units = logger.units.size();
  ollama.answer_next(*this, reply());
  CAF_CHECK_EQUAL(logger.units.size(), units);
}

CAF_TEST(a_cancellation_that_could_not_be_recorded_is_not_confirmed) {
  chat();
  const auto id = logger.last().row->id;
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  CAF_CHECK_EQUAL(cancel(id)->code(), "outcome_unknown");
  // It is ending all the same, and recorded when that works again.
  CAF_CHECK_EQUAL(view()->executing, 1U);
  logger.refuse.reset();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(view()->executing, 0U);
  CAF_CHECK_EQUAL(end_of(*logger.last().row), "failed cancelled");
}

CAF_TEST(an_end_that_was_refused_is_sent_again_until_it_is_recorded) {
  auto asked = chat();
  logger.refuse = failure{errc::storage_full, "full", {}, {}};
  ollama.answer_next(*this, reply());
  // It will be recorded yet: nobody is told that it was refused.
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
  CAF_CHECK(contains(asked->message(), "full"));
  CAF_CHECK_EQUAL(asked->error->extra.at("outcome").get<std::string>(),
                  "unknown");
  CAF_CHECK(asked->error->extra.contains("action_id"));
  const auto first = *logger.last().row;
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(logger.units.size(), 4U);
  logger.refuse.reset();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(logger.units.size(), 5U);
  // The very same, since units are told apart by their content.
  CAF_CHECK_EQUAL(row_bytes(*logger.last().row), row_bytes(first));
  CAF_CHECK_EQUAL(view()->executing, 0U);
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(logger.units.size(), 5U);
  CAF_CHECK_EQUAL(asked->answers, 1U);
}

CAF_TEST(switching_to_a_listed_model) {
  auto asked = switch_to("m2");
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "completed -");
  CAF_CHECK_EQUAL(model_of("ollama"), "m2");
  CAF_CHECK_EQUAL(model_of("cloud"), "m1");
  // Again: nothing changes, and it is recorded all the same.
  CAF_CHECK_EQUAL(switch_to("m2")->code(), "ok");
  CAF_CHECK(logger.last().registry.empty());
}

CAF_TEST(switching_to_a_model_that_is_not_listed) {
  auto asked = switch_to("m9");
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed not_found");
  CAF_CHECK_EQUAL(model_of("ollama"), "m1");
}

CAF_TEST(switching_while_the_provider_has_never_listed_its_models) {
  submit(action_type::model_switch, {{"model", "m1"}, {"provider", "cloud"}});
  CAF_CHECK_EQUAL(end_of(*logger.last().row), "failed unreachable");
  CAF_CHECK(contains(logger.last().row->error.value_or(""),
                     "has never listed its models"));
}

CAF_TEST(a_default_provider_that_cannot_serve_is_stood_in_for) {
  stand_in();
  auto asked = chat();
  ollama.answer_next(*this, nobody_there());
  CAF_REQUIRE_EQUAL(cloud.chats.size(), 1U);
  CAF_CHECK_EQUAL(cloud.chats[0].model, "c1");
  CAF_CHECK(cloud.chats[0].action_id == ollama.chats[0].action_id);
  auto r = reply();
  r.provider = "cloud";
  cloud.answer_next(*this, r);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  const auto result = (**asked->answer).result.value();
  CAF_CHECK_EQUAL(result["provider"], "cloud");
  CAF_CHECK_EQUAL(result["attempts"], 2);
  CAF_CHECK_EQUAL(logger.last_events(),
                  (strings{"attempt_failed/failure", "completed/success"}));
  const auto tried = logger.last().events.at(0).details.value();
  CAF_CHECK_EQUAL(tried["provider"], "ollama");
  CAF_CHECK_EQUAL(tried["code"], "unreachable");
}

CAF_TEST(who_has_no_words_for_a_wish_is_not_asked_and_not_blamed) {
  const failure no_words{
      errc::bad_request, "have no tool_choice", {}, {{"unsuited", true}}};
  stand_in();
  auto asked = chat();
  ollama.answer_next(*this, no_words);
  cloud.answer_next(*this, reply("with words"));
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL((*asked->answer)->result.value()["attempts"], 1);
  CAF_CHECK_EQUAL(logger.last_events(), (strings{"completed/success"}));
  // What the client is told is why the other one failed.
  auto again = chat();
  ollama.answer_next(*this, nobody_there());
  cloud.answer_next(*this, no_words);
  CAF_REQUIRE_EQUAL(again->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**again->answer), "failed unreachable");
  auto alone = chat("hi", "ollama/m2");
  ollama.answer_next(*this, no_words);
  CAF_REQUIRE_EQUAL(alone->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**alone->answer), "failed bad_request");
}

CAF_TEST(a_default_provider_that_hangs_is_stood_in_for) {
  stand_in();
  auto asked = chat();
  ollama_place.where->fence();
  ollama_place.slot->clear();
  advance(milliseconds{250});
  CAF_CHECK(!asked->answered());
  CAF_REQUIRE_EQUAL(cloud.chats.size(), 1U);
  // The one that was given up answers too late.
  ollama.answer_next(*this, reply("late"));
  CAF_CHECK(!asked->answered());
  cloud.answer_next(*this, reply("in its stead"));
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL((*asked->answer)->result.value()["response"], "in its stead");
  CAF_CHECK_EQUAL(logger.last_events(),
                  (strings{"attempt_failed/failure", "completed/success"}));
}

CAF_TEST(a_provider_that_was_named_is_not_stood_in_for) {
  stand_in();
  auto asked = chat("hi", "ollama/m2");
  CAF_CHECK_EQUAL(ollama.chats.at(0).model, "m2");
  ollama.answer_next(*this, nobody_there());
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed unreachable");
  CAF_CHECK(cloud.chats.empty());
}

CAF_TEST(what_was_shown_in_part_is_not_begun_again) {
  stand_in();
  auto asked = chat();
  ollama.answer_next(
      *this, failure{errc::upstream_failed, "cut", {}, {{"partial", true}}});
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed upstream_failed");
  CAF_CHECK(cloud.chats.empty());
}

CAF_TEST(every_try_of_a_provider_is_recorded) {
  auto asked = chat();
  failure why{errc::upstream_failed, "overloaded", {}, {}};
  for (int i = 0; i < 2; ++i)
    why.extra["attempts"].push_back({{"provider", "ollama"},
                                     {"model", "m1"},
                                     {"code", "upstream_failed"},
                                     {"error", "overloaded"},
                                     {"latency_ms", 5}});
  ollama.answer_next(*this, why);
  CAF_CHECK_EQUAL(end_of(**asked->answer), "failed upstream_failed");
  CAF_CHECK_EQUAL(logger.last_events(),
                  (strings{"attempt_failed/failure", "attempt_failed/failure",
                           "failed/failure"}));
}

CAF_TEST(a_chat_that_is_cancelled_ends_at_the_provider_too) {
  chat();
  const auto id = logger.last().row->id;
  cancel(id);
  CAF_CHECK(ollama.cancelled == std::vector<uuid>{id});
}

CAF_TEST_FIXTURE_SCOPE_END()
