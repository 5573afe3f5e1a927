#define CAF_SUITE orchestrator_decide

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_decide_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;

struct sut_fixture : running_orchestrator {
  void need_owner_secret() {
    settings.security.owner_secret = true;
    caf::anon_send(sut, apply_atom::value);
    settle();
  }
};

}  // namespace orchestrator_decide_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_decide_tests, sut_fixture)

CAF_TEST(approving_runs_it_and_records_both_in_one_unit) {
  const auto id = pending_change();
  announced.clear();
  auto asked = decide(id, true);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  const auto& row = **asked->answer;
  CAF_CHECK_EQUAL(row.status, action_status::completed);
  CAF_CHECK_EQUAL(row.version, 2U);
  CAF_CHECK_EQUAL(row.decided_by->id, "uid:7");
  CAF_CHECK_EQUAL(row.claimed_user.value_or(""), "Alice");
  CAF_CHECK_EQUAL(row.result.value().at("after").get<std::string>(), "debug");
  CAF_CHECK_EQUAL(row.result.value().at("before").get<std::string>(), "info");
  CAF_CHECK_EQUAL(logger.last_events(),
                  (strings{"approved", "completed/success"}));
  CAF_CHECK_EQUAL(logger.last().events[0].user.id, "uid:7");
  CAF_CHECK(view()->pending.empty());
  CAF_CHECK_EQUAL(applied, (strings{"log.level=\"debug\""}));
  CAF_CHECK_EQUAL(announced, (strings{"config_change completed"}));
}

CAF_TEST(rejecting_ends_it) {
  const auto id = pending_change();
  auto asked = decide(id, false);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL((*asked->answer)->status, action_status::rejected);
  CAF_CHECK_EQUAL(logger.last_events(), (strings{"rejected/rejected"}));
  // No must be possible on a full disk; yes needs room.
  CAF_CHECK(logger.last().may_use_reserve);
  CAF_CHECK(view()->pending.empty());
  CAF_CHECK(applied.empty());
}

CAF_TEST(the_owner_secret_approves_what_is_critical_where_it_must) {
  need_owner_secret();
  const auto id = pending_change();
  CAF_CHECK_EQUAL(decide(id, true)->code(), "forbidden");
  CAF_CHECK_EQUAL(decide(id, true, "a guess")->code(), "forbidden");
  CAF_CHECK_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK(applied.empty());
  const auto asked = decide(id, true, "owner's");
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL((*asked->answer)->status, action_status::completed);
  CAF_CHECK_EQUAL(owner_asked,
                  (strings{"uid:7 ", "uid:7 a guess", "uid:7 owner's"}));
  // It is no part of what is recorded.
  for (const auto& unit : logger.units)
    for (const auto& e : unit.events)
      CAF_CHECK(!contains(canonical_bytes(e), "owner's"));
  // Saying no stays easy.
  CAF_CHECK_EQUAL(decide(pending_change(), false)->code(), "ok");
  CAF_CHECK_EQUAL(owner_asked.size(), 3U);
}

CAF_TEST(a_panic_while_the_owner_is_proven_calls_it_off) {
  need_owner_secret();
  const auto id = pending_change();
  on_owner_asked = [this] {
    caf::anon_send(sut, ask_mode{ask<change_mode>{{operating_mode::panic, {}},
                                                  by("uid:5")}});
  };
  CAF_CHECK_EQUAL(decide(id, true, "owner's")->code(), "unavailable");
  CAF_CHECK(applied.empty());
  settle();
  CAF_CHECK(view()->pending.empty());
}

CAF_TEST(a_no_while_the_owner_is_proven_stands) {
  need_owner_secret();
  for (const bool rejected : {true, false}) {
    const auto id = pending_change();
    on_owner_asked = [&] {
      const auto by_another = by("uid:8");
      if (rejected)
        caf::anon_send(sut, ask_decide{ask<decide_action>{
                                {id, false, {}, {}, {}}, by_another}});
      else
        caf::anon_send(sut, ask_cancel{ask<cancel_action>{{id}, by_another}});
    };
    const auto yes = decide(id, true, "owner's");
    CAF_CHECK_EQUAL(yes->code(), "not_found");
    CAF_CHECK_EQUAL(yes->message(), "Action not found or not pending");
    CAF_CHECK_EQUAL(
        logger.last_events(),
        (rejected ? strings{"rejected/rejected"} : strings{"failed/failure"}));
    CAF_CHECK_EQUAL(logger.last().events[0].user.id, "uid:8");
    CAF_CHECK(view()->pending.empty());
  }
  CAF_CHECK(applied.empty());
}

CAF_TEST(without_the_vault_nothing_critical_is_approved) {
  need_owner_secret();
  const auto id = pending_change();
  vault_place.slot->clear();
  CAF_CHECK_EQUAL(decide(id, true, "owner's")->code(), "unavailable");
  CAF_CHECK_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK_EQUAL(decide(id, false)->code(), "ok");
}

CAF_TEST(approving_may_not_use_the_reserve) {
  decide(pending_change(), true);
  CAF_CHECK(!logger.last().may_use_reserve);
}

CAF_TEST(what_is_unknown_or_decided_is_not_found) {
  CAF_CHECK_EQUAL(decide(make_uuid(test_now()), true)->code(), "not_found");
  const auto id = pending_change();
  decide(id, true);
  const auto units = logger.units.size();
  auto again = decide(id, true);
  CAF_CHECK_EQUAL(again->code(), "not_found");
  CAF_CHECK_EQUAL(again->message(), "Action not found or not pending");
  CAF_CHECK_EQUAL(logger.units.size(), units);
}

