#define CAF_SUITE audit_logger

#include "tests/actor/storage/storage_fixture.hpp"

namespace audit_logger_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

using enum action_status;

struct sut_fixture : storage_fixture {};

using strings = std::vector<std::string>;

}  // namespace audit_logger_tests

CAF_TEST_FIXTURE_SCOPE(audit_logger_tests, sut_fixture)

CAF_TEST(a_unit_is_stored_before_it_is_answered) {
  auto asked = send(unit_of(1, 1, pending));
  settle();
  CAF_REQUIRE_EQUAL(asked.code(), "ok");
  CAF_CHECK_EQUAL(asked.first_sequence(), 0U);
  CAF_CHECK_EQUAL(size(), 1U);
  CAF_CHECK(where->get_action(id_of(1)).value().has_value());
}

CAF_TEST(whatever_queued_is_committed_in_one_transaction_and_in_order) {
  const auto before = transactions();
  std::vector<decltype(send({}))> asked;
  for (std::uint32_t n = 1; n <= 20; ++n)
    asked.push_back(send(unit_of(n, 1, pending)));
  deliver_requests();
  CAF_CHECK_EQUAL(size(), 0U);
  settle();
  CAF_CHECK_EQUAL(transactions(), before + 1);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    CAF_REQUIRE_EQUAL(asked[i].code(), "ok");
    CAF_CHECK_EQUAL(asked[i].first_sequence(), i);
    CAF_CHECK_EQUAL(asked[i].asked->answers, 1U);
  }
  // One after the other they need one each.
  for (std::uint32_t n = 21; n <= 23; ++n) {
    send(unit_of(n, 1, pending));
    settle();
  }
  CAF_CHECK_EQUAL(transactions(), before + 4);
}

CAF_TEST(a_conflict_fails_its_unit_alone) {
  auto good = send(unit_of(1, 1, pending));
  auto bad = send(unit_of(2, 5, completed));
  auto also_good = send(unit_of(3, 1, pending));
  settle();
  CAF_CHECK_EQUAL(good.code(), "ok");
  CAF_CHECK_EQUAL(bad.code(), "conflict");
  CAF_CHECK_EQUAL(also_good.code(), "ok");
  CAF_CHECK_EQUAL(size(), 2U);
  // The log itself is well.
  CAF_CHECK(!view.get()->refusing);
}

CAF_TEST(one_message_may_bring_units_that_fare_differently) {
  commit_batch batch;
  batch.emplace_back(unit_of(1, 1, pending));
  batch.emplace_back(unit_of(2, 5, completed));
  batch.emplace_back(unit_of(3, 1, pending));
  const auto before = transactions();
  const auto between = send(unit_of(4, 1, pending));
  const auto asked = ask_later<commit_answers>(*this, logger, batch);
  settle();
  CAF_CHECK_EQUAL(transactions(), before + 1);
  CAF_CHECK_EQUAL(between.code(), "ok");
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  const auto& answers = *asked->answer;
  CAF_REQUIRE_EQUAL(answers.size(), 3U);
  CAF_CHECK(!answers[0].refused);
  CAF_REQUIRE(answers[1].refused);
  CAF_CHECK_EQUAL(answers[1].refused->code, errc::conflict);
  CAF_CHECK(!answers[2].refused);
  CAF_CHECK_EQUAL(answers[0].receipt.first_sequence +
                      answers[2].receipt.first_sequence +
                      between.first_sequence(),
                  0U + 1U + 2U);
}

CAF_TEST(a_unit_that_is_sent_again_changes_nothing) {
  auto unit = unit_of(1, 1, pending);
  send(unit);
  settle();
  auto again = send(unit);
  settle();
  CAF_CHECK_EQUAL(again.code(), "ok");
  CAF_CHECK_EQUAL(size(), 1U);
}

CAF_TEST(a_barrier_comes_after_what_was_sent_before) {
  send(unit_of(1, 1, pending));
  send(unit_of(2, 1, pending));
  deliver_requests();
  auto barrier = ask_later<std::uint64_t>(*this, logger, barrier_atom::value);
  settle();
  CAF_REQUIRE_EQUAL(barrier->code(), "ok");
  CAF_CHECK_EQUAL(*barrier->answer, 2U);
}

