#define CAF_SUITE store_writer

#include <lmdb.h>

#include "actors/storage/store/verify.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_writer_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

using enum action_status;

CAF_TEST(an_empty_store_has_an_empty_head) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  const auto head = s->audit_head().value();
  CAF_CHECK_EQUAL(head.size, 0u);
  CAF_CHECK_EQUAL(to_hex(head.root).substr(0, 8), "e3b0c442");
  CAF_CHECK(s->query({}).value().events.empty());
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(what_was_committed_is_there_after_opening_again) {
  const temp_dir dir;
  audit_head before;
  auto unit = unit_of(1, 1, pending, 50);
  unit.registry.push_back({"settings/default_model", json("m1")});
  {
    auto s = open_store(dir.data());
    CAF_CHECK_EQUAL(commit(*s, unit).value().first_sequence, 0u);
    CAF_CHECK_EQUAL(
        commit(*s, unit_of(2, 1, completed, 60)).value().first_sequence, 1u);
    before = s->audit_head().value();
  }
  auto s = open_store(dir.data());
  const auto head = s->audit_head().value();
  CAF_CHECK_EQUAL(head.size, 2u);
  CAF_CHECK(head.root == before.root);
  CAF_CHECK(head.last_time == at_us(60));
  const auto row = s->get_action(id_of(1)).value();
  CAF_REQUIRE(row);
  CAF_CHECK_EQUAL(row_bytes(*row), row_bytes(*unit.row));
  CAF_CHECK(!s->get_action(id_of(3)).value());
  CAF_CHECK(s->registry_get("settings/default_model").value() == json("m1"));
  const auto open = s->open_actions().value();
  CAF_REQUIRE_EQUAL(open.size(), 1u);
  CAF_CHECK(open[0].id == id_of(1));
  const auto events = s->query({}).value().events;
  CAF_REQUIRE_EQUAL(events.size(), 2u);
  CAF_CHECK_EQUAL(events[1].sequence, 0u);
  CAF_CHECK_EQUAL(canonical_bytes(events[1].event),
                  canonical_bytes(unit.events[0]));
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(bookkeeping_changes_rows_and_leaves_no_event) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  commit(*s, unit_of(1, 1, pending, 50)).value();
  commit_unit unit;
  unit.bookkeeping = true;
  unit.registry.push_back({"shipping/x", json{{"next", 7}}});
  CAF_CHECK_EQUAL(commit(*s, unit).value().first_sequence, 1u);
  CAF_CHECK(s->registry_get("shipping/x").value() == json({{"next", 7}}));
  CAF_CHECK_EQUAL(s->audit_head().value().size, 1u);
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
  // Nothing else goes without an event, and it goes with nothing else.
  auto with_event = unit;
  with_event.events.push_back(event_of(0, "recorded"));
  CAF_CHECK(commit(*s, with_event).error().code == errc::bad_request);
  unit.bookkeeping = false;
  CAF_CHECK(commit(*s, unit).error().code == errc::bad_request);
}

CAF_TEST(a_unit_sent_again_changes_nothing) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  fill(*s, 3);
  const auto first = unit_of(1, 1, pending);
  const auto second = unit_of(1, 2, executing);
  CAF_CHECK_EQUAL(commit(*s, first).value().first_sequence, 3u);
  CAF_CHECK_EQUAL(commit(*s, first).value().first_sequence, 3u);
  CAF_CHECK_EQUAL(commit(*s, second).value().first_sequence, 4u);
  fill(*s, 2);
  CAF_CHECK_EQUAL(commit(*s, second).value().first_sequence, 4u);
  CAF_CHECK(failed_with(commit(*s, first), errc::conflict));
  CAF_CHECK_EQUAL(s->audit_head().value().size, 7u);
  // Also where its sender has made the row's bytes.
  auto encoded = second;
  encoded.encoded_row = row_bytes(*encoded.row);
  CAF_CHECK_EQUAL(commit(*s, encoded).value().first_sequence, 4u);
  // Twice in one batch, too.
  const commit_unit both[] = {unit_of(2, 1, pending), unit_of(2, 1, pending)};
  const auto answers = s->writer().commit(both);
  CAF_CHECK_EQUAL(answers[0].value().first_sequence, 7u);
  CAF_CHECK_EQUAL(answers[1].value().first_sequence, 7u);
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(the_bytes_that_a_sender_made_are_what_is_stored) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  auto unit = unit_of(1, 1, pending);
  unit.encoded_row = row_bytes(*unit.row);
  CAF_REQUIRE(commit(*s, unit).has_value());
  CAF_CHECK_EQUAL(row_bytes(**s->get_action(unit.row->id)), unit.encoded_row);
}

