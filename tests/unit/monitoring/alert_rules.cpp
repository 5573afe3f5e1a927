#define CAF_SUITE alert_rules

#include "config/alert_rules.hpp"

#include "actors/monitoring/alerts/prometheus_rules.hpp"
#include "tests/unit/monitoring/alert_fixture.hpp"
#include "tests/unit_test.hpp"

namespace alert_rules_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring;
using enum alert_measure;

std::string why_not(const std::string& more,
                    const std::string& measure = "value") {
  const auto r = config::parse_alert_rules(
      "[[rules]]\nname = \"R\"\nsummary = \"s\"\nrunbook = \"r\"\nnode = "
      "\"n\"\n"
      "metric = \"m\"\nmeasure = \"" +
      measure + "\"\n" + more);
  return r ? "fine" : r.error().message;
}

CAF_TEST(the built in rules are rules) {
  const auto rules = config::parse_alert_rules(config::builtin_alert_rules());
  if (!rules)
    CAF_FAIL(rules.error().message);
  CAF_CHECK(rules->size() > 25);
  const auto it = std::ranges::find(*rules, "ApiSlowBurn", &alert_rule::name);
  CAF_REQUIRE(it != rules->end());
  CAF_CHECK(it->good);
  CAF_CHECK_EQUAL(it->of.where.size(), 2u);
  CAF_CHECK(it->of.where[1].negated);
  CAF_CHECK_EQUAL(it->total.metric,
                  "http_server_request_duration_seconds_count");
}

CAF_TEST(what is wrong with a rule is said) {
  CAF_CHECK_EQUAL(why_not("severity = \"info\""), "fine");
  CAF_CHECK(contains(why_not("severity = \"bad\""),
                     "the rule of line 1 needs a known severity"));
  CAF_CHECK(contains(why_not("severity = \"info\"\nfor = 3"),
                     "has an unknown key for"));
  CAF_CHECK(contains(why_not("severity = \"info\"\nthreshold = \"3\""),
                     "needs a number for threshold"));
  CAF_CHECK(contains(why_not("severity = \"info\"\nwhere = 3"),
                     "needs a table for where"));
  CAF_CHECK(contains(why_not("severity = \"info\"\nby = [3]"),
                     "needs only texts in by"));
  CAF_CHECK(contains(why_not("severity = \"info\"\nfor_s = 1e9"),
                     "at most a week for for_s"));
  CAF_CHECK(contains(why_not("severity = \"info\"", "speed"),
                     "needs a known measure"));
  CAF_CHECK(
      contains(why_not("severity = \"info\"", "ratio"), "needs total_metric"));
  CAF_CHECK(contains(
      why_not("severity = \"info\"\ntotal_metric = \"t\"", "burn_rate"),
      "needs an objective"));
  CAF_CHECK(contains(why_not("severity = \"info\"\ninhibited_by = { Q = [] }"),
                     "inhibited by Q, which is not there"));
  CAF_CHECK(contains(config::parse_alert_rules("rules = 3").error().message,
                     "[[rules]]"));
  CAF_CHECK(
      contains(config::parse_alert_rules("[[rules").error().message, "line 1"));
}

CAF_TEST(a rule names its node or is about paths) {
  const std::string rest =
      "[[rules]]\nname = \"R\"\nsummary = \"s\"\nrunbook = \"r\"\n"
      "metric = \"m\"\nmeasure = \"value\"\nseverity = \"info\"\n";
  CAF_CHECK(contains(config::parse_alert_rules(rest).error().message,
                     "needs a text node"));
  CAF_CHECK_EQUAL(
      config::parse_alert_rules(rest + "by = [\"path\"]").value()[0].node,
      "{path}");
  CAF_CHECK_EQUAL(
      config::parse_alert_rules(rest + "node = \"root\"").value()[0].node,
      "root");
}

CAF_TEST(two rules of one name) {
  const std::string one =
      "[[rules]]\nname = \"R\"\nsummary = \"s\"\nrunbook = \"r\"\nnode = "
      "\"n\"\n"
      "metric = \"m\"\nmeasure = \"value\"\nseverity = \"info\"\n";
  CAF_CHECK(contains(config::parse_alert_rules(one + one).error().message,
                     "two rules are named R"));
}

CAF_TEST(rules as Prometheus reads them) {
  auto x = rule_of("R", value, "m", 1.5);
  CAF_CHECK_EQUAL(alerts::to_promql(x), "max(m) > 1.5");
  x.by = {"a", "b"};
  x.of.where = {{"s", {"x", "y.z"}, false}, {"t", {"q\"r"}, true}};
  x.comparison = alert_comparison::below;
  CAF_CHECK_EQUAL(alerts::to_promql(x),
                  R"(min by (a, b) (m{s=~"x|y\\.z", t!="q\"r"}) < 1.5)");
  x = rule_of("R", increase, "m_total", 3);
  x.comparison = alert_comparison::at_least;
  CAF_CHECK_EQUAL(alerts::to_promql(x), "sum(increase(m_total[300s])) >= 3");
  x = rule_of("R", age, "t", 60);
  CAF_CHECK_EQUAL(alerts::to_promql(x), "max(time() - t) > 60");
  x = rule_of("R", absent, "t", 0);
  CAF_CHECK_EQUAL(alerts::to_promql(x), "absent(t)");
  x = rule_of("R", ratio, "free", 0.1);
  x.total.metric = "size";
  CAF_CHECK_EQUAL(alerts::to_promql(x), "max(free) / max(size) > 0.1");
  x.measure = burn_rate;
  x.objective = 0.75;
  x.window = std::chrono::hours{1};
  x.least = 20;
  CAF_CHECK_EQUAL(
      alerts::to_promql(x),
      "((sum(increase(free[3600s])) / sum(increase(size[3600s]))) / 0.25 > "
      "0.1) and ((sum(increase(free[300s])) / sum(increase(size[300s]))) / "
      "0.25 > 0.1) and (sum(increase(size[300s])) >= 20)");
}

CAF_TEST(templates and inhibitions) {
  auto x = rule_of("R", value, "m", 1);
  x.for_ = std::chrono::seconds{10};
  x.inhibited_by = {{"A", {"who"}}, {"B", {}}};
  const auto file = alerts::prometheus_rules({x});
  CAF_CHECK(contains(file,
                     "- alert: R\n        expr: \"max(m) > 1\"\n"
                     "        for: 10s\n"));
  CAF_CHECK(contains(
      file, "summary: \"{{ $labels.who }} has {{ $value | humanize }}\""));
  CAF_CHECK(contains(alerts::alertmanager_inhibitions({x}),
                     "- source_matchers: [\"alertname=\\\"A\\\"\"]\n"
                     "    target_matchers: [\"alertname=\\\"R\\\"\"]\n"
                     "    equal: [who]\n"));
}

}  // namespace alert_rules_tests
