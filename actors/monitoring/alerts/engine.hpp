#pragma once

#include <functional>

#include "actors/monitoring/alerts/counter_history.hpp"

namespace closedpaw::monitoring::alerts {

/// When it is: windows and durations follow the monotonic clock, what is shown
/// and `age` the wall clock.
struct moment {
  monotonic mono;
  timestamp wall;
};

/// What the component with these labels says is wrong; empty if nothing.
using cause_finder =
    std::function<std::string(const std::string& rule, const alert_labels&)>;

/// Evaluates the rules over one look at the metrics after the other. Pure, and
/// for one thread at a time.
class engine {
 public:
  explicit engine(std::vector<alert_rule> rules);

  /// The alerts that began to fire, or were resolved, with this look.
  std::vector<alert> evaluate(const std::vector<prometheus::MetricFamily>& now,
                              moment at, const cause_finder& cause);

  /// Firing ones first, then pending, then those resolved of late; each as of
  /// the last look, consequences marked.
  std::vector<alert> alerts() const;
  const std::vector<alert_rule>& rules() const { return rules_; }

 private:
  using values = std::map<alert_labels, double>;

  struct histories {
    std::optional<counter_history> of;
    std::optional<counter_history> total;
  };
  struct life {
    alert shown;
    monotonic since;
    std::optional<monotonic> fires_since;
    /// The condition does not hold since then.
    std::optional<monotonic> gone;
  };

  void look(const samples& now, monotonic t);
  values breached(std::size_t rule, const samples& now, moment at) const;
  values worst(const alert_rule& r, const samples& now, timestamp wall) const;
  values burning(std::size_t rule) const;
  void hold(std::size_t rule, const alert_labels& labels, double value,
            moment at, const cause_finder& cause, std::vector<alert>& changed);
  void release(std::size_t rule, const values& holding, moment at,
               std::vector<alert>& changed);
  bool let_go(life& x, const alert_rule& r, moment at,
              std::vector<alert>& changed) const;
  void mark_consequences(monotonic now);
  std::string cause_among_alerts(const alert_rule& r, const life& x,
                                 monotonic now) const;

  const std::vector<alert_rule> rules_;
  std::vector<histories> histories_;
  std::map<std::pair<std::size_t, alert_labels>, life> lives_;
};

/// Hex of a digest over the rule's name and the labels.
std::string fingerprint(const std::string& rule, const alert_labels& labels);

/// The text with {label} and {value} replaced.
std::string fill(const std::string& text, const alert_labels& labels,
                 double value);

}  // namespace closedpaw::monitoring::alerts
