#define CAF_SUITE orchestrator_mode

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_mode_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;

struct sut_fixture : running_orchestrator {
  operating_mode mode() const { return live.mode.get()->mode; }
  const commit_unit* unit_with(const std::string& status) const {
    for (const auto& u : logger.units)
      for (const auto& e : u.events)
        if (e.status == status)
          return &u;
    return nullptr;
  }
};

}  // namespace orchestrator_mode_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_mode_tests, sut_fixture)

CAF_TEST(draining_begins_nothing_and_ends_what_runs) {
  ollama.hold = true;
  auto running = chat();
  const auto waiting_id = pending_change();
  CAF_CHECK_EQUAL(change_to(operating_mode::draining, "upgrade")->code(), "ok");
  CAF_CHECK(mode() == operating_mode::draining);
  auto refused = submit(action_type::model_switch, {{"model", "m2"}});
  CAF_CHECK_EQUAL(refused->code(), "unavailable");
  CAF_CHECK(contains(refused->message(), "upgrade"));
  CAF_CHECK(contains(refused->message(), "uid:5"));
  CAF_CHECK_EQUAL(chat()->code(), "unavailable");
  // What waits stays, can be refused, and cannot begin.
  CAF_CHECK_EQUAL(decide(waiting_id, true)->code(), "unavailable");
  CAF_CHECK_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK_EQUAL(decide(waiting_id, false)->code(), "ok");
  CAF_CHECK(!running->answered());
  ollama.answer_next(*this, chat_reply{});
  CAF_CHECK_EQUAL(running->code(), "ok");
  CAF_CHECK_EQUAL(agents_stopped, 0U);
}

CAF_TEST(resuming_takes_actions_on_again) {
  change_to(operating_mode::draining);
  CAF_CHECK_EQUAL(change_to(operating_mode::normal)->code(), "ok");
  CAF_CHECK_EQUAL(submit(action_type::model_switch, {{"model", "m2"}})->code(),
                  "ok");
  CAF_CHECK_EQUAL(modes, (strings{"draining", "normal"}));
}

CAF_TEST(panic_ends_rejects_and_stops) {
  ollama.hold = true;
  auto running = chat();
  pending_change();
  pending_change("log.level", json("warn"));
  CAF_REQUIRE_EQUAL(view()->pending.size(), 2U);
  CAF_CHECK_EQUAL(change_to(operating_mode::panic, "odd")->code(), "ok");
  CAF_CHECK_EQUAL(agents_stopped, 1U);
  CAF_CHECK_EQUAL(modes, (strings{"panic"}));
  CAF_CHECK(view()->pending.empty());
  CAF_REQUIRE_EQUAL(running->code(), "ok");
  const auto& row = **running->answer;
  CAF_CHECK(row.status == action_status::failed);
  CAF_CHECK(contains(row.error.value_or(""), "panic"));
  // Each with who brought it about.
  const auto* rejected = unit_with("rejected");
  CAF_REQUIRE(rejected);
  CAF_CHECK_EQUAL(rejected->events[0].user.id, "uid:5");
  const auto* panic = unit_with("panic");
  CAF_REQUIRE(panic);
  CAF_CHECK_EQUAL(panic->events[0].level, "critical");
  CAF_REQUIRE_EQUAL(panic->registry.size(), 1U);
  CAF_CHECK_EQUAL(panic->registry[0].key, "mode");
  const auto kept = orchestrator::mode_from(panic->registry[0].value.value());
  CAF_CHECK(kept.mode == operating_mode::panic);
  CAF_CHECK_EQUAL(kept.reason, "odd");
  CAF_CHECK_EQUAL(kept.by, "uid:5");
}

CAF_TEST(panic_holds_although_it_cannot_be_recorded) {
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  auto asked = change_to(operating_mode::panic);
  CAF_CHECK_EQUAL(asked->code(), "audit_refused");
  CAF_CHECK(contains(asked->message(), "panic holds"));
  CAF_CHECK(mode() == operating_mode::panic);
  CAF_CHECK_EQUAL(agents_stopped, 1U);
}

