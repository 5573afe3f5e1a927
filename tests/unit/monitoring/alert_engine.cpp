#define CAF_SUITE alert_engine

#include "tests/unit/monitoring/alert_fixture.hpp"
#include "tests/unit_test.hpp"

namespace alert_engine_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring;
using namespace std::chrono_literals;
using enum alert_measure;
using enum alert_comparison;

std::string only_state(const watched& w) {
  const auto all = w.engine.alerts();
  return all.size() == 1 ? std::string{to_string(all[0].state)}
                         : std::to_string(all.size()) + " alerts";
}

CAF_TEST(a value fires and is resolved with its cause and its labels) {
  auto rule = rule_of("R", value, "up", 1);
  rule.comparison = below;
  rule.by = {"who"};
  watched w{{rule}};
  w.gauge("up", {{"who", "a"}, {"other", "x"}}, 0);
  w.gauge("up", {{"who", "b"}}, 1);
  auto changed = w.look(1s);
  CAF_REQUIRE_EQUAL(changed.size(), 1u);
  const auto& a = changed[0];
  CAF_CHECK(a.labels == (alert_labels{{"who", "a"}}));
  CAF_CHECK_EQUAL(a.summary, "a has 0");
  CAF_CHECK_EQUAL(a.runbook, "look at a");
  CAF_CHECK_EQUAL(a.node, "root/a");
  CAF_CHECK_EQUAL(a.cause, "why R");
  CAF_CHECK(a.state == alert_state::firing);
  CAF_CHECK(a.firing_at == w.wall);
  // It goes on: nothing new.
  w.gauge("up", {{"who", "a"}}, 0);
  CAF_CHECK(w.look(1s).empty());
  w.gauge("up", {{"who", "a"}}, 1);
  changed = w.look(1s);
  CAF_REQUIRE_EQUAL(changed.size(), 1u);
  CAF_CHECK(changed[0].state == alert_state::resolved);
  CAF_CHECK(changed[0].resolved_at == w.wall);
  CAF_CHECK_EQUAL(only_state(w), "resolved");
  w.look(16min);
  CAF_CHECK_EQUAL(only_state(w), "0 alerts");
}

CAF_TEST(the worst of a group counts) {
  auto low = rule_of("Low", value, "x", 5);
  low.comparison = below;
  auto high = rule_of("High", value, "x", 5);
  watched w{{low, high}};
  w.gauge("x", {{"who", "a"}}, 3).gauge("x", {{"who", "b"}}, 9);
  const auto changed = w.look(1s);
  CAF_REQUIRE_EQUAL(changed.size(), 2u);
  CAF_CHECK_EQUAL(changed[0].value, 3);
  CAF_CHECK_EQUAL(changed[1].value, 9);
}

CAF_TEST(a condition has to last before it fires) {
  auto rule = rule_of("R", value, "x", 0);
  rule.for_ = 10s;
  watched w{{rule}};
  w.gauge("x", {}, 1);
  CAF_CHECK(w.look(1s).empty());
  CAF_CHECK_EQUAL(only_state(w), "pending");
  // Over before that: forgotten, and it begins anew.
  w.look(5s);
  CAF_CHECK_EQUAL(only_state(w), "0 alerts");
  w.gauge("x", {}, 1).look(1s);
  w.gauge("x", {}, 1);
  CAF_CHECK(w.look(9s).empty());
  w.gauge("x", {}, 1);
  CAF_CHECK_EQUAL(w.look(1s).size(), 1u);
}

CAF_TEST(a condition has to be gone before it is resolved) {
  auto rule = rule_of("R", value, "x", 0);
  rule.keep = 10s;
  watched w{{rule}};
  w.gauge("x", {}, 1).look(1s);
  CAF_CHECK(w.look(5s).empty());
  // Back meanwhile: the same alert goes on.
  w.gauge("x", {}, 1);
  CAF_CHECK(w.look(1s).empty());
  CAF_CHECK(w.look(1s).empty());
  CAF_CHECK_EQUAL(w.look(10s).size(), 1u);
  CAF_CHECK_EQUAL(only_state(w), "resolved");
}

CAF_TEST(counters grow within a window) {
  auto rule = rule_of("R", increase, "x_total", 3);
  rule.comparison = at_least;
  rule.window = 60s;
  watched w{{rule}};
  // What was counted before the first look is no news.
  w.counter("x_total", {}, 100);
  CAF_CHECK(w.look(1s).empty());
  w.counter("x_total", {}, 102);
  CAF_CHECK(w.look(10s).empty());
  w.counter("x_total", {}, 103);
  const auto changed = w.look(10s);
  CAF_REQUIRE_EQUAL(changed.size(), 1u);
  CAF_CHECK_EQUAL(changed[0].value, 3);
  // The window moves on.
  w.counter("x_total", {}, 103);
  CAF_CHECK_EQUAL(w.look(55s).size(), 1u);
  CAF_CHECK_EQUAL(only_state(w), "resolved");
}

