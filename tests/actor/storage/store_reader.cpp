#define CAF_SUITE store_reader

#include "tests/actor/storage/storage_fixture.hpp"

namespace store_reader_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

using enum action_status;

struct sut_fixture : storage_fixture {
  sut_fixture() {
    auto open = unit_of(2, 1, pending);
    open.registry.push_back({"settings/log.level", json("debug")});
    open.registry.push_back({"skills/telegram", json(true)});
    commit(*where, unit_of(1, 1, completed)).value();
    commit(*where, open).value();
    commit(*where, unit_of(3, 1, executing)).value();
  }
};

}  // namespace store_reader_tests

CAF_TEST_FIXTURE_SCOPE(store_reader_tests, sut_fixture)

CAF_TEST(one_action) {
  auto found =
      ask_now<action_payload>(*this, reader, closedpaw::get_action{id_of(2)});
  CAF_REQUIRE_EQUAL(found->code(), "ok");
  CAF_CHECK_EQUAL(row_bytes(**found->answer), row_bytes(row_of(2, 1, pending)));
  auto none =
      ask_now<action_payload>(*this, reader, closedpaw::get_action{id_of(9)});
  CAF_CHECK_EQUAL(none->code(), "not_found");
}

CAF_TEST(lists) {
  auto all = ask_now<action_list_payload>(*this, reader,
                                          closedpaw::list_actions{{}, 2, {}});
  CAF_REQUIRE_EQUAL(all->code(), "ok");
  const auto& page = **all->answer;
  CAF_REQUIRE_EQUAL(page.actions.size(), 2U);
  CAF_CHECK_EQUAL(page.actions[0].id, id_of(3));
  CAF_REQUIRE(page.next_before);
  auto rest = ask_now<action_list_payload>(
      *this, reader, closedpaw::list_actions{{}, 2, page.next_before});
  CAF_REQUIRE_EQUAL((*rest->answer)->actions.size(), 1U);
  CAF_CHECK_EQUAL((*rest->answer)->actions[0].id, id_of(1));
  auto some = ask_now<action_list_payload>(
      *this, reader, closedpaw::list_actions{pending, 9, {}});
  CAF_CHECK_EQUAL((*some->answer)->actions.size(), 1U);
}

CAF_TEST(conversations) {
  auto unit = unit_of(9, 1, pending);
  std::vector<uuid> ids;
  for (const auto* text : {"1", "2", "3"}) {
    turn x;
    x.id = make_uuid(timestamp{std::chrono::hours{1}});
    x.conversation = "c";
    x.text = text;
    ids.push_back(x.id);
    unit.registry.push_back(
        {turns_prefix("ui", "c") + to_string(x.id), to_row(x)});
  }
  unit.registry.push_back(
      {turns_prefix("ui", "other") + to_string(ids[0]), to_row({})});
  commit(*where, unit).value();
  const auto page = [&](std::optional<uuid> after, std::uint32_t limit) {
    auto found = ask_now<conversation_payload>(
        *this, reader, closedpaw::read_conversation{"ui", "c", after, limit});
    CAF_REQUIRE_EQUAL(found->code(), "ok");
    std::string texts;
    for (const auto& x : (*found->answer)->turns)
      texts += x.text;
    return texts + ((*found->answer)->more ? "+" : "");
  };
  CAF_CHECK_EQUAL(page({}, 50), "123");
  CAF_CHECK_EQUAL(page({}, 2), "23");
  CAF_CHECK_EQUAL(page(ids[0], 1), "2+");
  CAF_CHECK_EQUAL(page(ids[1], 1), "3");
  CAF_CHECK_EQUAL(page(ids[2], 9), "");
}

CAF_TEST(the_audit_log) {
  audit_query q;
  q.status = "executing";
  auto page =
      ask_now<audit_page_payload>(*this, reader, audit_query_payload{q});
  CAF_REQUIRE_EQUAL(page->code(), "ok");
  CAF_REQUIRE_EQUAL((*page->answer)->events.size(), 1U);
  CAF_CHECK_EQUAL((*page->answer)->events[0].sequence, 2U);
}

CAF_TEST(what_an_orchestrator_needs_to_start) {
  auto asked =
      ask_now<restored_state_payload>(*this, reader, restore_atom::value);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  const auto& state = **asked->answer;
  CAF_REQUIRE_EQUAL(state.open_actions.size(), 2U);
  CAF_CHECK_EQUAL(state.registry.at("settings/log.level"), "\"debug\"");
  CAF_CHECK_EQUAL(state.registry.at("skills/telegram"), "true");
}

CAF_TEST(its_check_reads) {
  auto asked = ask_now<std::string>(*this, reader, check_atom::value);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(*asked->answer, "read the head of 3 events");
}

CAF_TEST_FIXTURE_SCOPE_END()
