#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/monitoring/alerts/selection.hpp"
#include "actors/monitoring/metrics/family.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::monitoring {

/// What the dashboard plots of one metric.
struct curve {
  /// A word; the title is for people.
  std::string name;
  std::string title;
  /// "1/s", "seconds", "bytes", "ratio" or "1".
  std::string unit;
  enum class kind {
    /// The sum of gauges.
    sum,
    largest,
    /// Growth of counters per second.
    rate,
    /// Of a histogram, as histogram_quantile of PromQL estimates it.
    p95,
  } how = kind::sum;
  metric_selector of;
};

/// A bounded ring of what the curves showed, an hour long. All members are
/// thread-safe; owned by main, so that no actor's crash makes a gap of it.
class timeline {
 public:
  static constexpr std::chrono::seconds interval{5};
  static constexpr std::size_t kept = 720;

  /// `run` tells readers that an earlier run's points are not of this one.
  explicit timeline(std::string run);

  /// Whether a look is due. Monotonic.
  bool due(std::chrono::steady_clock::time_point now) const;
  /// Keeps a point. The first one knows no growth yet.
  void look(const families& x, std::chrono::steady_clock::time_point mono,
            timestamp now);

  /// {run, interval_s, kept, times, series: [{name, title, unit, values}]}, of
  /// times (Unix, whole seconds) after `since`; null where nothing was known.
  json after(std::int64_t since) const;

 private:
  struct point {
    std::int64_t time = 0;
    std::vector<std::optional<double>> values;
  };
  /// By upper bound; a counter has one.
  using totals = std::map<double, double>;

  std::optional<double> value_of(std::size_t i, const alerts::samples& from,
                                 double seconds);
  std::optional<double> growth_of(std::size_t i, totals now, double seconds);

  const std::string run_;
  /// One more each time that the clock was set back.
  std::uint64_t generation_ = 0;
  mutable std::mutex mutex_;
  std::optional<std::chrono::steady_clock::time_point> last_;
  /// Of each curve at the last look.
  std::vector<std::optional<totals>> before_;
  std::deque<point> points_;
};

/// In the order in which they are shown.
const std::vector<curve>& curves();

}  // namespace closedpaw::monitoring