CAF_TEST(a_wrong_version_spoils_only_its_unit) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  commit(*s, unit_of(1, 1, pending)).value();
  auto other = unit_of(1, 1, pending);
  other.row->parameters = json{{"model", "another"}};
  other.registry.push_back({"settings/x", json(1)});
  const commit_unit units[] = {
      unit_of(1, 3, executing),  // skips a version
      other,                     // is there with other content
      unit_of(5, 2, executing),  // is not there at all
      unit_of(1, 2, executing),
      unit_of(1, 3, completed),  // follows the one before it
  };
  const auto answers = s->writer().commit(units);
  CAF_CHECK(failed_with(answers[0], errc::conflict));
  CAF_CHECK(failed_with(answers[1], errc::conflict));
  CAF_CHECK(failed_with(answers[2], errc::conflict));
  CAF_CHECK_EQUAL(said(answers[3]), "ok");
  CAF_CHECK_EQUAL(said(answers[4]), "ok");
  CAF_CHECK(contains(said(answers[0]), "version 1"));
  CAF_CHECK_EQUAL(s->audit_head().value().size, 3u);
  CAF_CHECK(!s->registry_get("settings/x").value());
  CAF_CHECK(s->get_action(id_of(1)).value()->status == completed);
  CAF_CHECK(s->open_actions().value().empty());
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(an_action_at_its_end_does_not_change) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  commit(*s, unit_of(1, 1, rejected)).value();
  CAF_CHECK(failed_with(commit(*s, unit_of(1, 2, executing)), errc::conflict));
  CAF_CHECK(s->get_action(id_of(1)).value()->status == rejected);
}

CAF_TEST(what_cannot_be_stored_is_refused_alone) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  commit_unit silent;
  silent.registry.push_back({"settings/x", json(1)});
  auto nameless = unit_of(1, 1, pending);
  nameless.row->id = {};
  auto long_key = unit_of(2, 1, pending);
  long_key.registry.push_back({std::string(512, 'k'), json(1)});
  auto longest_key = unit_of(3, 1, pending);
  longest_key.registry.push_back({std::string(511, 'k'), json(1)});
  auto foreign = unit_of(4, 1, pending);
  foreign.events.push_back(event_of(5, "other"));
  commit_unit rowless;
  rowless.events.push_back(event_of(6, "no row"));
  auto too_many = unit_of(7, 1, pending);
  too_many.events.resize(256, too_many.events.front());
  const commit_unit units[] = {silent,  nameless, long_key,   foreign,
                               rowless, too_many, longest_key};
  const auto answers = s->writer().commit(units);
  CAF_REQUIRE_EQUAL(answers.size(), 7u);
  for (std::size_t i = 0; i < 6; ++i)
    CAF_CHECK(failed_with(answers[i], errc::bad_request));
  CAF_CHECK_EQUAL(said(answers[6]), "ok");
  CAF_CHECK_EQUAL(s->audit_head().value().size, 1u);
}

