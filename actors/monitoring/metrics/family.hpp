#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/model/time.hpp"

namespace closedpaw::monitoring {

/// What prometheus-cpp serializes, in the text format 0.0.4.
using families = std::vector<prometheus::MetricFamily>;
using label_list =
    std::initializer_list<std::pair<const char*, std::string_view>>;

/// Makes one family of counters or gauges from what was published. Names and
/// units follow https://prometheus.io/docs/practices/naming/.
class family {
 public:
  family(std::string name, std::string help, prometheus::MetricType type);

  static family gauge(std::string name, std::string help) {
    return {std::move(name), std::move(help), prometheus::MetricType::Gauge};
  }
  static family counter(std::string name, std::string help) {
    return {std::move(name), std::move(help), prometheus::MetricType::Counter};
  }

  /// Values of labels that come from outside are to be inert().
  void add(label_list labels, double value);
  void add(label_list labels, std::uint64_t value) {
    add(labels, static_cast<double>(value));
  }

  /// To `out`, unless nothing was added.
  void to(families& out) &&;

 private:
  prometheus::MetricFamily made_;
};

inline double seconds_of(std::chrono::microseconds x) {
  return std::chrono::duration<double>(x).count();
}

/// Unix time.
inline double seconds_of(timestamp x) {
  return seconds_of(x.time_since_epoch());
}

/// In the text format 0.0.4 of
/// https://prometheus.io/docs/instrumenting/exposition_formats/.
std::string exposition(const families& x);

}  // namespace closedpaw::monitoring
