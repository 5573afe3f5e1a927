#define CAF_SUITE orchestrator_storage

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_storage_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;

const failure disk_gone{errc::storage_failed, "the disk is gone", {}, {}};

struct sut_fixture : running_orchestrator {
  std::string id_in(const failure& f) {
    return f.extra.contains("action_id")
               ? f.extra.at("action_id").get<std::string>()
               : "";
  }
};

}  // namespace orchestrator_storage_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_storage_tests, sut_fixture)

CAF_TEST(what_the_log_refuses_is_not_done) {
  logger.refuse = disk_gone;
  auto switched = switch_to("m2");
  CAF_CHECK_EQUAL(switched->code(), "audit_refused");
  CAF_CHECK_EQUAL(http_status(switched->error->code), 503U);
  CAF_CHECK(contains(switched->message(), "the disk is gone"));
  CAF_CHECK_EQUAL(switched->error->extra.at("outcome").get<std::string>(),
                  "refused");
  CAF_CHECK_EQUAL(id_in(*switched->error), to_string(logger.last().row->id));
  CAF_CHECK_EQUAL(submit_critical()->code(), "audit_refused");
  CAF_CHECK_EQUAL(chat()->code(), "audit_refused");
  CAF_CHECK_EQUAL(set_skill("telegram", true)->code(), "audit_refused");
  CAF_CHECK_EQUAL(set_provider("cloud")->code(), "audit_refused");
  CAF_CHECK_EQUAL(model_of("ollama"), "m1");
  CAF_CHECK(view()->pending.empty());
  CAF_CHECK(ollama.chats.empty());
  CAF_CHECK(!skill_enabled("telegram"));
  CAF_CHECK_EQUAL(view()->default_provider, "ollama");
  CAF_CHECK(applied.empty());
}

CAF_TEST(without_a_log_nothing_is_done_either) {
  logger_dies();
  auto asked = submit_critical();
  CAF_CHECK_EQUAL(asked->code(), "audit_refused");
  CAF_CHECK(contains(asked->message(), "the audit log is not running"));
  CAF_CHECK(asked->error->retry_after.has_value());
  CAF_CHECK_EQUAL(switch_to("m2")->code(), "audit_refused");
  CAF_CHECK(view()->pending.empty());
}

CAF_TEST(a_log_that_dies_with_the_unit_leaves_the_outcome_unknown) {
  logger.hold = true;
  auto asked = submit_critical();
  const auto unit = logger.last();
  CAF_REQUIRE(!asked->answered());
  // As the real one does in its destructor.
  logger.refuse_next(*this, {errc::outcome_unknown, "stopped", {}, {}});
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
  CAF_CHECK_EQUAL(http_status(asked->error->code), 503U);
  CAF_CHECK_EQUAL(asked->error->extra.at("outcome").get<std::string>(),
                  "unknown");
  CAF_CHECK_EQUAL(id_in(*asked->error), to_string(unit.row->id));
  CAF_CHECK(view()->pending.empty());
}

CAF_TEST(so_does_one_that_was_gone_already) {
  kill(logger.handle);
  CAF_CHECK_EQUAL(submit_critical()->code(), "outcome_unknown");
}

CAF_TEST(an_unknown_submission_that_was_stored_is_adopted) {
  logger.hold = true;
  submit_critical();
  const auto unit = logger.last();
  store_keeps(unit);
  logger.refuse_next(*this, {errc::outcome_unknown, "stopped", {}, {}});
  logger_dies();
  advance(milliseconds{500});
  CAF_CHECK(reader.looked_up.empty());
  CAF_CHECK(view()->pending.empty());
  logger_returns();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 1U);
  CAF_REQUIRE_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK_EQUAL(view()->pending[0]->id, unit.row->id);
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 1U);
  CAF_CHECK_EQUAL(decide(unit.row->id, true)->code(), "ok");
}

CAF_TEST(an_unknown_submission_that_was_not_stored_never_happened) {
  kill(logger.handle);
  submit_critical();
  logger_returns();
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 1U);
  CAF_CHECK(view()->pending.empty());
}

CAF_TEST(a_look_up_that_fails_is_repeated) {
  kill(logger.handle);
  submit_critical();
  logger_returns();
  reader.refuse = disk_gone;
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 2U);
  reader.refuse.reset();
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 3U);
}

