#define CAF_SUITE store_retention

#include "actors/audit/proofs.hpp"
#include "actors/storage/anchor_file.hpp"
#include "actors/storage/retention.hpp"
#include "actors/storage/store/cut.hpp"
#include "actors/storage/store/proof_reader.hpp"
#include "actors/storage/store/verify.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_retention_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

struct sut_fixture {
  temp_dir dir;
  std::unique_ptr<store> s = open_store(dir.data());
  const audit::signing_key key = audit::signing_key::generate().value();

  std::uint64_t size() const { return s->audit_head()->size; }

  /// Each action makes an event when it begins and one when it ends.
  void act(std::uint32_t first, std::uint32_t last) {
    for (auto n = first; n < last; ++n)
      for (const std::uint64_t version : {1, 2})
        commit(unit_of(
            n, version,
            version == 1 ? action_status::executing : action_status::completed,
            n));
  }
  void commit(const commit_unit& unit) { test::commit(*s, unit).value(); }
  errc refused_cut(std::uint64_t first_kept) {
    auto unit = cut_unit({}, {}, first_kept, at_us(1'000'000));
    return s->writer().commit({&unit, 1}).front().error().code;
  }
  void cut(std::uint64_t first_kept) {
    commit(cut_unit({}, {}, first_kept, at_us(1'000'000)));
  }
  std::string verified() const { return said(verify(s->access())); }
  /// Behind the closed store's back; open again after it.
  void alter(
      const std::function<void(write_transaction&, const databases&)>& change) {
    s.reset();
    tamper(dir.data(), change);
    s = open_store(dir.data());
  }
  bool proves(std::uint64_t sequence) const {
    const auto x = prove_inclusion(s->access(), sequence, {});
    return x && audit::root_from_inclusion(x->leaf, sequence, x->tree_size,
                                           x->path) == x->root;
  }
};

CAF_TEST_FIXTURE_SCOPE(with_fixture, sut_fixture)

CAF_TEST(what_is_cut_goes_and_the_rest_proves_itself) {
  act(1, 501);
  const auto head = sign_head(*s, key, {}).value();
  const auto root = s->audit_head()->root;
  const auto proof = prove_inclusion(s->access(), 700, {}).value();
  cut(512);
  cut(768);
  const auto report = verify(s->access());
  CAF_REQUIRE(report.has_value());
  CAF_CHECK_EQUAL(report->cut, 768u);
  CAF_CHECK_EQUAL(report->events, 1002u);
  s.reset();
  s = open_store(dir.data());
  CAF_CHECK_EQUAL(verified(), "ok");
  // The root is over all there ever was.
  const auto with_past = prove_consistency(s->access(), 1000, {}).value();
  CAF_CHECK(with_past.first_root == root);
  CAF_CHECK(check_signed_head(s->access(), head, key.check()).value());
  for (const std::uint64_t kept : {768, 800, 1001})
    CAF_CHECK(proves(kept));
  CAF_CHECK_EQUAL(prove_inclusion(s->access(), 700, {}).error().message,
                  "audit event 700 is gone by retention; the log begins at "
                  "event 768");
  CAF_CHECK(prove_inclusion(s->access(), 700, {}).error().code ==
            errc::not_found);
  // A proof that was taken before still holds against the head.
  CAF_CHECK(audit::root_from_inclusion(proof.leaf, 700, 1000, proof.path) ==
            root);
}

CAF_TEST(heads_from_the_cut_on_are_shown_and_older_ones_are_not) {
  act(1, 501);
  const auto within = key.sign(300, audit::leaf_hash("whatever"), {});
  cut(768);
  CAF_CHECK(prove_consistency(s->access(), 768, {}).has_value());
  // Whole blocks, whose nodes are there.
  CAF_CHECK(prove_consistency(s->access(), 512, {}).has_value());
  const auto older = prove_consistency(s->access(), 300, {});
  CAF_REQUIRE(!older.has_value());
  CAF_CHECK(older.error().code == errc::bad_request);
  CAF_CHECK(contains(older.error().message, "ask from 768 events on"));
  CAF_CHECK(!check_signed_head(s->access(), within, key.check()).value());
}

