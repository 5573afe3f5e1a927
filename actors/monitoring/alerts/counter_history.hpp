#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/monitoring/alerts/selection.hpp"

namespace closedpaw::monitoring::alerts {

using monotonic = std::chrono::steady_clock::time_point;

/// By how much counters grew of late, summed over groups. A counter that falls
/// began anew; one that appears after the first look began at 0. Remembers a
/// bounded number of points of each group.
class counter_history {
 public:
  /// `longest` of the windows that will be asked for.
  counter_history(std::vector<std::string> by, std::chrono::seconds longest);
  // Counters refer to their groups, whose places a move keeps.
  counter_history(const counter_history&) = delete;
  counter_history(counter_history&&) = default;

  void take(const std::vector<series>& now, monotonic t);

  /// The groups that were ever seen.
  std::vector<alert_labels> groups() const;
  /// Within the window that ends with the last look; as far back as is known.
  double increase(const alert_labels& of, std::chrono::seconds window) const;

 private:
  struct point {
    monotonic at;
    double total = 0;
  };
  struct group {
    double total = 0;
    bool seen = false;
    std::deque<point> past;
  };
  struct counter {
    /// Stays as long as one of its counters does.
    group* of = nullptr;
    double last = 0;
    bool seen = false;
  };

  void remember(group& g, monotonic t) const;

  const std::vector<std::string> by_;
  const std::chrono::seconds longest_;
  bool first_look_ = true;
  monotonic now_{};
  /// By series::key().
  std::unordered_map<std::string, counter> counters_;
  std::map<alert_labels, group> groups_;
};

}  // namespace closedpaw::monitoring::alerts
