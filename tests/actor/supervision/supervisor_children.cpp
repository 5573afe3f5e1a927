#define CAF_SUITE supervisor_children

#include "tests/actor/supervision/supervisor_fixture.hpp"

namespace supervisor_children_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using namespace closedpaw::supervision::test;

struct sut : supervisor_fixture {
  void add(const std::string& id) {
    add_child(root, worker(id));
    settle();
  }
  void remove(const std::string& id) {
    remove_child(root, id);
    settle();
  }
  std::string summary() {
    auto says =
        closedpaw::test::ask_now<std::string>(*this, root, check_atom::value);
    CAF_REQUIRE(says->answer);
    return *says->answer;
  }
};

}  // namespace supervisor_children_tests

CAF_TEST_FIXTURE_SCOPE(supervisor_children_tests, sut)

CAF_TEST(a_child_is_added_and_supervised_like_any_other) {
  start(of_workers({"a"}));
  add("b");
  CAF_CHECK_EQUAL(state("b"), node_state::running);
  CAF_CHECK_EQUAL(summary(), "2 of 2 children started");
  crash("b");
  CAF_CHECK_EQUAL(starts("b"), 2U);
  CAF_CHECK_EQUAL(state("b"), node_state::running);
  CAF_CHECK_EQUAL(starts("a"), 1U);
}

CAF_TEST(a_child_that_is_removed_ends_and_is_forgotten) {
  start(of_workers({"a", "b", "c"}));
  journal.clear();
  remove("b");
  CAF_CHECK_EQUAL(journal, strings{"end b"});
  CAF_CHECK(nodes->find("root/b") == nullptr);
  CAF_CHECK_EQUAL(summary(), "2 of 2 children started");
  // Not what a crash would be.
  CAF_CHECK(reports.empty());
  // The others keep their places.
  crash("c");
  CAF_CHECK_EQUAL(starts("c"), 2U);
  remove("b");
  remove("nobody");
  CAF_CHECK_EQUAL(summary(), "2 of 2 children started");
}

CAF_TEST(a_child_of_the_same_id_takes_the_old_ones_place) {
  start(of_workers({"a", "b"}));
  journal.clear();
  add("b");
  CAF_CHECK_EQUAL(journal, (strings{"end b", "start b"}));
  CAF_CHECK_EQUAL(state("b"), node_state::running);
  CAF_CHECK_EQUAL(snapshot("b").restarts, 0U);
  CAF_CHECK_EQUAL(snapshot("b").last_exit->reason, "replaced");
  CAF_CHECK(reports.empty());
}

CAF_TEST(what_was_removed_can_be_added_again) {
  start(of_workers({"a"}));
  add("b");
  remove("b");
  add("b");
  CAF_CHECK_EQUAL(starts("b"), 2U);
  CAF_CHECK_EQUAL(state("b"), node_state::running);
  CAF_CHECK_EQUAL(summary(), "2 of 2 children started");
}

CAF_TEST(a_child_that_waits_for_its_restart_is_replaced_at_once) {
  start(of_workers({"a"}));
  crash("a");
  crash("a");
  CAF_CHECK_EQUAL(state("a"), node_state::backoff);
  add("a");
  CAF_CHECK_EQUAL(starts("a"), 3U);
  CAF_CHECK_EQUAL(state("a"), node_state::running);
  // The restart that was due does not begin another.
  advance(milliseconds{60'000});
  CAF_CHECK_EQUAL(starts("a"), 3U);
}

CAF_TEST(a_child_that_will_not_stop_is_killed_and_then_replaced) {
  scripts["a"].stubborn = true;
  start(of_workers({"a"}));
  add("a");
  CAF_CHECK_EQUAL(starts("a"), 1U);
  advance(milliseconds{6'000});
  CAF_CHECK_EQUAL(starts("a"), 2U);
  CAF_CHECK_EQUAL(state("a"), node_state::running);
}

CAF_TEST(a_supervisor_that_starts_finds_what_was_added_before) {
  auto spec = of_workers({"a"});
  spec.added = [this] { return std::vector<child_spec>{worker("late")}; };
  start(std::move(spec));
  CAF_CHECK_EQUAL(state("late"), node_state::running);
}

CAF_TEST(an_ordered_stop_includes_them_and_leaves_nobody_behind) {
  start(of_workers({"a"}));
  add("b");
  add("c");
  remove("b");
  journal.clear();
  stop();
  CAF_CHECK_EQUAL(journal, (strings{"end c", "end a"}));
}

CAF_TEST_FIXTURE_SCOPE_END()
