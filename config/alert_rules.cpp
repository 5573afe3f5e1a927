#include "config/alert_rules.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "config/rule_list.hpp"

asm(".section .rodata\n"
    "closedpaw_alert_rules:\n"
    ".incbin \"" CLOSEDPAW_ALERT_RULES
    "\"\n"
    ".incbin \"" CLOSEDPAW_OPERATION_RULES
    "\"\n"
    ".incbin \"" CLOSEDPAW_SECURITY_RULES
    "\"\n"
    ".incbin \"" CLOSEDPAW_OBJECTIVE_RULES
    "\"\n"
    "closedpaw_alert_rules_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const char closedpaw_alert_rules[];
extern "C" const char closedpaw_alert_rules_end[];

namespace closedpaw::config {

namespace {

constexpr std::array<std::string_view, 23> keys{
    "name",       "severity",       "summary",     "runbook",
    "node",       "measure",        "metric",      "where",
    "where_not",  "total_metric",   "total_where", "total_where_not",
    "good",       "objective",      "least",       "by",
    "comparison", "threshold",      "window_s",    "for_s",
    "keep_s",     "notify_after_s", "inhibited_by"};

/// Thrown within this file only: what is wrong with a rule.
struct problem_of_rule {
  std::string what;
};

/// Reads the keys of one rule.
class reader {
 public:
  explicit reader(const toml::table& from) : from_{from} {
    for (const auto& [key, value] : from)
      if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
        throw problem_of_rule{"has an unknown key " + std::string{key.str()}};
  }

  std::string text(const char* key) const {
    auto out = from_[key].value<std::string>();
    if (!out || out->empty())
      throw problem_of_rule{"needs a text " + std::string{key}};
    return *out;
  }

  double number(const char* key, double otherwise) const {
    if (!from_.contains(key))
      return otherwise;
    const auto out = from_[key].value<double>();
    if (!out)
      throw problem_of_rule{"needs a number for " + std::string{key}};
    return *out;
  }

  std::chrono::seconds seconds(const char* key, int otherwise) const {
    const auto out = number(key, otherwise);
    if (out < 0 || out > 7 * 86'400)
      throw problem_of_rule{"needs a time of at most a week for " +
                            std::string{key}};
    return std::chrono::seconds{static_cast<std::int64_t>(out)};
  }

  bool flag(const char* key) const { return from_[key].value_or(false); }

  template <class Parse>
  auto choice(const char* key, Parse parse,
              std::string_view otherwise = {}) const {
    const auto found = parse(from_[key].value_or(otherwise));
    if (!found)
      throw problem_of_rule{"needs a known " + std::string{key}};
    return *found;
  }

  std::vector<std::string> texts(const char* key) const {
    return texts_of(from_[key].node(), key);
  }

  /// A table of lists.
  std::map<std::string, std::vector<std::string>> lists(const char* key) const {
    std::map<std::string, std::vector<std::string>> out;
    if (const auto* given = table(key))
      for (const auto& [name, values] : *given)
        out.emplace(name.str(), texts_of(&values, std::string{name.str()}));
    return out;
  }

  metric_selector selector(const char* metric, const char* where,
                           const char* where_not) const {
    metric_selector out;
    out.metric = text(metric);
    conditions(where, false, out.where);
    conditions(where_not, true, out.where);
    return out;
  }

 private:
  static std::vector<std::string> texts_of(const toml::node* x,
                                           const std::string& key) {
    std::vector<std::string> out;
    if (!x)
      return out;
    if (const auto one = x->value<std::string>())
      return {*one};
    const auto* list = x->as_array();
    if (!list)
      throw problem_of_rule{"needs a text or a list of texts for " + key};
    for (const auto& each : *list) {
      const auto one = each.value<std::string>();
      if (!one)
        throw problem_of_rule{"needs only texts in " + key};
      out.push_back(*one);
    }
    return out;
  }

  const toml::table* table(const char* key) const {
    if (!from_.contains(key))
      return nullptr;
    const auto* out = from_[key].as_table();
    if (!out)
      throw problem_of_rule{"needs a table for " + std::string{key}};
    return out;
  }

  void conditions(const char* key, bool negated,
                  std::vector<label_condition>& out) const {
    const auto* given = table(key);
    if (!given)
      return;
    for (const auto& [label, values] : *given)
      out.push_back({std::string{label.str()},
                     texts_of(&values, std::string{label.str()}), negated});
  }

  const toml::table& from_;
};

void check(const alert_rule& x) {
  const bool burns = x.measure == alert_measure::burn_rate;
  if ((burns || x.measure == alert_measure::ratio) == x.total.metric.empty())
    throw problem_of_rule{
        "needs total_metric for a ratio or a burn rate, and only then"};
  if (burns != (x.objective > 0) || x.objective >= 1)
    throw problem_of_rule{
        "needs an objective between 0 and 1 for a burn "
        "rate, and only then"};
  if (burns && x.window < std::chrono::seconds{60})
    throw problem_of_rule{"needs a window_s of at least 60 for a burn rate"};
  if (x.window <= std::chrono::seconds{0})
    throw problem_of_rule{"needs a window_s above 0"};
}

/// What is about actors names its node by their path.
std::string node_of(const reader& r, const toml::table& from,
                    const std::vector<std::string>& by) {
  const bool by_path = std::ranges::find(by, "path") != by.end();
  return by_path && !from.contains("node") ? "{path}" : r.text("node");
}

alert_rule read_rule(const toml::table& from) {
  const reader r{from};
  alert_rule out;
  out.name = r.text("name");
  out.severity = r.choice("severity", parse_severity);
  out.summary = r.text("summary");
  out.runbook = r.text("runbook");
  out.measure = r.choice("measure", parse_measure);
  out.of = r.selector("metric", "where", "where_not");
  if (from.contains("total_metric"))
    out.total = r.selector("total_metric", "total_where", "total_where_not");
  out.good = r.flag("good");
  out.objective = r.number("objective", 0);
  out.least = r.number("least", 0);
  out.by = r.texts("by");
  out.node = node_of(r, from, out.by);
  out.comparison = r.choice("comparison", parse_comparison, "above");
  out.threshold = r.number("threshold", 0);
  out.window = r.seconds("window_s", 300);
  out.for_ = r.seconds("for_s", 0);
  out.keep = r.seconds("keep_s", 0);
  out.notify_after = r.seconds("notify_after_s", 0);
  out.inhibited_by = r.lists("inhibited_by");
  check(out);
  return out;
}

failure wrong(std::string what) {
  return {errc::bad_request, "rules of alerts: " + std::move(what), {}, {}};
}

/// A rule that is not there would never inhibit.
result<void> check_names(const std::vector<alert_rule>& all) {
  std::set<std::string> names;
  for (const auto& x : all)
    if (!names.insert(x.name).second)
      return wrong("two rules are named " + x.name);
  for (const auto& x : all)
    for (const auto& [other, labels] : x.inhibited_by)
      if (!names.contains(other))
        return wrong("rule " + x.name + " is inhibited by " + other +
                     ", which is not there");
  return {};
}

}  // namespace

std::string_view builtin_alert_rules() {
  return {closedpaw_alert_rules, closedpaw_alert_rules_end};
}

result<std::vector<alert_rule>> parse_alert_rules(std::string_view text) {
  auto out = parse_rule_list<alert_rule>(
      text, "rules of alerts",
      [](const toml::table& from) -> result<alert_rule> {
        try {
          return read_rule(from);
        } catch (const problem_of_rule& e) {
          return wrong("the rule of line " +
                       std::to_string(from.source().begin.line) + " " + e.what);
        }
      });
  if (out)
    if (auto done = check_names(*out); !done)
      return done.error();
  return out;
}

}  // namespace closedpaw::config
