#define CAF_SUITE node_tree

#include "actors/supervision/node.hpp"
#include "actors/supervision/slot.hpp"
#include "tests/unit_test.hpp"

namespace node_tree_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using std::chrono::milliseconds;

timestamp at(std::int64_t ms) {
  return timestamp{milliseconds{ms}};
}

CAF_TEST(children_have_paths_and_are_found) {
  tree t;
  auto branch = t.child(t.root(), "providers", node_type::supervisor);
  auto leaf = t.child(branch, "ollama", node_type::worker);
  CAF_CHECK_EQUAL(leaf->path(), "root/providers/ollama");
  CAF_CHECK_EQUAL(leaf->id(), "ollama");
  CAF_CHECK_EQUAL(leaf->parent(), branch.get());
  CAF_CHECK(t.find("root/providers/ollama") == leaf);
  CAF_CHECK(t.find("root/providers/other") == nullptr);
  // The same place again, whoever asks.
  CAF_CHECK(t.child(branch, "ollama", node_type::worker) == leaf);
  CAF_CHECK_EQUAL(branch->children().size(), 1u);
}

CAF_TEST(visits_go_from_parents_to_children_in_order) {
  tree t;
  auto a = t.child(t.root(), "a", node_type::supervisor);
  t.child(t.root(), "b", node_type::worker);
  t.child(a, "x", node_type::worker);
  std::vector<std::string> seen;
  t.visit([&](const std::shared_ptr<node>& n) { seen.push_back(n->path()); });
  CAF_CHECK_EQUAL(
      seen, (std::vector<std::string>{"root", "root/a", "root/a/x", "root/b"}));
}