CAF_TEST(resuming_that_cannot_be_recorded_does_not_happen) {
  change_to(operating_mode::panic);
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  CAF_CHECK_EQUAL(change_to(operating_mode::normal)->code(), "audit_refused");
  CAF_CHECK(mode() == operating_mode::panic);
  CAF_CHECK_EQUAL(modes, (strings{"panic"}));
}

CAF_TEST(what_was_being_recorded_when_panic_came_does_not_run) {
  logger.hold = true;
  auto running = chat();
  CAF_CHECK(!running->answered());
  change_to(operating_mode::panic);
  logger.commit_next(*this);
  logger.hold = false;
  while (!logger.held.empty())
    logger.commit_next(*this);
  CAF_REQUIRE_EQUAL(running->code(), "ok");
  CAF_CHECK((*running->answer)->status == action_status::failed);
  CAF_CHECK(ollama.chats.empty());
}

CAF_TEST(panic_that_comes_while_a_resume_is_recorded_holds) {
  change_to(operating_mode::draining);
  logger.hold = true;
  auto resumed = change_to(operating_mode::normal);
  CAF_CHECK(!resumed->answered());
  auto panic = change_to(operating_mode::panic);
  CAF_CHECK(mode() == operating_mode::panic);
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(resumed->code(), "conflict");
  CAF_CHECK(mode() == operating_mode::panic);
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(panic->code(), "ok");
  CAF_CHECK_EQUAL(modes, (strings{"draining", "panic"}));
}

CAF_TEST(panic_that_is_asked_for_twice_is_no_conflict) {
  logger.hold = true;
  auto first = change_to(operating_mode::panic);
  auto second = change_to(operating_mode::panic);
  logger.commit_next(*this);
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(first->code(), "ok");
  CAF_CHECK_EQUAL(second->code(), "ok");
}

CAF_TEST(only_resuming_ends_panic) {
  change_to(operating_mode::panic);
  CAF_CHECK_EQUAL(change_to(operating_mode::draining)->code(), "conflict");
  CAF_CHECK(mode() == operating_mode::panic);
}

CAF_TEST(panic_needs_no_store) {
  kill(sut);
  reader.silent = true;
  start();
  CAF_CHECK_EQUAL(change_to(operating_mode::draining)->code(), "unavailable");
  change_to(operating_mode::panic);
  CAF_CHECK(mode() == operating_mode::panic);
  CAF_CHECK_EQUAL(agents_stopped, 1U);
}

CAF_TEST(panic_is_recorded_once_that_is_possible) {
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  change_to(operating_mode::panic);
  const auto tried = logger.units.size();
  logger.refuse.reset();
  advance(milliseconds{300});
  CAF_REQUIRE(logger.units.size() > tried);
  CAF_REQUIRE_EQUAL(logger.last().registry.size(), 1U);
  CAF_CHECK_EQUAL(logger.last().registry[0].key, "mode");
  const auto settled = logger.units.size();
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(logger.units.size(), settled);
}

CAF_TEST(panic_stays_to_be_recorded_when_its_end_cannot_be) {
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  change_to(operating_mode::panic);
  CAF_CHECK_EQUAL(change_to(operating_mode::normal)->code(), "audit_refused");
  const auto tried = logger.units.size();
  logger.refuse.reset();
  advance(milliseconds{300});
  CAF_REQUIRE(logger.units.size() > tried);
  CAF_REQUIRE_EQUAL(logger.last().registry.size(), 1U);
  CAF_CHECK_EQUAL(logger.last().registry[0].key, "mode");
  CAF_CHECK(logger.last().registry[0].value);
}

CAF_TEST(what_comes_to_wait_in_panic_is_rejected_as_well) {
  logger.hold = true;
  auto late = submit_critical();
  change_to(operating_mode::panic);
  logger.hold = false;
  while (!logger.held.empty())
    logger.commit_next(*this);
  CAF_CHECK_EQUAL(late->code(), "ok");
  advance(milliseconds{300});
  CAF_CHECK(view()->pending.empty());
  CAF_CHECK(unit_with("rejected") != nullptr);
}

CAF_TEST(a_later_life_holds_to_it) {
  change_to(operating_mode::panic);
  kill(sut);
  start();
  CAF_CHECK_EQUAL(chat()->code(), "unavailable");
}

CAF_TEST_FIXTURE_SCOPE_END()
