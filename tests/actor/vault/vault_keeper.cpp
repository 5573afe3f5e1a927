#define CAF_SUITE vault_keeper

#include "tests/actor/vault/vault_fixture.hpp"

namespace vault_keeper_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using namespace closedpaw::vault::test;

struct sut_fixture : vault_fixture {};

}  // namespace vault_keeper_tests

CAF_TEST_FIXTURE_SCOPE(vault_keeper_tests, sut_fixture)

CAF_TEST(a secret is set and listed and read and each is told without it) {
  set("sk-1");
  const auto& unit = logger.last();
  const auto& event = unit.events.at(0);
  CAF_CHECK_EQUAL(event.status, "secret_set");
  CAF_CHECK_EQUAL(event.user.id, "uid:7");
  CAF_CHECK_EQUAL(unit.registry.at(1).key, "vault/old");
  CAF_CHECK(!unit.registry.at(1).value);
  CAF_CHECK(changed == (std::vector{name_a + std::string{" other"}}));
  CAF_CHECK_EQUAL((*read()->answer)->reveal(), "sk-1");
  CAF_REQUIRE_EQUAL(events.size(), 1u);
  CAF_CHECK_EQUAL(events[0].status, "secret_read");
  const auto all = listed();
  CAF_CHECK_EQUAL(all["state"], "unlocked");
  CAF_CHECK_EQUAL(all["secrets"][0]["name"], name_a);
  CAF_CHECK_EQUAL(all["secrets"][0]["audience"], for_a);
  CAF_CHECK_EQUAL(all["secrets"][0]["readable"], true);
  for (const auto& text :
       {dump(all), event.details.str(), events[0].details.str(),
        dump(rows["vault/providers/a/api_key"])})
    CAF_CHECK_EQUAL(text.find("sk-1"), std::string::npos);
}

CAF_TEST(reads are told at once and then counted) {
  set("sk-1");
  for (int i = 0; i < 5; ++i)
    read();
  CAF_CHECK_EQUAL(events.size(), 1u);
  advance(std::chrono::minutes{10}, std::chrono::minutes{1});
  read();
  CAF_REQUIRE_EQUAL(events.size(), 2u);
  CAF_CHECK_EQUAL(events[1].details.value()["times"], 5);
  // What is not told yet is told at the end.
  read();
  kill(sut);
  CAF_REQUIRE_EQUAL(events.size(), 3u);
  CAF_CHECK_EQUAL(events[2].details.value()["times"], 1);
}

CAF_TEST(what is not read any more is told as well) {
  set("sk-1");
  for (int i = 0; i < 3; ++i)
    read();
  CAF_CHECK_EQUAL(events.size(), 1u);
  ask_now<std::string>(*this, sut, check_atom::value);
  CAF_CHECK_EQUAL(events.size(), 1u);
  advance(std::chrono::minutes{10}, std::chrono::minutes{1});
  ask_now<std::string>(*this, sut, check_atom::value);
  CAF_REQUIRE_EQUAL(events.size(), 2u);
  CAF_CHECK_EQUAL(events[1].details.value()["times"], 2);
}

CAF_TEST(who may not have it does not get it and that is told) {
  auto q = *command(vault_operation::set, "sk-1");
  q.command.level = access_level::elevated;
  CAF_REQUIRE_EQUAL(use(q)->code(), "ok");
  store();
  CAF_CHECK_EQUAL(read()->code(), "forbidden");
  CAF_CHECK_EQUAL(read(access_level::admin, "openai at https://b")->code(),
                  "not_found");
  CAF_REQUIRE_EQUAL(events.size(), 2u);
  for (const auto& e : events) {
    CAF_CHECK_EQUAL(e.status, "secret_refused");
    CAF_CHECK_EQUAL(*e.outcome, "failure");
    CAF_CHECK_EQUAL(e.level, "medium");
  }
  CAF_CHECK_EQUAL(read(access_level::elevated)->code(), "ok");
  // Nobody would ever get it.
  q.command.level = access_level::admin;
  CAF_CHECK_EQUAL(use(q)->code(), "conflict");
}

CAF_TEST(nobodys secret and one that cannot be recorded are not there) {
  auto q = *command(vault_operation::set, "x");
  q.command.name = "providers/b/api_key";
  CAF_CHECK_EQUAL(use(q)->code(), "not_found");
  logger.refuse = failure{errc::storage_full, "no room", {}, {}};
  CAF_CHECK_EQUAL(use(command(vault_operation::set, "x"))->message(),
                  "no room");
  log_place.slot->clear();
  CAF_CHECK_EQUAL(use(command(vault_operation::set, "x"))->code(),
                  "unavailable");
  CAF_CHECK(changed.empty());
}

CAF_TEST(a secret is deleted once it is recorded) {
  CAF_CHECK_EQUAL(use(command(vault_operation::remove))->code(), "not_found");
  set("x");
  CAF_CHECK_EQUAL(use(command(vault_operation::remove))->code(), "ok");
  CAF_CHECK_EQUAL(logger.last().events.at(0).status, "secret_deleted");
  CAF_CHECK(!logger.last().registry.at(0).value);
}