CAF_TEST(ids_out_of_order_are_stored_and_found) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  for (const std::uint32_t n : {5u, 3u, 9u, 1u})
    commit(*s, unit_of(n, 1, pending)).value();
  const auto open = s->open_actions().value();
  CAF_REQUIRE_EQUAL(open.size(), 4u);
  CAF_CHECK(open.front().id == id_of(1) && open.back().id == id_of(9));
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(the_last_registry_value_of_a_batch_stays) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  std::vector<commit_unit> units;
  for (int i = 0; i < 3; ++i) {
    commit_unit unit;
    unit.events.push_back(event_of(0, "set"));
    unit.registry = {{"settings/a", json(i)},
                     {"skills/s" + std::to_string(i), json(true)}};
    units.push_back(unit);
  }
  s->writer().commit(units);
  CAF_CHECK(s->registry_get("settings/a").value() == json(2));
  commit_unit removal;
  removal.events.push_back(event_of(0, "remove"));
  removal.registry = {{"skills/s1", std::nullopt}, {"none", std::nullopt}};
  CAF_CHECK_EQUAL(said(commit(*s, removal)), "ok");
  const auto skills = s->registry_list("skills/").value();
  CAF_REQUIRE_EQUAL(skills.size(), 2u);
  CAF_CHECK_EQUAL(skills[0].key, "skills/s0");
  CAF_CHECK_EQUAL(skills[1].key, "skills/s2");
  CAF_CHECK_EQUAL(s->registry_list("").value().size(), 3u);
  CAF_CHECK(!s->registry_get("").value());
  CAF_CHECK(!s->registry_get(std::string(600, 'x')).value());
}

CAF_TEST(a_clock_set_back_does_not_disorder_the_log) {
  const temp_dir dir;
  {
    auto s = open_store(dir.data());
    commit(*s, unit_of(1, 1, pending, 100)).value();
  }
  auto s = open_store(dir.data());
  commit(*s, unit_of(2, 1, pending, 40)).value();
  const auto events = s->query({}).value().events;
  CAF_CHECK(events[0].event.time == at_us(100));
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(many_events_of_an_action_are_all_found) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  for (std::uint64_t version = 1; version <= 3; ++version) {
    auto unit = unit_of(7, version, pending);
    for (int i = 1; i < 255; ++i)
      unit.events.push_back(event_of(7, "n" + std::to_string(i)));
    commit(*s, unit).value();
    fill(*s, 2);
  }
  audit_query query;
  query.action_id = id_of(7);
  query.limit = 1000;
  CAF_CHECK_EQUAL(s->query(query).value().events.size(), 765u);
  query.before = 600;
  query.after = 200;
  const auto middle = s->query(query).value();
  // 201 to 254, 257 to 511, 514 to 599.
  CAF_CHECK_EQUAL(middle.events.size(), 54u + 255u + 86u);
  CAF_CHECK_EQUAL(middle.events.front().sequence, 599u);
  CAF_CHECK_EQUAL(middle.events.back().sequence, 201u);
  const auto report = verify(s->access()).value();
  CAF_CHECK_EQUAL(report.events, 771u);
  CAF_CHECK_EQUAL(report.nodes, 4u);
  CAF_CHECK_EQUAL(report.runs, 3u);
  CAF_CHECK_EQUAL(report.root, to_hex(s->audit_head().value().root));
}

CAF_TEST(a_proof_commits_and_changes_nothing) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  fill(*s, 3);
  const auto before = s->audit_head().value();
  const auto transactions = [&] {
    MDB_envinfo info{};
    mdb_env_info(s->access().env.get(), &info);
    return info.me_last_txnid;
  };
  const auto last = transactions();
  CAF_CHECK_EQUAL(said(s->writer().prove()), "ok");
  CAF_CHECK_EQUAL(transactions(), last + 1);
  CAF_CHECK(s->audit_head().value().root == before.root);
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(counts_what_there_is) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  commit(*s, unit_of(1, 1, pending)).value();
  commit(*s, unit_of(2, 1, completed)).value();
  const auto stats = s->stats().value();
  CAF_CHECK_EQUAL(stats.events, 2u);
  CAF_CHECK_EQUAL(stats.actions, 2u);
  CAF_CHECK_EQUAL(stats.open_actions, 1u);
  CAF_CHECK_EQUAL(stats.registry_rows, 0u);
  CAF_CHECK_EQUAL(stats.map_size, std::uint64_t{256} << 20);
  CAF_CHECK(stats.live > 0 && stats.live < stats.used);
  CAF_CHECK(stats.file_size >= stats.used);
  CAF_CHECK_EQUAL(said(s->sync()), "ok");
}

}  // namespace store_writer_tests
