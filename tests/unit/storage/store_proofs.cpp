#define CAF_SUITE store_proofs

#include <fstream>

#include "actors/audit/proofs.hpp"
#include "actors/storage/anchor_file.hpp"
#include "actors/storage/head_key.hpp"
#include "actors/storage/store/verify.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_proofs_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

struct fixture {
  temp_dir dir;
  std::unique_ptr<store> s = open_store(dir.data());
  audit::signing_key key = audit::signing_key::generate().value();

  /// Whether the proof leads from the event to the root.
  bool proves(std::uint64_t sequence, std::uint64_t size) const {
    const auto x = prove_inclusion(s->access(), sequence, size);
    return x && x->leaf == audit::leaf_hash(x->event) &&
           audit::root_from_inclusion(x->leaf, sequence, size, x->path) ==
               x->root &&
           x->root == root_at(s->access(), size).value();
  }
  bool consistent(std::uint64_t first, std::uint64_t second) const {
    const auto x = prove_consistency(s->access(), first, second);
    return x && audit::is_consistent(first, x->first_root, second,
                                     x->second_root, x->path);
  }
};

}  // namespace store_proofs_tests

CAF_TEST_FIXTURE_SCOPE(store_proofs_tests, fixture)

// Sizes around the blocks from which nodes are stored.
CAF_TEST(events_are_proved_from_what_is_stored) {
  fill(*s, 1'000);
  for (const std::uint64_t size :
       {1U, 2U, 255U, 256U, 257U, 512U, 700U, 1'000U})
    for (const std::uint64_t at : {0U, 1U, 254U, 255U, 256U, 300U, 511U, 999U})
      if (at < size)
        CAF_CHECK(proves(at, size));
  CAF_CHECK(root_at(s->access(), 1'000).value() ==
            s->audit_head().value().root);
}

CAF_TEST(older_logs_are_proved_from_what_is_stored) {
  fill(*s, 1'000);
  for (const std::uint64_t second : {2U, 256U, 257U, 768U, 1'000U})
    for (const std::uint64_t first : {1U, 2U, 255U, 256U, 257U, 512U, 999U})
      if (first <= second)
        CAF_CHECK(consistent(first, second));
}

CAF_TEST(what_is_not_there_cannot_be_proved) {
  fill(*s, 10);
  const auto store = s->access();
  CAF_CHECK(failed_with(prove_inclusion(store, 10, {}), errc::not_found));
  CAF_CHECK(failed_with(prove_inclusion(store, 5, 5), errc::not_found));
  CAF_CHECK(failed_with(prove_inclusion(store, 0, 11), errc::not_found));
  CAF_CHECK(failed_with(prove_consistency(store, 0, 5), errc::bad_request));
  CAF_CHECK(failed_with(prove_consistency(store, 6, 5), errc::bad_request));
  CAF_CHECK(failed_with(prove_consistency(store, 1, 11), errc::not_found));
  CAF_CHECK_EQUAL(prove_inclusion(store, 3, {})->tree_size, 10U);
}

CAF_TEST(a_head_that_was_anchored_is_found_again) {
  fill(*s, 300);
  const auto old = sign_head(*s, key, {}).value();
  fill(*s, 300);
  const auto file = dir.path() / "heads";
  append_head(file, old).value();
  append_head(file, sign_head(*s, key, {}).value()).value();
  const auto heads = read_heads(file).value().heads;
  CAF_REQUIRE_EQUAL(heads.size(), 2U);
  CAF_CHECK(heads[0] == old);
  for (const auto& x : heads)
    CAF_CHECK_EQUAL(said(check_signed_head(s->access(), x, key.check())), "ok");
  const auto other = audit::signing_key::generate().value();
  CAF_CHECK(contains(said(check_signed_head(s->access(), old, other.check())),
                     "does not verify"));
  const auto false_root = key.sign(300, audit::leaf_hash("x"), {});
  CAF_CHECK(
      contains(said(check_signed_head(s->access(), false_root, key.check())),
               "was altered"));
  const auto newer = key.sign(601, audit::leaf_hash("x"), {});
  CAF_CHECK(contains(said(check_signed_head(s->access(), newer, key.check())),
                     "was cut off"));
}

// Whoever rewrites the whole store, consistently, is found by an old head.
CAF_TEST(a_rewritten_log_is_found_by_its_head) {
  fill(*s, 20);
  const auto head = sign_head(*s, key, {}).value();
  temp_dir elsewhere;
  const auto rewritten = open_store(elsewhere.data());
  fill(*rewritten, 19);
  commit_unit unit;
  unit.events.push_back(event_of(0, "not what happened"));
  commit(*rewritten, unit).value();
  CAF_CHECK(verify(rewritten->access()).has_value());
  CAF_CHECK(
      contains(said(check_signed_head(rewritten->access(), head, key.check())),
               "was altered"));
}

CAF_TEST(one_head_may_be_spread_over_lines) {
  fill(*s, 1);
  const auto head = sign_head(*s, key, {}).value();
  const auto file = dir.path() / "head.json";
  std::ofstream{file} << to_json(head).dump(2);
  CAF_CHECK(read_heads(file).value().heads.at(0) == head);
  std::ofstream{file} << "{}\n";
  CAF_CHECK(contains(said(read_heads(file)), "tree_size"));
  CAF_CHECK(contains(said(read_heads(dir.path())), "no file"));
  CAF_CHECK(contains(said(read_heads(dir.path() / "none")), "no file"));
}

CAF_TEST(half_a_line_spoils_no_other) {
  fill(*s, 1);
  const auto head = sign_head(*s, key, {}).value();
  const auto file = dir.path() / "heads";
  append_head(file, head).value();
  append_head(file, head).value();
  const auto whole = fs::file_size(file);
  fs::resize_file(file, whole - 10);
  auto found = read_heads(file).value();
  CAF_CHECK_EQUAL(found.heads.size(), 1U);
  CAF_CHECK_EQUAL(found.unreadable, 0U);
  append_head(file, head).value();
  found = read_heads(file).value();
  CAF_CHECK_EQUAL(found.heads.size(), 2U);
  CAF_CHECK_EQUAL(found.unreadable, 1U);
}

CAF_TEST(the_key_stays) {
  const auto first = load_or_create_head_key(dir.data()).value();
  const auto again = load_or_create_head_key(dir.data()).value();
  CAF_CHECK(first.check().log_id() == again.check().log_id());
  std::ifstream in{dir.data() / "audit.pub"};
  const std::string pem{std::istreambuf_iterator<char>{in}, {}};
  CAF_CHECK_EQUAL(pem, first.check().pem());
  fs::permissions(dir.data() / "audit.key", fs::perms{0644});
  CAF_CHECK(contains(said(load_or_create_head_key(dir.data())), "chmod 600"));
  fs::permissions(dir.data() / "audit.key", fs::perms{0600});
  std::ofstream{dir.data() / "audit.key"} << "nonsense";
  CAF_CHECK(contains(said(load_or_create_head_key(dir.data())), "audit.key"));
  fs::remove(dir.data() / "audit.key");
  CAF_CHECK(contains(said(load_or_create_head_key(dir.data())), "put it back"));
}

CAF_TEST(a_log_is_recomputed_in_steps) {
  fill(*s, 100);
  auto steps = verification::begin(s->access()).value();
  // What comes meanwhile is not of the snapshot.
  fill(*s, 50);
  std::size_t n = 1;
  while (!steps.step(30).value())
    ++n;
  CAF_CHECK(n >= 4);
  CAF_CHECK_EQUAL(steps.report().events, 100U);
  CAF_CHECK_EQUAL(verify(s->access()).value().events, 150U);
}

CAF_TEST_FIXTURE_SCOPE_END()