CAF_TEST(a_snapshot_shows_everything) {
  tree t;
  auto n = t.child(t.root(), "a", node_type::worker);
  n->describe(restart_kind::transient, restart_strategy::rest_for_one);
  auto stats = n->begin_incarnation(at(1000));
  n->set_state(node_state::running, at(1100));
  restart_policy policy{{.intensity = 5, .period = milliseconds{60'000}}};
  policy.on_exit(monotonic_time{milliseconds{1}}, 0.5);
  policy.on_exit(monotonic_time{milliseconds{2}}, 0.5);
  n->set_policy(policy);
  n->count_restart();
  n->count_ineffective();
  n->set_exit({"boom", at(900)});
  n->set_next_attempt(at(5000));
  n->set_recovery(milliseconds{70});
  n->record_exchange(true, "listed 3 models", at(1200));
  stats->on_enqueue(1'000'000);
  stats->on_enqueue(2'000'000);
  stats->on_handler_begin(3'000'000);
  const auto s = n->snapshot(9'000'000, at(4000));
  CAF_CHECK_EQUAL(s.id, "a");
  CAF_CHECK_EQUAL(s.path, "root/a");
  CAF_CHECK(s.type == node_type::worker);
  CAF_CHECK(s.state == node_state::running);
  CAF_CHECK(s.state_since == at(1100));
  CAF_CHECK(s.restart == restart_kind::transient);
  CAF_CHECK(s.strategy == restart_strategy::rest_for_one);
  CAF_CHECK_EQUAL(s.intensity.used, 2u);
  CAF_CHECK_EQUAL(s.intensity.limit, 5u);
  CAF_CHECK_EQUAL(s.restarts, 1u);
  CAF_CHECK_EQUAL(s.ineffective_restarts, 1u);
  CAF_CHECK_EQUAL(s.incarnation, 1u);
  CAF_CHECK_EQUAL(s.last_exit->reason, "boom");
  CAF_CHECK(s.next_attempt == at(5000));
  CAF_CHECK(s.last_recovery == milliseconds{70});
  CAF_CHECK_EQUAL(s.uptime.count(), 3000);
  CAF_CHECK_EQUAL(s.mailbox.depth, 1u);
  CAF_CHECK_EQUAL(s.mailbox.oldest.count(), 7);
  CAF_CHECK_EQUAL(s.messages, 1u);
  CAF_CHECK_EQUAL(s.busy.count(), 6);
  CAF_CHECK_EQUAL(s.last_exchange->detail, "listed 3 models");
  // The whole tree has it as well.
  const auto all = t.snapshot(9'000'000, at(4000));
  CAF_CHECK(find_node(all, "root/a") != nullptr);
}

CAF_TEST(whoever_is_down_has_no_uptime) {
  tree t;
  auto n = t.child(t.root(), "a", node_type::worker);
  n->begin_incarnation(at(1000));
  for (const auto s :
       {node_state::stopped, node_state::backoff, node_state::failed}) {
    n->set_state(s, at(2000));
    CAF_CHECK_EQUAL(n->snapshot(0, at(4000)).uptime.count(), 0);
  }
}

CAF_TEST(changes_are_told_once) {
  std::vector<std::string> told;
  tree t{[&](const node_change& c) {
    told.push_back(c.path + ' ' + std::string{to_string(c.state)} + ' ' +
                   c.why + ' ' + std::to_string(c.restarts));
  }};
  auto n = t.child(t.root(), "a", node_type::worker);
  n->set_state(node_state::running, at(1), "proved");
  n->set_state(node_state::running, at(2), "proved again");
  n->count_restart();
  n->set_state(node_state::backoff, at(3), "boom");
  CAF_CHECK_EQUAL(told, (std::vector<std::string>{"root/a running proved 0",
                                                  "root/a backoff boom 1"}));
  CAF_CHECK(n->snapshot(0, at(9)).state_since == at(3));
}

CAF_TEST(older_lives_are_fenced) {
  tree t;
  auto n = t.child(t.root(), "a", node_type::worker);
  n->begin_incarnation(at(1));
  CAF_CHECK(!n->fenced(1));
  n->begin_incarnation(at(2));
  CAF_CHECK(n->fenced(1));
  CAF_CHECK(!n->fenced(2));
  n->fence();
  CAF_CHECK(n->fenced(2));
  // Nothing measures the abandoned one any more.
  CAF_CHECK(n->stats() == nullptr);
  CAF_CHECK_EQUAL(n->snapshot(0, at(3)).mailbox.depth, 0u);
}

CAF_TEST(hangs_are_reported_to_the_supervisor) {
  tree t;
  auto n = t.child(t.root(), "a", node_type::worker);
  n->report_hung(1);  // nobody listens yet
  std::uint64_t told = 0;
  n->on_hung([&](std::uint64_t life) { told = life; });
  n->report_hung(7);
  CAF_CHECK_EQUAL(told, 7u);
}

CAF_TEST(an_empty_slot_says_why_and_when) {
  tree t;
  auto n = t.child(t.root(), "a", node_type::worker);
  slot<int> s{"the worker"};
  CAF_CHECK_EQUAL(s.incarnation(), 0u);
  CAF_CHECK_EQUAL(s.unavailable(at(0)).message, "the worker is not running");
  s.attach(n);
  n->begin_incarnation(at(0));
  n->set_state(node_state::failed, at(0));
  n->set_exit({"boom", at(0)});
  n->set_next_attempt(at(12'345));
  CAF_CHECK_EQUAL(s.incarnation(), 1u);
  const auto f = s.unavailable(at(10'000));
  CAF_CHECK(f.code == errc::unavailable);
  CAF_CHECK_EQUAL(f.message,
                  "the worker is not running (failed; last exit: boom; next "
                  "attempt 1970-01-01T00:00:12.345000)");
  CAF_CHECK_EQUAL(f.retry_after->count(), 2345);
  CAF_CHECK_EQUAL(s.unavailable(at(20'000)).retry_after->count(), 1000);
  CAF_CHECK(!s.get());
  s.set(5);
  CAF_CHECK_EQUAL(*s.get(), 5);
  s.clear();
  CAF_CHECK(!s.get());
}

CAF_TEST(what_an_earlier_life_was_asked_has_an_unknown_outcome) {
  tree t;
  auto n = t.child(t.root(), "a", node_type::worker);
  slot<int> s{"the worker"};
  s.attach(n);
  n->set_exit({"hung", at(0)});
  const auto f = s.replaced();
  CAF_CHECK(f.code == errc::outcome_unknown);
  CAF_CHECK(f.message.find("the worker was replaced") == 0);
  CAF_CHECK(f.message.find("hung") != std::string::npos);
  CAF_CHECK_EQUAL(f.extra.at("outcome").get<std::string>(), "unknown");
}

}  // namespace node_tree_tests
