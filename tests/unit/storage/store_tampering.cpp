#define CAF_SUITE store_tampering

#include "actors/storage/store/audit_reader.hpp"
#include "actors/storage/store/records.hpp"
#include "actors/storage/store/verify.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_tampering_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

using enum action_status;

using change = std::function<void(write_transaction&, const databases&)>;

/// Two whole blocks and a part of the third, with an action at either end.
void write_store(const fs::path& data_dir) {
  auto s = open_store(data_dir);
  commit(*s, unit_of(1, 1, pending, 10)).value();
  fill(*s, 598);
  commit(*s, unit_of(2, 1, completed, 20)).value();
}

/// Complements one byte of a value; counts from the end when negative.
change flip(database databases::*db, std::string key, int byte) {
  return [=](write_transaction& txn, const databases& dbs) {
    std::string value{txn.find(dbs.*db, key).value().value()};
    auto& c = byte < 0 ? value[value.size() - static_cast<std::size_t>(-byte)]
                       : value[static_cast<std::size_t>(byte)];
    c = static_cast<char>(~c);
    txn.put(dbs.*db, key, value).value();
  };
}

change set_byte(database databases::*db, std::string key, std::size_t byte,
                char to) {
  return [=](write_transaction& txn, const databases& dbs) {
    std::string value{txn.find(dbs.*db, key).value().value()};
    value.at(byte) = to;
    txn.put(dbs.*db, key, value).value();
  };
}

change erase(database databases::*db, std::string key) {
  return [=](write_transaction& txn, const databases& dbs) {
    if (!txn.erase(dbs.*db, key).value())
      throw std::runtime_error{"nothing to erase"};
  };
}

change insert(database databases::*db, std::string key, std::string value) {
  return [=](write_transaction& txn, const databases& dbs) {
    txn.put(dbs.*db, key, value).value();
  };
}

std::string key_of(std::string_view bytes) {
  return std::string{bytes};
}

struct outcome {
  std::string open;
  std::string verify;
};

outcome after(const change& what) {
  const temp_dir dir;
  write_store(dir.data());
  tamper(dir.data(), what);
  outcome out;
  out.open = said(store::open(options_for(dir.data())));
  auto copy = open_for_reading(dir.data()).value();
  out.verify = said(verify(copy.access()));
  return out;
}

void check_both(const change& what, std::string_view named) {
  const auto x = after(what);
  CAF_CHECK_EQUAL(x.open, x.verify);
  CAF_CHECK(contains(x.open, named));
}

/// In the part that only the full check reads.
void check_verify(const change& what, std::string_view named) {
  const auto x = after(what);
  CAF_CHECK_EQUAL(x.open, "ok");
  CAF_MESSAGE(x.verify);
  CAF_CHECK(contains(x.verify, named));
}

constexpr auto events = &databases::audit;

CAF_TEST(untouched_is_right) {
  const auto x = after([](write_transaction&, const databases&) {});
  CAF_CHECK_EQUAL(x.open, "ok");
  CAF_CHECK_EQUAL(x.verify, "ok");
}

CAF_TEST(a_byte_of_an_event) {
  check_both(flip(events, key_of(sequence_key(590)), 60),
             "audit event 590 is not what its leaf hash was made of");
  check_verify(flip(events, key_of(sequence_key(3)), 60),
               "audit event 3 is not what its leaf hash was made of");
}

CAF_TEST(an_unreadable_event_is_passed_only_by_who_asks_for_it) {
  const temp_dir dir;
  write_store(dir.data());
  tamper(dir.data(), [](write_transaction& txn, const databases& dbs) {
    set_byte(events, key_of(sequence_key(3)), 40, '?')(txn, dbs);
    txn.put(dbs.audit, sequence_key(5), "cut").value();
  });
  auto copy = open_for_reading(dir.data()).value();
  audit_query q;
  q.ascending = true;
  q.limit = 6;
  CAF_CHECK(contains(said(query_audit(copy.access(), q)),
                     "audit event 3 is not readable"));
  q.skip_unreadable = true;
  const auto page = query_audit(copy.access(), q).value();
  CAF_CHECK_EQUAL(page.unreadable, (std::vector<std::uint64_t>{3, 5}));
  CAF_REQUIRE_EQUAL(page.events.size(), 6U);
  CAF_CHECK_EQUAL(page.events.back().sequence, 7U);
  CAF_CHECK_EQUAL(page.last_examined.value(), 7U);
  q.limit = 1;
  q.after = 4;
  CAF_CHECK_EQUAL(query_audit(copy.access(), q).value().events.front().sequence,
                  6U);
}

CAF_TEST(a_leaf_hash) {
  check_both(flip(events, key_of(sequence_key(512)), 0),
             "audit event 512 is not what");
  check_verify(flip(events, key_of(sequence_key(511)), 31),
               "audit event 511 is not what");
}

