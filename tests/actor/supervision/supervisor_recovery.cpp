#define CAF_SUITE supervisor_recovery

#include "tests/actor/supervision/supervisor_fixture.hpp"

namespace supervisor_recovery_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using namespace closedpaw::supervision::test;

struct sut : supervisor_fixture {
  script& a() { return scripts["a"]; }
  void start_a() { start(of_workers({"a"})); }
};

}  // namespace supervisor_recovery_tests

CAF_TEST_FIXTURE_SCOPE(supervisor_recovery_tests, sut)

CAF_TEST(at_the_first_start_an_unproven_child_runs_all_the_same) {
  a().on_check = script::check::fails;
  start_a();
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  CAF_CHECK(!snapshot("a").last_exchange->ok);
  CAF_CHECK_EQUAL(snapshot("a").last_exchange->detail, "nobody is there");
  CAF_CHECK_EQUAL(snapshot("a").ineffective_restarts, 0U);
}

CAF_TEST(after_a_restart_it_recovers_until_it_has_proved_itself) {
  start_a();
  a().on_check = script::check::fails;
  crash("a");
  CAF_CHECK_EQUAL(state("a"), node_state::recovering);
  CAF_CHECK(!snapshot("a").last_recovery);
  // Asked again after 200 and 400 ms.
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(state("a"), node_state::recovering);
  a().on_check = script::check::proves;
  advance(milliseconds{350});
  CAF_CHECK_EQUAL(state("a"), node_state::recovering);
  advance(milliseconds{50});
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  CAF_CHECK_EQUAL(snapshot("a").last_recovery->count(), 600);
  CAF_CHECK_EQUAL(told(), (strings{"exited root/a", "ineffective root/a",
                                   "recovered root/a"}));
  CAF_CHECK_EQUAL(reports[1].details.value().at("check").get<std::string>(),
                  "nobody is there");
}

CAF_TEST(a_restart_that_does_not_help_counts_once) {
  start_a();
  a().on_check = script::check::fails;
  crash("a");
  advance(milliseconds{3000});
  CAF_CHECK_EQUAL(snapshot("a").ineffective_restarts, 1U);
  CAF_CHECK_EQUAL(snapshot("a").restarts, 1U);
  crash("a");
  advance(milliseconds{3000});
  CAF_CHECK_EQUAL(snapshot("a").ineffective_restarts, 2U);
}

CAF_TEST(a_crash_while_recovering_shows_that_the_restart_did_not_help) {
  start_a();
  a().on_check = script::check::silent;
  crash("a");
  CAF_REQUIRE_EQUAL(state("a"), node_state::recovering);
  crash("a");
  CAF_CHECK_EQUAL(snapshot("a").ineffective_restarts, 1U);
}

CAF_TEST(an_unanswered_check_counts_as_failed_after_its_time) {
  start_a();
  a().on_check = script::check::silent;
  crash("a");
  advance(milliseconds{4950});
  CAF_CHECK_EQUAL(snapshot("a").ineffective_restarts, 0U);
  advance(milliseconds{50});
  CAF_CHECK_EQUAL(snapshot("a").ineffective_restarts, 1U);
  CAF_CHECK(
      contains(snapshot("a").last_exchange->detail, "did not answer in time"));
  a().on_check = script::check::proves;
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(state("a"), node_state::running);
}

CAF_TEST(the_recovery_time_counts_from_the_first_of_several_crashes) {
  start_a();
  crash("a");
  a().on_check = script::check::fails;
  crash("a");
  advance(milliseconds{200});
  a().on_check = script::check::proves;
  crash("a");
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  CAF_CHECK_EQUAL(snapshot("a").last_recovery->count(), 600);
}

// -- hanging -----------------------------------------------------------------

CAF_TEST(a_hung_child_is_abandoned_and_replaced) {
  start_a();
  const auto first = a().now();
  changes.clear();
  at("a")->report_hung(1);
  settle();
  CAF_CHECK_EQUAL(starts("a"), 2U);
  CAF_CHECK(a().now() != first);
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  CAF_CHECK_EQUAL(changes, (strings{"root/a hung", "root/a backoff",
                                    "root/a recovering", "root/a running"}));
  CAF_CHECK(contains(snapshot("a").last_exit->reason,
                     "hung: in one handler for more than 5000 ms; abandoned"));
  CAF_CHECK(at("a")->fenced(1));
  CAF_CHECK_EQUAL(told(), (strings{"exited root/a", "recovered root/a"}));
  // Its handler came back: it was told to end.
  CAF_CHECK_EQUAL(std::count(journal.begin(), journal.end(), "end a"), 1);
}

CAF_TEST(a_hang_of_an_earlier_life_does_not_concern_the_present_one) {
  start_a();
  crash("a");
  at("a")->report_hung(1);
  settle();
  CAF_CHECK_EQUAL(starts("a"), 2U);
  CAF_CHECK_EQUAL(state("a"), node_state::running);
}

CAF_TEST(whatever_a_fenced_life_still_does_changes_nothing) {
  start_a();
  a().on_check = script::check::silent;
  crash("a");
  const auto fenced = a().now();
  auto asked = ask_later<std::uint64_t>(*this, fenced, barrier_atom::value);
  a().on_check = script::check::fails;
  at("a")->report_hung(at("a")->incarnation());
  settle();
  // The unanswered check of the abandoned life proves nothing for the new one.
  CAF_CHECK_EQUAL(state("a"), node_state::backoff);
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(state("a"), node_state::recovering);
  CAF_CHECK(a().now() != fenced);
  CAF_CHECK(asked->answered());
  // And neither does its end.
  CAF_CHECK_EQUAL(snapshot("a").restarts, 2U);
}

CAF_TEST_FIXTURE_SCOPE_END()
