#define CAF_SUITE orchestrator_restore

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_restore_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;

struct sut_fixture : orchestrator_fixture {
  action stored(action_status status, action_type type,
                const json& parameters) {
    action row;
    row.id = make_uuid(test_now());
    row.version = 1;
    row.type = type;
    row.status = status;
    row.level = security_level::critical;
    row.parameters = parameters;
    row.digest = action_digest(row.type, row.skill_id, row.parameters);
    row.created_at = test_now();
    reader.rows[row.id] = row;
    return row;
  }
  action stored_change(action_status status = action_status::pending) {
    return stored(status, action_type::config_change,
                  {{"key", "log.level"}, {"value", "debug"}});
  }
  auto check() { return ask_now<std::string>(*this, sut, check_atom::value); }
};

}  // namespace orchestrator_restore_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_restore_tests, sut_fixture)

CAF_TEST(pending_actions_are_there_again) {
  const auto row = stored_change();
  start();
  CAF_REQUIRE_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK_EQUAL(view()->pending[0]->id, row.id);
  CAF_CHECK_EQUAL(logger.units.size(), 0U);
  auto asked = decide(row.id, true);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL((*asked->answer)->version, 2U);
}

CAF_TEST(a_pending_action_that_is_not_what_was_shown_cannot_be_approved) {
  auto row = stored_change();
  reader.rows[row.id].parameters = json{{"key", "log.level"}, {"value", "off"}};
  start();
  auto asked = decide(row.id, true);
  CAF_CHECK_EQUAL(asked->code(), "conflict");
  CAF_CHECK(contains(asked->message(), "digest"));
  CAF_CHECK(logger.units.empty());
}

CAF_TEST(what_was_executing_failed_as_interrupted) {
  const auto row =
      stored(action_status::executing, action_type::chat, {{"message", "hi"}});
  start();
  CAF_CHECK(ollama.chats.empty());
  CAF_REQUIRE_EQUAL(logger.units.size(), 1U);
  const auto& end = *logger.last().row;
  CAF_CHECK_EQUAL(end.id, row.id);
  CAF_CHECK_EQUAL(end.version, 2U);
  CAF_CHECK_EQUAL(end.status, action_status::failed);
  CAF_CHECK_EQUAL(end.error_code.value_or(""), "interrupted");
  CAF_CHECK_EQUAL(logger.last_events(), (strings{"failed/failure"}));
  CAF_CHECK_EQUAL(view()->executing, 0U);
}

CAF_TEST(settings_and_skills_are_restored) {
  reader.registry = {
      {"settings/providers.default", "\"cloud\""},
      {"settings/providers.ollama.default_model", "\"m2\""},
      {"settings/providers.gone.default_model", "\"m2\""},
      {"skills/telegram", R"({"enabled":true,"digest":""})"},
      {"skills/filesystem", R"({"enabled":false,"digest":"filesystem-1"})"},
      {"skills/unheard-of", R"({"enabled":true})"},
      {"skills/discord", "true"},
      {"skills/shell", "7"}};
  start();
  CAF_CHECK_EQUAL(view()->default_provider, "cloud");
  CAF_CHECK_EQUAL(model_of("ollama"), "m2");
  CAF_CHECK(skill_enabled("telegram"));
  CAF_CHECK(!skill_enabled("filesystem"));
  CAF_CHECK(skill_enabled("discord"));
  CAF_CHECK(!skill_enabled("shell"));
  CAF_CHECK_EQUAL(view()->skills.size(), 4U);
}

CAF_TEST(what_is_configured_above_a_known_stored_value_stays) {
  // As with --set: loading knew both and chose.
  reader.registry = {{"settings/providers.default", "\"cloud\""}};
  configured.persisted = {{"providers.default", json("cloud")}};
  start();
  CAF_CHECK_EQUAL(view()->default_provider, "ollama");
}

CAF_TEST(a_change_that_its_orchestrator_did_not_live_to_apply_is_applied) {
  reader.registry = {{"settings/providers.default", "\"cloud\""}};
  configured.persisted = {{"providers.default", json("ollama")}};
  start();
  CAF_CHECK_EQUAL(view()->default_provider, "cloud");
  CAF_CHECK_EQUAL(configured.values.default_provider, "cloud");
}

CAF_TEST(units_of_an_earlier_life_are_committed_before_the_store_is_read) {
  logger.hold = true;
  start();
  CAF_CHECK_EQUAL(logger.barriers, 1U);
  CAF_CHECK_EQUAL(reader.restores, 0U);
  logger.act(*this, [this] {
    logger.held_barriers.front().deliver(std::uint64_t{0});
  });
  CAF_CHECK_EQUAL(reader.restores, 1U);
}

CAF_TEST(until_it_has_restored_everything_is_refused) {
  reader.silent = true;
  start();
  auto waits = check();
  const auto id = make_uuid(test_now());
  for (const auto& code :
       {submit_critical()->code(), chat()->code(), switch_to("m2")->code(),
        decide(id, true)->code(), cancel(id)->code(),
        set_skill("telegram", true)->code(), set_provider("cloud")->code()})
    CAF_CHECK_EQUAL(code, "unavailable");
  CAF_CHECK(contains(chat()->message(), "still restoring"));
  CAF_CHECK(!waits->answered());
  CAF_CHECK(logger.units.empty());
}