CAF_TEST(an_event_replaced_with_its_hash) {
  const auto forge = [](std::uint64_t sequence) {
    return [=](write_transaction& txn, const databases& dbs) {
      const auto bytes = canonical_bytes(event_of(0, "forged", 10));
      std::string value{as_bytes(sha256({std::string_view{"\0", 1}, bytes}))};
      txn.put(dbs.audit, sequence_key(sequence), value + bytes).value();
    };
  };
  const auto recent = after(forge(555));
  CAF_CHECK(contains(recent.open, "head is not that of its newest events"));
  CAF_CHECK(contains(recent.verify, "its head says"));
  check_verify(forge(100), "node 0 of level 8");
}

CAF_TEST(a_node) {
  check_both(flip(&databases::nodes, key_of(node_key(9, 0)), 5),
             "node 0 of level 9 of the audit log's tree is wrong");
  check_both(erase(&databases::nodes, key_of(node_key(9, 0))),
             "node 0 of level 9 of the audit log's tree is missing");
  check_verify(flip(&databases::nodes, key_of(node_key(8, 1)), 0),
               "node 1 of level 8");
  check_verify(
      insert(&databases::nodes, key_of(node_key(10, 7)), std::string(32, 'x')),
      "nodes of the tree");
}

CAF_TEST(the_head) {
  const auto meta = &databases::meta;
  const auto size = after(flip(meta, "audit_head", 7));
  CAF_CHECK(contains(size.open, "head"));
  CAF_CHECK(contains(size.verify, "head"));
  const auto time = after(flip(meta, "audit_head", 15));
  CAF_CHECK(contains(time.open, "the head says"));
  CAF_CHECK(contains(time.verify, "its head says"));
  const auto peak = after(flip(meta, "audit_head", -1));
  CAF_CHECK(contains(peak.open, "head is not that of its newest events"));
  CAF_CHECK(contains(peak.verify, "its head says"));
  check_both(erase(meta, "audit_head"), "head is not readable");
}

CAF_TEST(a_missing_event) {
  check_both(erase(events, key_of(sequence_key(570))),
             "audit event 570 is missing");
  check_verify(erase(events, key_of(sequence_key(17))),
               "audit event 17 is missing");
  const auto last = after(erase(events, key_of(sequence_key(599))));
  CAF_CHECK(contains(last.open, "has 599 events and its head says 600"));
  CAF_CHECK(contains(last.verify, "its head says 600"));
}

CAF_TEST(the_events_that_a_row_names) {
  const auto rows = &databases::actions;
  const auto first = "the row of action " + to_string(id_of(1));
  const auto second = "the row of action " + to_string(id_of(2));
  const auto key = [](std::uint32_t n) { return key_of(view_of(id_of(n))); };
  // A row's head is version, status and number of runs, 10 bytes; a run has its
  // first event, 8 bytes, and how many.
  check_verify(erase(rows, key(1)), first + " lacks audit event 0");
  check_verify(flip(rows, key(1), 17), first + " lacks audit event 0");
  check_verify(set_byte(rows, key(1), 18, 2), first + " claims audit event 1");
  check_verify(set_byte(rows, key(2), 18, 2),
               second + " names events behind the newest");
  check_verify(
      [&](write_transaction& txn, const databases& dbs) {
        auto row = row_of(9, 1, completed);
        const auto bytes = row_bytes(row);
        std::string run;
        event_run{4, 1}.append_to(run);
        const row_record record{1, completed, run, bytes};
        std::string value(record.size(), '\0');
        record.write(value.data());
        txn.put(dbs.actions, key(9), value).value();
      },
      "names events that are not of its action");
}

CAF_TEST(rows_and_the_list_of_open_ones) {
  const auto first = "action " + to_string(id_of(1));
  const auto second = "action " + to_string(id_of(2));
  const auto rows = &databases::actions;
  const auto open = &databases::open_actions;
  check_verify(erase(open, key_of(view_of(id_of(1)))),
               first + " is pending and not listed as open");
  check_verify(insert(open, key_of(view_of(id_of(2))), ""),
               second + " is completed and listed as open");
  check_verify(insert(open, key_of(view_of(id_of(5))), ""), "has no row");
  check_verify(flip(rows, key_of(view_of(id_of(2))), 7),
               second + " contradicts its head");
  check_verify(flip(rows, key_of(view_of(id_of(2))), -1),
               second + " is not readable");
  check_verify(flip(rows, key_of(view_of(id_of(2))), 8),
               second + " lacks audit event");
}

CAF_TEST(a_file_that_was_cut_off) {
  const temp_dir dir;
  {
    auto s = open_store(dir.data());
    for (int i = 0; i < 3; ++i)
      fill(*s, 5'000);
  }
  fs::resize_file(dir.data() / "data.mdb", 64 << 10);
  CAF_CHECK(contains(said(store::open(options_for(dir.data()))), "is cut off"));
}

CAF_TEST(a_file_that_is_no_store) {
  const temp_dir dir;
  { open_store(dir.data()); }
  fs::resize_file(dir.data() / "data.mdb", 0);
  fs::resize_file(dir.data() / "data.mdb", 8192);
  CAF_CHECK(
      contains(said(store::open(options_for(dir.data()))), "restore a backup"));
}

}  // namespace store_tampering_tests