CAF_TEST(a counter that falls began anew and one that appears began at 0) {
  auto rule = rule_of("R", increase, "x_total", 2);
  rule.by = {"who"};
  rule.window = 60s;
  watched w{{rule}};
  w.counter("x_total", {{"who", "a"}}, 100).look(1s);
  w.counter("x_total", {{"who", "a"}}, 2).counter("x_total", {{"who", "b"}}, 3);
  const auto changed = w.look(1s);
  CAF_REQUIRE_EQUAL(changed.size(), 1u);
  CAF_CHECK_EQUAL(changed[0].labels.at("who"), "b");
  CAF_CHECK_EQUAL(changed[0].value, 3);
  w.counter("x_total", {{"who", "a"}}, 3).counter("x_total", {{"who", "b"}}, 3);
  CAF_REQUIRE_EQUAL(w.look(1s).size(), 1u);
}

CAF_TEST(conditions on labels) {
  auto rule = rule_of("R", value, "x", 0);
  rule.of.where = {{"state", {"bad", "worse"}, false}, {"who", {"b"}, true}};
  rule.by = {"who", "state"};
  watched w{{rule}};
  w.gauge("x", {{"who", "a"}, {"state", "bad"}}, 1)
      .gauge("x", {{"who", "b"}, {"state", "bad"}}, 1)
      .gauge("x", {{"who", "c"}, {"state", "good"}}, 1)
      .gauge("x", {{"state", "worse"}}, 1);
  const auto changed = w.look(1s);
  CAF_REQUIRE_EQUAL(changed.size(), 2u);
  CAF_CHECK_EQUAL(changed[0].labels.at("who"), "a");
  // An absent label is none of the values.
  CAF_CHECK(changed[1].labels == (alert_labels{{"state", "worse"}}));
}

CAF_TEST(absence and age and ratio) {
  const auto absent_rule = rule_of("Absent", absent, "x", 0);
  const auto age_rule = rule_of("Age", age, "t", 60);
  auto ratio_rule = rule_of("Ratio", ratio, "free", 0.1);
  ratio_rule.comparison = below;
  ratio_rule.total.metric = "size";
  watched w{{absent_rule, age_rule, ratio_rule}};
  const auto names = [](const std::vector<alert>& list) {
    std::string out;
    for (const auto& a : list)
      out += a.rule + ' ';
    return out;
  };
  const auto t = std::chrono::duration<double>(w.wall.time_since_epoch());
  w.gauge("x", {}, 1)
      .gauge("t", {}, t.count())
      .gauge("free", {}, 20)
      .gauge("size", {}, 100);
  CAF_CHECK_EQUAL(names(w.look(60s)), "");
  w.gauge("t", {}, t.count()).gauge("free", {}, 9).gauge("size", {}, 100);
  CAF_CHECK_EQUAL(names(w.look(1s)), "Absent Age Ratio ");
  // Without a total there is no ratio.
  w.gauge("x", {}, 1).gauge("free", {}, 9).gauge("size", {}, 0);
  CAF_CHECK_EQUAL(names(w.look(1s)), "Absent Age Ratio ");
  CAF_CHECK(w.engine.alerts()[0].state == alert_state::resolved);
}

CAF_TEST(an error budget burns in both windows) {
  auto rule = rule_of("Burn", burn_rate, "bad_total", 10);
  rule.total.metric = "all_total";
  rule.objective = 0.99;
  rule.window = 3600s;
  rule.least = 20;
  watched w{{rule}};
  double bad = 0;
  double all = 0;
  const auto minute = [&](double more_bad, double more) {
    bad += more_bad;
    all += more;
    return w.counter("bad_total", {}, bad)
        .counter("all_total", {}, all)
        .look(60s);
  };
  minute(0, 0);
  // A fifth of them fail: twenty times the budget of a hundredth.
  CAF_CHECK(minute(2, 10).empty());
  CAF_CHECK_EQUAL(minute(2, 10).size(), 1u);
  CAF_CHECK_EQUAL(w.engine.alerts()[0].value, 20);
  // Soon after it stopped the short window is clean.
  std::vector<alert> changed;
  for (int i = 0; i < 6 && changed.empty(); ++i)
    changed = minute(0, 10);
  CAF_REQUIRE_EQUAL(changed.size(), 1u);
  CAF_CHECK(changed[0].state == alert_state::resolved);
}

CAF_TEST(what went well can be counted instead) {
  auto rule = rule_of("Slow", burn_rate, "x_seconds_bucket", 5);
  rule.of.where = {{"le", {"0.25"}, false}};
  rule.good = true;
  rule.total.metric = "x_seconds_count";
  rule.objective = 0.9;
  rule.window = 3600s;
  watched w{{rule}};
  const auto look = [&](std::uint64_t fast, std::uint64_t all) {
    prometheus::MetricFamily f;
    f.name = "x_seconds";
    f.type = prometheus::MetricType::Histogram;
    auto& m = f.metric.emplace_back();
    m.histogram.sample_count = all;
    m.histogram.bucket = {{fast, 0.25}, {all, INFINITY}};
    w.metrics.push_back(f);
    return w.look(60s);
  };
  look(0, 0);
  CAF_CHECK(look(9, 10).empty());
  CAF_CHECK_EQUAL(look(9, 20).size(), 1u);
}