CAF_TEST(it_is_ready_once_storage_is_there) {
  log_place.slot->clear();
  start();
  auto waits = check();
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(reader.restores, 0U);
  CAF_CHECK(!waits->answered());
  log_place.slot->set(logger.handle);
  advance(milliseconds{300});
  CAF_CHECK_EQUAL(reader.restores, 1U);
  CAF_REQUIRE_EQUAL(waits->code(), "ok");
  CAF_CHECK_EQUAL(*waits->answer, "restored 0 pending actions");
  CAF_CHECK_EQUAL(switch_to("m2")->code(), "ok");
}

CAF_TEST(waiting_for_storage_costs_little) {
  // It failed once, so that the sweep tries again as well.
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  start();
  logger.refuse.reset();
  log_place.slot->clear();
  advance(milliseconds{5000});
  const auto before = own_place.where->stats()->messages();
  advance(milliseconds{1000}, milliseconds{2});
  CAF_CHECK(own_place.where->stats()->messages() - before < 60);
}

CAF_TEST(a_restore_that_fails_says_why_and_is_repeated) {
  reader.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  start();
  CAF_CHECK(contains(chat()->message(), "the disk is gone"));
  reader.refuse.reset();
  stored_change();
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK_EQUAL(switch_to("m2")->code(), "ok");
}

CAF_TEST(a_reader_that_hangs_while_it_restores_is_asked_again_after_its_end) {
  reader.silent = true;
  start();
  CAF_REQUIRE_EQUAL(reader.restores, 1U);
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(reader.restores, 1U);
  // Abandoned and replaced.
  reader_place.where->fence();
  reader.silent = false;
  life_of(reader_place, reader.spawn(*this));
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(reader.restores, 2U);
  CAF_CHECK_EQUAL(switch_to("m2")->code(), "ok");
}

CAF_TEST(the_check_goes_through_a_commit_of_the_log) {
  start();
  const auto before = logger.barriers;
  auto asked = check();
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(logger.barriers, before + 1);
  logger.refuse = failure{errc::storage_full, "full", {}, {}};
  CAF_CHECK_EQUAL(check()->code(), "storage_full");
  log_place.slot->clear();
  CAF_CHECK_EQUAL(check()->code(), "unavailable");
}

CAF_TEST(a_check_that_waits_is_answered_when_the_orchestrator_dies) {
  reader.silent = true;
  start();
  auto waits = check();
  kill(sut);
  CAF_CHECK_EQUAL(waits->code(), "outcome_unknown");
}

CAF_TEST(a_check_under_way_is_answered_when_the_orchestrator_dies) {
  start();
  logger.hold = true;
  auto waits = check();
  kill(sut);
  CAF_CHECK(waits->answered());
}

CAF_TEST(a_second_life_finds_what_the_first_left) {
  start();
  logger.hold = true;
  auto asked = submit_critical();
  store_keeps(logger.last());
  logger.commit_next(*this);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  logger.hold = false;
  kill(sut);
  start();
  CAF_REQUIRE_EQUAL(view()->pending.size(), 1U);
  CAF_CHECK_EQUAL(decide(asked->answer->id, false)->code(), "ok");
}

// -- skills and providers ----------------------------------------------------

CAF_TEST(skills_are_enabled_with_their_event) {
  start();
  auto asked = set_skill("telegram", true);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK(asked->answer->enabled);
  CAF_CHECK(skill_enabled("telegram"));
  CAF_CHECK_EQUAL(logger.last().registry.at(0).key, "skills/telegram");
  const auto& e = logger.last().events.at(0);
  CAF_CHECK_EQUAL(e.user.id, "uid:1000");
  CAF_CHECK_EQUAL(e.details.value().at("before").at("enabled").get<bool>(),
                  false);
  CAF_CHECK_EQUAL(e.details.value().at("after").at("enabled").get<bool>(),
                  true);
  CAF_CHECK_EQUAL(set_skill("nobody", true)->code(), "not_found");
}

CAF_TEST(the_default_provider_is_one_of_the_configured) {
  start();
  auto asked = set_provider("cloud");
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(*asked->answer, "cloud");
  CAF_CHECK_EQUAL(view()->default_provider, "cloud");
  CAF_CHECK_EQUAL(logger.last()
                      .events.at(0)
                      .details.value()
                      .at("before")
                      .get<std::string>(),
                  "ollama");
  CAF_CHECK_EQUAL(set_provider("nobody")->code(), "not_found");
}

CAF_TEST(a_reloaded_setting_is_taken_over) {
  start();
  settings.default_provider = "cloud";
  caf::anon_send(sut, apply_atom::value);
  settle();
  CAF_CHECK_EQUAL(view()->default_provider, "cloud");
  CAF_CHECK(logger.units.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