CAF_TEST(rows_go_with_their_last_event) {
  act(1, 301);
  commit(unit_of(900, 1, action_status::pending, 300));
  act(301, 801);
  cut(1024);
  CAF_CHECK_EQUAL(verified(), "ok");
  CAF_CHECK(!s->get_action(id_of(1)).value().has_value());
  CAF_CHECK(!s->get_action(id_of(511)).value().has_value());
  CAF_CHECK(s->get_action(id_of(800)).value().has_value());
  // One that is not at its end stays.
  CAF_CHECK(s->get_action(id_of(900)).value().has_value());
  CAF_CHECK_EQUAL(s->open_actions().value().size(), 1u);
  audit_query of_waiting;
  of_waiting.action_id = id_of(900);
  CAF_CHECK(s->query(of_waiting).value().events.empty());
  commit(unit_of(900, 2, action_status::rejected, 1'000'001));
  CAF_CHECK_EQUAL(s->query(of_waiting).value().events.size(), 1u);
  CAF_CHECK_EQUAL(verified(), "ok");
}

CAF_TEST(a_run_may_be_cut_in_two) {
  act(1, 128);
  commit_unit many;
  for (int i = 0; i < 10; ++i)
    many.events.push_back(event_of(500, "executing", 200));
  many.row = row_of(500, 1, action_status::executing);
  commit(many);
  act(201, 401);
  CAF_CHECK(size() > 512u);
  cut(256);
  CAF_CHECK_EQUAL(verified(), "ok");
  audit_query rest;
  rest.action_id = id_of(500);
  CAF_CHECK_EQUAL(s->query(rest).value().events.size(), 8u);
}

CAF_TEST(no_other_cut_is_made) {
  act(1, 301);
  CAF_CHECK(refused_cut(100) == errc::conflict);
  CAF_CHECK(refused_cut(0) == errc::conflict);
  // The newest block, complete or not.
  CAF_CHECK(refused_cut(768) == errc::conflict);
  cut(256);
  CAF_CHECK(refused_cut(256) == errc::conflict);
  cut(512);
  CAF_CHECK_EQUAL(furthest_cut(512), 256u);
  CAF_CHECK_EQUAL(furthest_cut(513), 512u);
  CAF_CHECK_EQUAL(furthest_cut(0), 0u);
}

CAF_TEST(events_that_go_without_being_told_of_are_missed) {
  act(1, 501);
  cut(256);
  // As a cut, and without its event.
  alter([](auto& txn, const auto& dbs) { cut_log(txn, dbs, 512).value(); });
  CAF_CHECK(contains(verified(),
                     "the audit log begins at event 512, and says "
                     "itself that it was cut to begin at event "
                     "256"));
}

CAF_TEST(what_the_cut_claims_is_checked_at_every_start) {
  act(1, 501);
  cut(256);
  s.reset();
  tamper(dir.data(), [](auto& txn, const auto& dbs) {
    txn.erase(dbs.audit, sequence_key(256)).value();
  });
  const auto again = store::open(options_for(dir.data()));
  CAF_REQUIRE(!again.has_value());
  CAF_CHECK(contains(again.error().message, "audit event 256 is missing"));
}

CAF_TEST(nodes_of_what_was_cut_are_verified) {
  act(1, 801);
  cut(1024);
  alter([](auto& txn, const auto& dbs) {
    txn.put(dbs.nodes, node_key(8, 1), std::string(sizeof(hash256), 'x'))
        .value();
  });
  CAF_CHECK(contains(verified(), "node 0 of level 9"));
}

CAF_TEST(age_and_size_say_what_is_due) {
  act(1, 501);
  retention_limits limits;
  CAF_CHECK(!next_cut(limits, look_for_cut(*s, limits, 1000, {}).value()));
  limits.age = std::chrono::hours{1};
  // Events are of the microseconds 1 to 500, two in each.
  const auto later = [&](std::int64_t us) {
    return look_for_cut(*s, limits, 1000, at_us(us) + *limits.age).value();
  };
  CAF_CHECK_EQUAL(later(300).first_young, 598u);
  CAF_CHECK_EQUAL(next_cut(limits, later(300)).value(), 512u);
  CAF_CHECK(!next_cut(limits, later(100)));
  CAF_CHECK_EQUAL(next_cut(limits, later(10'000)).value(), 768u);
  auto view = later(10'000);
  // Not behind what was anchored, and in parts.
  view.anchored = 700;
  CAF_CHECK_EQUAL(next_cut(limits, view).value(), 512u);
  view.anchored = view.size = 1'000'000;
  view.first_young = 1'000'000;
  CAF_CHECK_EQUAL(next_cut(limits, view).value(), events_of_a_cut);
  limits = {};
  limits.live_bytes = 1;
  view = look_for_cut(*s, limits, 1000, {}).value();
  CAF_CHECK(view.live_bytes > 1);
  CAF_CHECK_EQUAL(next_cut(limits, view).value(), 768u);
  limits.live_bytes = view.live_bytes;
  CAF_CHECK(!next_cut(limits, view));
}

CAF_TEST_FIXTURE_SCOPE_END()

}  // namespace store_retention_tests