CAF_TEST(an alert that follows from another says so) {
  auto cause = rule_of("Cause", value, "a", 0);
  cause.by = {"who"};
  auto effect = rule_of("Effect", value, "b", 0);
  effect.by = {"who"};
  effect.inhibited_by = {{"Cause", {"who"}}};
  watched w{{cause, effect}};
  w.gauge("a", {{"who", "x"}}, 1)
      .gauge("b", {{"who", "x"}}, 1)
      .gauge("b", {{"who", "y"}}, 1);
  std::map<std::string, std::string> inhibited;
  for (const auto& a : w.look(1s))
    inhibited[a.rule + a.labels.at("who")] = a.inhibited_by;
  CAF_CHECK_EQUAL(inhibited["Effectx"], "Cause");
  CAF_CHECK_EQUAL(inhibited["Effecty"], "");
  CAF_CHECK_EQUAL(inhibited["Causex"], "");
  // What goes on for long after its cause stands for itself.
  const auto effect_now = [&w](std::chrono::seconds after) {
    w.gauge("b", {{"who", "x"}}, 1).look(after);
    for (const auto& a : w.engine.alerts())
      if (a.rule == "Effect" && a.labels.at("who") == "x")
        return a.inhibited_by;
    return std::string{"gone"};
  };
  CAF_CHECK_EQUAL(effect_now(1s), "Cause");
  CAF_CHECK_EQUAL(effect_now(29s), "Cause");
  CAF_CHECK_EQUAL(effect_now(1s), "");
}

CAF_TEST(a cause that is about to fire is one already) {
  auto cause = rule_of("Cause", value, "a", 0);
  cause.for_ = 10s;
  auto effect = rule_of("Effect", increase, "b_total", 0);
  effect.window = 300s;
  effect.inhibited_by = {{"Cause", {}}};
  watched w{{cause, effect}};
  double b = 0;
  const auto effect_now = [&](double a, double more, std::chrono::seconds t) {
    b += more;
    w.counter("b_total", {}, b).gauge("a", {}, a).look(t);
    for (const auto& x : w.engine.alerts())
      if (x.rule == "Effect")
        return x.inhibited_by + (x.state == alert_state::firing ? "!" : "");
    return std::string{"none"};
  };
  CAF_CHECK_EQUAL(effect_now(0, 0, 1s), "none");
  CAF_CHECK_EQUAL(effect_now(1, 5, 1s), "Cause!");
  CAF_CHECK_EQUAL(effect_now(1, 0, 10s), "Cause!");
  // As long as its window shows what the cause had brought about.
  CAF_CHECK_EQUAL(effect_now(0, 0, 1s), "Cause!");
  CAF_CHECK_EQUAL(effect_now(0, 0, 200s), "Cause!");
  CAF_CHECK_EQUAL(effect_now(0, 0, 120s), "Cause");
}

CAF_TEST(what begins after its cause was over is no consequence) {
  auto cause = rule_of("Cause", value, "a", 0);
  auto effect = rule_of("Effect", value, "b", 0);
  effect.inhibited_by = {{"Cause", {}}};
  watched w{{cause, effect}};
  w.gauge("a", {}, 1).look(1s);
  w.look(1s);
  w.gauge("b", {}, 1).look(1s);
  for (const auto& a : w.engine.alerts())
    CAF_CHECK_EQUAL(a.inhibited_by, "");
}

CAF_TEST(fingerprints tell rules and labels apart) {
  std::set<std::string> all{
      alerts::fingerprint("R", {}), alerts::fingerprint("R", {{"a", "b"}}),
      alerts::fingerprint("R", {{"a", ""}, {"b", ""}}),
      alerts::fingerprint("R", {{"ab", ""}}), alerts::fingerprint("Ra", {})};
  CAF_CHECK_EQUAL(all.size(), 5u);
  CAF_CHECK_EQUAL(alerts::fingerprint("R", {{"a", "b"}}),
                  alerts::fingerprint("R", {{"a", "b"}}));
}

CAF_TEST(a rule may leave a graver alert time to be told instead) {
  auto rule = rule_of("R", value, "x", 0);
  rule.notify_after = 5s;
  watched w{{rule}};
  const auto held_back = [&](std::chrono::seconds after) {
    w.gauge("x", {}, 1);
    w.look(after);
    return w.engine.alerts().at(0).held_back;
  };
  CAF_CHECK(held_back(1s));
  CAF_CHECK(w.engine.alerts()[0].state == alert_state::firing);
  CAF_CHECK(held_back(4s));
  CAF_CHECK(!held_back(1s));
  // It begins anew with the next time.
  w.look(1s);
  CAF_CHECK(held_back(1s));
}

}  // namespace alert_engine_tests
