#pragma once

#include "actors/monitoring/alerts/engine.hpp"
#include "actors/monitoring/metrics/family.hpp"

namespace closedpaw::monitoring {

/// A rule that differs from a plain one in what a test is about.
inline alert_rule rule_of(const std::string& name, alert_measure measure,
                          const std::string& metric, double threshold) {
  alert_rule r;
  r.name = name;
  r.summary = "{who} has {value}";
  r.runbook = "look at {who}";
  r.node = "root/{who}";
  r.measure = measure;
  r.of.metric = metric;
  r.threshold = threshold;
  return r;
}

/// An engine with a clock of its own, and the metrics of one moment.
class watched {
 public:
  explicit watched(std::vector<alert_rule> rules) : engine{std::move(rules)} {}

  watched& gauge(const std::string& name, label_list labels, double value) {
    return add(family::gauge(name, ""), labels, value);
  }
  watched& counter(const std::string& name, label_list labels, double value) {
    return add(family::counter(name, ""), labels, value);
  }

  /// Evaluates what was added since, `after` the last time.
  std::vector<alert> look(std::chrono::seconds after) {
    mono += after;
    wall += after;
    auto changed =
        engine.evaluate(std::exchange(metrics, {}), {mono, wall},
                        [](const std::string& rule, const alert_labels&) {
                          return "why " + rule;
                        });
    return changed;
  }

  alerts::engine engine;
  families metrics;
  alerts::monotonic mono{std::chrono::hours{1}};
  timestamp wall{std::chrono::seconds{1'000'000}};

 private:
  watched& add(family f, label_list labels, double value) {
    f.add(labels, value);
    families one;
    std::move(f).to(one);
    for (auto& known : metrics)
      if (known.name == one[0].name) {
        known.metric.push_back(one[0].metric[0]);
        return *this;
      }
    metrics.push_back(std::move(one[0]));
    return *this;
  }
};

}  // namespace closedpaw::monitoring