CAF_TEST(a_look_up_of_which_nothing_is_heard_is_repeated) {
  kill(logger.handle);
  submit_critical();
  logger_returns();
  // The reader hangs and is replaced.
  reader.silent = true;
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 1U);
  reader.silent = false;
  reader_place.begin();
  advance(milliseconds{10'000});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 2U);
}

CAF_TEST(an_unknown_chat_that_was_stored_is_not_run_behind_anybodys_back) {
  logger.hold = true;
  chat();
  store_keeps(logger.last());
  logger.refuse_next(*this, {errc::outcome_unknown, "stopped", {}, {}});
  logger_dies();
  logger_returns();
  advance(milliseconds{250});
  CAF_CHECK(ollama.chats.empty());
  CAF_CHECK_EQUAL(logger.last().row->error_code.value_or(""), "interrupted");
  CAF_CHECK_EQUAL(logger.last().row->version, 2U);
}

CAF_TEST(an_unknown_change_that_was_stored_takes_effect) {
  const auto id = pending_change("log.level", json("debug"));
  logger.hold = true;
  auto asked = decide(id, true);
  store_keeps(logger.last());
  logger.refuse_next(*this, {errc::outcome_unknown, "stopped", {}, {}});
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
  CAF_CHECK(applied.empty());
  logger_dies();
  logger_returns();
  advance(milliseconds{250});
  CAF_CHECK(view()->pending.empty());
  CAF_CHECK_EQUAL(applied, (strings{"log.level=\"debug\""}));
  CAF_CHECK_EQUAL(decide(id, true)->code(), "not_found");
}

CAF_TEST(an_unknown_skill_and_default_provider_as_well) {
  logger.hold = true;
  set_skill("telegram", true);
  store_keeps(logger.last());
  set_provider("cloud");
  logger.refuse_next(*this, {errc::outcome_unknown, "stopped", {}, {}});
  store_keeps(logger.last());
  logger.refuse_next(*this, {errc::outcome_unknown, "stopped", {}, {}});
  CAF_CHECK(!skill_enabled("telegram"));
  CAF_CHECK_EQUAL(view()->default_provider, "ollama");
  logger_dies();
  logger_returns();
  advance(milliseconds{250});
  CAF_CHECK(skill_enabled("telegram"));
  CAF_CHECK_EQUAL(view()->default_provider, "cloud");
  CAF_CHECK_EQUAL(applied, (strings{"providers.default=\"cloud\""}));
}

CAF_TEST(an_end_whose_recording_is_unknown_is_sent_again) {
  ollama.hold = true;
  auto asked = chat();
  logger.hold = true;
  ollama.answer_next(*this, chat_reply{"m1", "hello", 0, 0, 0, ""});
  const auto end = row_bytes(*logger.last().row);
  logger.refuse_next(*this, {errc::outcome_unknown, "stopped", {}, {}});
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
  logger_dies();
  logger_returns();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(row_bytes(*logger.last().row), end);
  CAF_CHECK_EQUAL(view()->executing, 0U);
}

// -- its own death -----------------------------------------------------------

CAF_TEST(whoever_waits_for_the_end_is_answered_when_the_orchestrator_dies) {
  ollama.hold = true;
  auto asked = chat();
  const auto id = logger.last().row->id;
  kill(sut);
  CAF_CHECK_EQUAL(asked->answers, 1U);
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
  CAF_CHECK_EQUAL(id_in(*asked->error), to_string(id));
}

CAF_TEST(whoever_waits_for_a_commit_is_answered_too) {
  const auto id = pending_change();
  logger.hold = true;
  auto submitted_one = submit_critical();
  auto decided = decide(id, true);
  auto chatted = chat();
  auto skilled = set_skill("telegram", true);
  auto chosen = set_provider("cloud");
  kill(sut);
  CAF_CHECK_EQUAL(submitted_one->code(), "outcome_unknown");
  CAF_CHECK_EQUAL(decided->code(), "outcome_unknown");
  CAF_CHECK_EQUAL(id_in(*decided->error), to_string(id));
  CAF_CHECK_EQUAL(chatted->code(), "outcome_unknown");
  // These waited for the change before them and never began.
  CAF_CHECK_EQUAL(skilled->code(), "audit_refused");
  CAF_CHECK_EQUAL(chosen->code(), "audit_refused");
}

CAF_TEST(stopping_in_order_sends_what_was_not_sent_yet) {
  send_switch();
  deliver_requests();
  // Arrives before the orchestrator has told itself to send.
  caf::anon_send_exit(sut, caf::exit_reason::user_shutdown);
  settle();
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
}

CAF_TEST(what_was_never_sent_is_said_to_be_refused) {
  auto asked = send_switch();
  deliver_requests();
  caf::anon_send_exit(sut, caf::exit_reason::kill);
  settle();
  CAF_CHECK(logger.units.empty());
  CAF_CHECK_EQUAL(asked->answers, 1U);
  CAF_CHECK_EQUAL(asked->code(), "audit_refused");
  CAF_CHECK(contains(asked->message(), "before it recorded this"));
}

CAF_TEST(a_logger_that_is_gone_when_several_are_sent_refuses_each) {
  auto first = send_switch();
  auto second = send_switch();
  deliver_requests();
  log_place.slot->clear();
  settle();
  CAF_CHECK_EQUAL(first->code(), "audit_refused");
  CAF_CHECK_EQUAL(second->code(), "audit_refused");
  CAF_CHECK(logger.units.empty());
}

CAF_TEST(a_logger_that_dies_with_several_leaves_each_unknown) {
  kill(logger.handle);
  auto first = send_switch();
  auto second = send_switch();
  settle();
  CAF_CHECK_EQUAL(first->answers, 1U);
  CAF_CHECK_EQUAL(first->code(), "outcome_unknown");
  CAF_CHECK_EQUAL(second->code(), "outcome_unknown");
  logger_returns();
  advance(milliseconds{250});
  CAF_CHECK_EQUAL(reader.looked_up.size(), 2U);
}

CAF_TEST(changes_that_come_together_happen_one_after_the_other) {
  auto first = send_switch("m2");
  auto second = send_switch("m1");
  settle();
  CAF_CHECK_EQUAL(first->code(), "ok");
  CAF_CHECK_EQUAL(second->code(), "ok");
  // The second began with what the first had left.
  CAF_CHECK_EQUAL(logger.batches, (std::vector<std::size_t>{1, 1}));
  CAF_CHECK_EQUAL(model_of("ollama"), "m1");
}

CAF_TEST(a_throwing_handler_leaves_nobody_waiting) {
  ollama.hold = true;
  auto asked = chat();
  fault(sut, fault_kind::throw_);
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
}

CAF_TEST_FIXTURE_SCOPE_END()