CAF_TEST(locked means locked until it is unlocked) {
  set("sk-1");
  CAF_CHECK_EQUAL(use(command(vault_operation::lock))->code(), "ok");
  CAF_CHECK(view.get()->locked);
  CAF_CHECK_EQUAL(events.back().status, "locked");
  CAF_CHECK_EQUAL(read()->code(), "vault_locked");
  CAF_CHECK_EQUAL(use(command(vault_operation::set, "y"))->code(),
                  "vault_locked");
  CAF_CHECK_EQUAL(use(command(vault_operation::rotate))->code(),
                  "vault_locked");
  CAF_CHECK(listed()["secrets"][0]["readable"].is_null());
  auto proof = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_CHECK(proof->answer->starts_with("not proven: the vault was locked"));
  changed.clear();
  CAF_CHECK_EQUAL(use(command(vault_operation::unlock))->code(), "ok");
  CAF_CHECK(!view.get()->locked);
  CAF_CHECK(changed == (std::vector{name_a + std::string{" same"}}));
  CAF_CHECK_EQUAL(read()->code(), "ok");
  proof = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_CHECK(proof->answer->starts_with("sealed and opened"));
}

CAF_TEST(another life knows that it is locked and takes over the keys) {
  set("sk-1");
  use(command(vault_operation::lock));
  fault(sut, fault_kind::throw_);
  view.mark_stale(test_now());
  start();
  CAF_CHECK(view.get()->locked);
  CAF_CHECK(!view.stale_since());
  CAF_CHECK_EQUAL(read()->code(), "vault_locked");
  use(command(vault_operation::unlock));
  CAF_CHECK_EQUAL(read()->code(), "ok");
}

CAF_TEST(another key is recorded before it is used and secrets stay) {
  set("sk-1");
  const auto before = ring.view().key_id;
  const auto secret = rows["vault/providers/a/api_key"];
  logger.hold = true;
  auto asked = use(command(vault_operation::rotate));
  const auto unit = logger.last();
  CAF_CHECK_EQUAL(unit.events.at(0).status, "key_rotated");
  CAF_CHECK_EQUAL(unit.registry.size(), 1u);
  CAF_CHECK_EQUAL(ring.view().key_id, before);
  // Meanwhile everything goes on, but for a second one.
  CAF_CHECK_EQUAL((*read()->answer)->reveal(), "sk-1");
  CAF_CHECK_EQUAL(use(command(vault_operation::rotate))->code(), "unavailable");
  auto sealed = ask_now<std::string>(
      *this, sut, seal_payload{seal_secret{name_a, for_a, secret_text{"2"}}});
  store();
  logger.hold = false;
  logger.commit_next(*this);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(syncs, 1);
  CAF_CHECK_NOT_EQUAL(ring.view().key_id, before);
  CAF_CHECK_EQUAL(view.get()->key_id, ring.view().key_id);
  CAF_CHECK(rows["vault/providers/a/api_key"] == secret);
  CAF_CHECK_EQUAL((*read()->answer)->reveal(), "sk-1");
  // What was sealed before and is stored after is still opened.
  rows["vault/providers/a/api_key"] = json(*sealed->answer);
  CAF_CHECK_EQUAL((*read()->answer)->reveal(), "2");
}

CAF_TEST(a key that cannot be recorded is none) {
  set("sk-1");
  const auto before = ring.view().key_id;
  logger.refuse = failure{errc::storage_full, "no room", {}, {}};
  CAF_CHECK_EQUAL(use(command(vault_operation::rotate))->code(),
                  "storage_full");
  CAF_CHECK_EQUAL(ring.view().key_id, before);
  CAF_CHECK(!std::filesystem::exists(dir.path() / "vault.key.next"));
  CAF_CHECK_EQUAL((*read()->answer)->reveal(), "sk-1");
}

CAF_TEST(a key whose recording nobody confirmed is looked up) {
  set("sk-1");
  const auto before = ring.view().key_id;
  logger.hold = true;
  auto asked = use(command(vault_operation::rotate));
  store();
  advance(std::chrono::seconds{61}, std::chrono::seconds{1});
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
  ask_now<std::string>(*this, sut, check_atom::value);
  CAF_CHECK_NOT_EQUAL(ring.view().key_id, before);
  CAF_CHECK_EQUAL((*read()->answer)->reveal(), "sk-1");
}

CAF_TEST(who lost the key begins with an empty vault) {
  set("sk-1");
  std::filesystem::remove(dir.path() / "vault.key");
  use(command(vault_operation::lock));
  CAF_CHECK_EQUAL(use(command(vault_operation::unlock))->code(),
                  "vault_locked");
  CAF_CHECK_EQUAL(use(command(vault_operation::reset))->code(), "ok");
  CAF_CHECK_EQUAL(logger.last().events.at(0).level, "critical");
  store();
  CAF_CHECK(!view.get()->locked);
  CAF_CHECK(listed()["secrets"].empty());
  set("sk-2");
  CAF_CHECK_EQUAL((*read()->answer)->reveal(), "sk-2");
}

CAF_TEST(one passphrase is checked at a time and nothing waits for it) {
  set("sk-1");
  hold_work = true;
  auto first = use(command(vault_operation::unlock));
  CAF_CHECK_EQUAL(use(command(vault_operation::unlock))->code(), "unavailable");
  CAF_CHECK_EQUAL(read()->code(), "ok");
  CAF_CHECK(!first->answered());
  held_work.at(0)();
  settle();
  CAF_CHECK_EQUAL(first->code(), "ok");
}

CAF_TEST_FIXTURE_SCOPE_END()
