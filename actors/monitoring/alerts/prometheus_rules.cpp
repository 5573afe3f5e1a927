#include "actors/monitoring/alerts/prometheus_rules.hpp"

#include <charconv>

#include "messages/model/json.hpp"

namespace closedpaw::monitoring::alerts {

namespace {

std::string number(double x) {
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), x).ptr;
  return {std::begin(text), end};
}

std::string seconds(std::chrono::seconds x) {
  return std::to_string(x.count()) + "s";
}

/// A double-quoted scalar, which YAML and PromQL read as JSON does.
std::string scalar(const std::string& text) {
  return dump(json(text));
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& n : names)
    out += (out.empty() ? "" : ", ") + n;
  return out;
}

/// Of RE2: whatever is not a letter, a digit or harmless.
std::string escape_regex(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view{R"(\.+*?()|[]{}^$)"}.find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

std::string condition(const label_condition& c) {
  if (c.values.size() == 1)
    return c.name + (c.negated ? "!=" : "=") + scalar(c.values.front());
  std::string any;
  for (const auto& v : c.values)
    any += (any.empty() ? "" : "|") + escape_regex(v);
  return c.name + (c.negated ? "!~" : "=~") + scalar(any);
}

std::string selector(const metric_selector& x) {
  std::string all;
  for (const auto& c : x.where)
    all += (all.empty() ? "" : ", ") + condition(c);
  return x.metric + (all.empty() ? "" : "{" + all + "}");
}

std::string grouped(const char* what, const alert_rule& x,
                    const std::string& inner) {
  return what + (x.by.empty() ? std::string{} : " by (" + listed(x.by) + ") ") +
         "(" + inner + ")";
}

std::string growth(const alert_rule& x, const metric_selector& of,
                   std::chrono::seconds window) {
  return grouped("sum", x,
                 "increase(" + selector(of) + "[" + seconds(window) + "])");
}

const char* sign(alert_comparison x) {
  switch (x) {
    case alert_comparison::above:
      return " > ";
    case alert_comparison::at_least:
      return " >= ";
    case alert_comparison::below:
      return " < ";
  }
  return " > ";
}

std::string burn(const alert_rule& x, std::chrono::seconds window) {
  auto share = growth(x, x.of, window) + " / " + growth(x, x.total, window);
  if (x.good)
    share = "1 - " + share;
  return "(" + share + ") / " + number(1 - x.objective);
}

}  // namespace

std::string to_promql(const alert_rule& x) {
  const auto* worst = x.comparison == alert_comparison::below ? "min" : "max";
  const auto limit = sign(x.comparison) + number(x.threshold);
  switch (x.measure) {
    case alert_measure::value:
      return grouped(worst, x, selector(x.of)) + limit;
    case alert_measure::age:
      return grouped(worst, x, "time() - " + selector(x.of)) + limit;
    case alert_measure::increase:
      return growth(x, x.of, x.window) + limit;
    case alert_measure::ratio:
      return grouped(worst, x, selector(x.of)) + " / " +
             grouped("max", x, selector(x.total)) + limit;
    case alert_measure::absent:
      return "absent(" + selector(x.of) + ")";
    case alert_measure::burn_rate:
      return "(" + burn(x, x.window) + limit + ") and (" +
             burn(x, x.window / 12) + limit + ") and (" +
             growth(x, x.total, x.window / 12) + " >= " + number(x.least) + ")";
  }
  return {};
}

namespace {

/// "{label}" as Prometheus' templates have it.
std::string templated(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find('{', at);
    const auto close = text.find('}', open);
    if (open == std::string::npos || close == std::string::npos)
      return out + text.substr(at);
    const auto name = text.substr(open + 1, close - open - 1);
    out.append(text, at, open - at);
    out += name == "value" ? "{{ $value | humanize }}"
                           : "{{ $labels." + name + " }}";
    at = close + 1;
  }
  return out;
}

}  // namespace

std::string prometheus_rules(const std::vector<alert_rule>& rules) {
  std::string out =
      "# Made from config/alert_rules.toml by "
      "`closedpaw alerts rules --format prometheus`.\n"
      "groups:\n  - name: closedpaw\n    rules:\n";
  for (const auto& x : rules) {
    out += "      - alert: " + x.name +
           "\n        expr: " + scalar(to_promql(x)) + "\n";
    if (x.for_ > std::chrono::seconds{0})
      out += "        for: " + seconds(x.for_) + "\n";
    if (x.keep > std::chrono::seconds{0})
      out += "        keep_firing_for: " + seconds(x.keep) + "\n";
    out += "        labels:\n          severity: " +
           std::string{to_string(x.severity)} +
           "\n          source: closedpaw\n        annotations:\n" +
           "          summary: " + scalar(templated(x.summary)) +
           "\n          runbook: " + scalar(templated(x.runbook)) + "\n";
  }
  return out;
}

std::string alertmanager_inhibitions(const std::vector<alert_rule>& rules) {
  std::string out =
      "# Made from config/alert_rules.toml by "
      "`closedpaw alerts rules --format alertmanager`.\n"
      "inhibit_rules:\n";
  for (const auto& x : rules)
    for (const auto& [cause, equal] : x.inhibited_by)
      out += "  - source_matchers: [" + scalar("alertname=\"" + cause + "\"") +
             "]\n    target_matchers: [" +
             scalar("alertname=\"" + x.name + "\"") + "]\n    equal: [" +
             listed(equal) + "]\n";
  return out;
}

}  // namespace closedpaw::monitoring::alerts