CAF_TEST(a_second_decision_during_the_first_finds_nothing_pending) {
  const auto id = pending_change();
  logger.hold = true;
  auto first = decide(id, true);
  auto second = decide(id, false);
  auto third = cancel(id);
  CAF_CHECK(!first->answered());
  CAF_CHECK_EQUAL(second->code(), "not_found");
  CAF_CHECK_EQUAL(third->code(), "not_found");
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(first->code(), "ok");
}

CAF_TEST(a_refused_decision_leaves_it_pending) {
  const auto id = pending_change();
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  auto asked = decide(id, true);
  CAF_CHECK_EQUAL(asked->code(), "audit_refused");
  CAF_CHECK(contains(asked->message(), "the disk is gone"));
  CAF_CHECK_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK(applied.empty());
  logger.refuse.reset();
  CAF_CHECK_EQUAL(decide(id, true)->code(), "ok");
}

CAF_TEST(changes_at_once_are_recorded_one_after_the_other) {
  const auto one = pending_change("log.level", json("debug"));
  const auto two = pending_change("log.level", json("warn"));
  const auto three = pending_change("log.level", json("error"));
  logger.hold = true;
  const auto before = logger.units.size();
  auto first = decide(one, true);
  auto second = decide(two, true);
  CAF_CHECK_EQUAL(logger.units.size(), before + 1);
  CAF_CHECK_EQUAL(decide(two, true)->code(), "not_found");
  // Rejecting is no change, and waits for nobody.
  auto third = decide(three, false);
  CAF_CHECK_EQUAL(logger.units.size(), before + 2);
  logger.commit_next(*this);
  CAF_REQUIRE_EQUAL(first->code(), "ok");
  CAF_CHECK(!second->answered());
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(third->code(), "ok");
  logger.commit_next(*this);
  CAF_REQUIRE_EQUAL(second->code(), "ok");
  CAF_CHECK_EQUAL(
      (*second->answer)->result.value().at("before").get<std::string>(),
      "debug");
}

CAF_TEST(a_switch_waits_for_the_change_before_it) {
  logger.hold = true;
  auto provider = set_provider("cloud");
  auto first = switch_to("m2");
  auto second = submit(action_type::model_switch, {{"model", "m2"}});
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(provider->code(), "ok");
  // "cloud" has never listed anything, and so nothing changes.
  CAF_CHECK_EQUAL(logger.units.size(), 3U);
  logger.commit_next(*this);
  logger.commit_next(*this);
  CAF_CHECK_EQUAL((*first->answer)->status, action_status::failed);
  CAF_CHECK_EQUAL(second->code(), "ok");
}

CAF_TEST(a_change_that_waits_is_answered_when_its_orchestrator_ends) {
  logger.hold = true;
  set_provider("cloud");
  auto waits = set_provider("ollama");
  auto decided = switch_to("m2");
  kill(sut);
  CAF_CHECK_EQUAL(waits->code(), "audit_refused");
  CAF_CHECK_EQUAL(decided->code(), "audit_refused");
}

CAF_TEST(a_change_that_was_refused_does_not_block_the_next) {
  const auto one = pending_change("log.level", json("debug"));
  logger.refuse = failure{errc::storage_full, "full", {}, {}};
  CAF_CHECK_EQUAL(decide(one, true)->code(), "storage_full");
  logger.refuse.reset();
  CAF_CHECK_EQUAL(decide(one, true)->code(), "ok");
}

CAF_TEST(an_unknown_key_fails_and_lists_the_keys_there_are) {
  auto asked = decide(pending_change("no.such.key", json(1)), true);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  const auto& row = **asked->answer;
  CAF_CHECK_EQUAL(row.status, action_status::failed);
  CAF_CHECK(contains(row.error.value_or(""), "log.level"));
  CAF_CHECK(contains(row.error.value_or(""), "providers.default"));
  CAF_CHECK(logger.last().registry.empty());
  CAF_CHECK(applied.empty());
}

CAF_TEST(an_impossible_value_fails_and_changes_nothing) {
  auto asked = decide(pending_change("log.level", json("loud")), true);
  CAF_CHECK_EQUAL((*asked->answer)->status, action_status::failed);
  CAF_CHECK(applied.empty());
}

CAF_TEST(cancelling_a_pending_action_ends_it) {
  const auto id = pending_change();
  announced.clear();
  auto asked = cancel(id);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL((*asked->answer)->status, action_status::failed);
  CAF_CHECK_EQUAL((*asked->answer)->error_code.value_or(""), "cancelled");
  CAF_CHECK_EQUAL((*asked->answer)->decided_by->id, "uid:7");
  CAF_CHECK_EQUAL(logger.last().events[0].user.id, "uid:7");
  CAF_CHECK(view()->pending.empty());
  CAF_CHECK_EQUAL(announced, (strings{"config_change failed"}));
  CAF_CHECK_EQUAL(cancel(id)->code(), "not_found");
}

CAF_TEST(nobody_who_approves_in_time_lets_it_expire) {
  const auto id = pending_change();
  test_time += settings.orchestrator.approval_deadline - milliseconds{1000};
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(view()->pending.size(), 1U);
  advance(milliseconds{1000});
  CAF_CHECK(view()->pending.empty());
  CAF_CHECK_EQUAL(logger.last().row->id, id);
  CAF_CHECK_EQUAL(logger.last().row->error_code.value_or(""), "timeout");
  CAF_CHECK(contains(logger.last().row->error.value_or(""),
                     "nobody approved it within 86400 s"));
  CAF_CHECK_EQUAL(decide(id, true)->code(), "not_found");
}

CAF_TEST_FIXTURE_SCOPE_END()