CAF_TEST(the_check_proves_itself_with_a_transaction) {
  const auto before = transactions();
  auto asked = ask_now<std::string>(*this, logger, check_atom::value);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(*asked->answer, "committed; 0 events");
  CAF_CHECK_EQUAL(transactions(), before + 1);
  CAF_CHECK_EQUAL(size(), 0U);
}

CAF_TEST(stopping_in_order_commits_what_queued) {
  auto asked = send(unit_of(1, 1, pending));
  deliver_requests();
  // Arrives before the logger has told itself to commit.
  caf::anon_send_exit(logger, caf::exit_reason::user_shutdown);
  settle();
  CAF_CHECK_EQUAL(size(), 1U);
  CAF_CHECK_EQUAL(asked.code(), "ok");
}

CAF_TEST(dying_with_a_queue_leaves_nobody_waiting) {
  auto queued = send(unit_of(1, 1, pending));
  deliver_requests();
  caf::anon_send_exit(logger, caf::exit_reason::kill);
  auto unread = send(unit_of(2, 1, pending));
  deliver_requests();
  settle();
  CAF_CHECK_EQUAL(queued.code(), "outcome_unknown");
  CAF_CHECK_EQUAL(unread.code(), "unavailable");
  CAF_CHECK_EQUAL(size(), 0U);
}

CAF_TEST(a_throwing_handler_leaves_nobody_waiting_either) {
  auto queued = send(unit_of(1, 1, pending));
  deliver_requests();
  fault(logger, fault_kind::throw_);
  CAF_CHECK_EQUAL(queued.code(), "outcome_unknown");
  CAF_CHECK_EQUAL(size(), 0U);
}

CAF_TEST(a_second_life_goes_on_where_the_first_ended) {
  send(unit_of(1, 1, pending));
  settle();
  kill(logger);
  start_logger();
  auto asked = send(unit_of(1, 2, completed));
  settle();
  CAF_REQUIRE_EQUAL(asked.code(), "ok");
  CAF_CHECK_EQUAL(asked.first_sequence(), 1U);
  CAF_CHECK_EQUAL(statuses(), (strings{"pending", "completed"}));
}

CAF_TEST(async_commits_are_brought_to_the_disk_on_a_period) {
  kill(logger);
  start_logger(durability::async);
  const std::chrono::milliseconds period{1000};
  // What an earlier life left.
  advance(period);
  advance(period);
  CAF_CHECK_EQUAL(syncs, 1);
  advance(period);
  CAF_CHECK_EQUAL(syncs, 1);
  send(unit_of(1, 1, pending));
  settle();
  advance(period);
  advance(period);
  CAF_CHECK_EQUAL(syncs, 2);
  send(unit_of(2, 1, pending));
  settle();
  caf::anon_send_exit(logger, caf::exit_reason::user_shutdown);
  settle();
  CAF_CHECK_EQUAL(syncs, 3);
}

CAF_TEST(a_sync_that_fails_is_told_and_tried_again) {
  kill(logger);
  sync_answer = failure{errc::storage_failed, "the disk is gone", {}, {}};
  start_logger(durability::async);
  const std::chrono::milliseconds period{1000};
  advance(period);
  advance(period);
  CAF_REQUIRE(view.get()->refusing.has_value());
  CAF_CHECK_EQUAL(view.get()->refusing->message, "the disk is gone");
  sync_answer = {};
  advance(period);
  CAF_CHECK(!view.get()->refusing);
}

CAF_TEST(what_is_published) {
  const auto before = gen.value();
  for (std::uint32_t n = 1; n <= 3; ++n) {
    send(unit_of(n, 1, pending));
    settle();
  }
  // Nobody has to render anything anew for a commit.
  CAF_CHECK_EQUAL(gen.value(), before);
  view.mark_stale(test_now());
  kill(logger);
  start_logger();
  CAF_CHECK(!view.stale_since());
}

CAF_TEST_FIXTURE_SCOPE_END()
