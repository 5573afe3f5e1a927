#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/json.hpp"
#include "messages/model/time.hpp"

namespace closedpaw {

enum class alert_severity : std::uint8_t { info, warning, critical };

std::string_view to_string(alert_severity x);
std::optional<alert_severity> parse_severity(std::string_view text);

/// A condition on one label; `values` are alternatives.
struct label_condition {
  std::string name;
  std::vector<std::string> values;
  /// It must be none of them.
  bool negated = false;

  bool operator==(const label_condition&) const = default;
};

/// Series of one metric as GET /metrics names them; of histograms with _count,
/// _sum or _bucket.
struct metric_selector {
  std::string metric;
  std::vector<label_condition> where;

  bool operator==(const metric_selector&) const = default;
};

/// What a rule compares with its threshold.
enum class alert_measure : std::uint8_t {
  /// The value itself; the worst of a group.
  value,
  /// How long ago the time is that the metric tells.
  age,
  /// By how much a counter grew within the window.
  increase,
  /// The value divided by that of `total`.
  ratio,
  /// There is no such series.
  absent,
  /// How many times faster than the objective allows its error budget is used
  /// up, in the window and in its twelfth; both must exceed the threshold
  /// (https://sre.google/workbook/alerting-on-slos/).
  burn_rate,
};

enum class alert_comparison : std::uint8_t { above, at_least, below };

std::optional<alert_measure> parse_measure(std::string_view text);
std::optional<alert_comparison> parse_comparison(std::string_view text);

/// One rule; what it is made from is config/alert_rules.toml.
struct alert_rule {
  std::string name;
  alert_severity severity = alert_severity::warning;
  /// One sentence; "{label}" and "{value}" are replaced.
  std::string summary;
  /// What to do.
  std::string runbook;
  /// The node of the supervision tree that it is shown at; labels are replaced.
  std::string node;
  alert_measure measure = alert_measure::value;
  /// Of burn_rate: what went wrong, unless `good` is set.
  metric_selector of;
  /// Of ratio and burn_rate.
  metric_selector total;
  /// Of burn_rate: `of` selects what went well.
  bool good = false;
  /// Of burn_rate: the share that has to go well, below 1.
  double objective = 0;
  /// Of burn_rate: with a smaller total in the short window nothing is said.
  double least = 0;
  /// One alert for each set of their values.
  std::vector<std::string> by;
  alert_comparison comparison = alert_comparison::above;
  double threshold = 0;
  /// Of increase and burn_rate.
  std::chrono::seconds window{300};
  /// The condition holds for so long before the alert fires.
  std::chrono::seconds for_{0};
  /// And is gone for so long before it is resolved.
  std::chrono::seconds keep{0};
  /// Nobody is notified sooner after it began to fire: by then a graver alert
  /// may have told what it is a part of.
  std::chrono::seconds notify_after{0};
  /// Rules whose alerts make this one's a consequence, each with the labels
  /// that must be equal for that.
  std::map<std::string, std::vector<std::string>> inhibited_by;
};

enum class alert_state : std::uint8_t { pending, firing, resolved };

std::string_view to_string(alert_state x);

using alert_labels = std::map<std::string, std::string>;

struct alert {
  /// The same for the same rule and labels, also over restarts.
  std::string fingerprint;
  std::string rule;
  alert_severity severity = alert_severity::warning;
  alert_labels labels;
  alert_state state = alert_state::pending;
  double value = 0;
  std::string summary;
  /// What the component itself says is wrong, when the alert began to fire.
  std::string cause;
  std::string runbook;
  /// The path of the node that it concerns, which may be gone.
  std::string node;
  timestamp active_at{};
  std::optional<timestamp> firing_at;
  std::optional<timestamp> resolved_at;
  /// It fires, and its rule's notify_after is not over.
  bool held_back = false;
  /// The alert that this one follows from; nobody is notified then.
  std::string inhibited_by;
  /// The silence's id.
  std::string silenced_by;

  /// It is silenced, or follows from another: no news to who reads of both.
  bool quiet() const { return !silenced_by.empty() || !inhibited_by.empty(); }

  bool operator==(const alert&) const = default;
};

json to_json(const alert& x);

/// Keeps alerts from being notified: those whose labels, "alertname" and
/// "severity" among them, meet all conditions.
struct alert_silence {
  std::string id;
  std::vector<label_condition> matchers;
  timestamp starts_at{};
  timestamp ends_at{};
  std::string comment;
  std::string created_by;

  bool operator==(const alert_silence&) const = default;
};

json to_json(const alert_silence& x);
/// The stored form; nothing where it is not one.
std::optional<alert_silence> silence_from(const json& x);

/// What became of one receiver's notifications.
struct receiver_view {
  std::string name;
  std::string type;
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;
  std::uint64_t dropped = 0;
  std::size_t waiting = 0;
  std::optional<timestamp> last_success;
  std::string trouble;

  bool operator==(const receiver_view&) const = default;
};

json to_json(const receiver_view& x);
json to_json(const alert_rule& x);

/// What monitoring/alert_watch publishes.
struct alerts_view {
  /// Firing ones first, then pending, then those resolved of late.
  std::vector<alert> alerts;
  std::vector<alert_silence> silences;
};

}  // namespace closedpaw
