#include "actors/monitoring/alerts/counter_history.hpp"

#include <algorithm>

namespace closedpaw::monitoring::alerts {

namespace {

/// Points in the longest window; a shorter one is read from the same.
constexpr int resolution = 360;

}  // namespace

counter_history::counter_history(std::vector<std::string> by,
                                 std::chrono::seconds longest)
    : by_{std::move(by)}, longest_{longest} {}

void counter_history::take(const std::vector<series>& now, monotonic t) {
  now_ = t;
  for (auto& [labels, c] : counters_)
    c.seen = false;
  for (auto& [labels, g] : groups_)
    g.seen = false;
  for (const auto& s : now) {
    auto [it, fresh] = counters_.try_emplace(s.key());
    auto& c = it->second;
    if (fresh)
      c.of = &groups_[s.kept(by_)];
    auto grown = s.value - c.last;
    if (fresh && first_look_)
      grown = 0;
    else if (grown < 0)
      grown = s.value;
    c.last = s.value;
    c.seen = true;
    c.of->total += grown;
    c.of->seen = true;
  }
  first_look_ = false;
  std::erase_if(counters_, [](const auto& x) { return !x.second.seen; });
  for (auto& [labels, g] : groups_)
    remember(g, t);
  // What has not grown within the longest window and is gone.
  std::erase_if(groups_, [&](const auto& x) {
    const auto& g = x.second;
    return !g.seen && g.past.front().total == g.total &&
           g.past.front().at + longest_ <= t;
  });
}

void counter_history::remember(group& g, monotonic t) const {
  // Before its first look it was 0, or as it was then.
  if (g.past.empty())
    g.past.push_back({t, 0});
  const auto step = std::max<monotonic::duration>(longest_ / resolution,
                                                  std::chrono::milliseconds{1});
  if (t - g.past.back().at >= step)
    g.past.push_back({t, g.total});
  // One stays that is as old as the window, to subtract.
  while (g.past.size() > 1 && g.past[1].at + longest_ <= t)
    g.past.pop_front();
}

std::vector<alert_labels> counter_history::groups() const {
  std::vector<alert_labels> out;
  for (const auto& [labels, g] : groups_)
    out.push_back(labels);
  return out;
}

double counter_history::increase(const alert_labels& of,
                                 std::chrono::seconds window) const {
  const auto it = groups_.find(of);
  if (it == groups_.end())
    return 0;
  const auto& past = it->second.past;
  const auto later =
      std::upper_bound(past.begin(), past.end(), now_ - window,
                       [](monotonic t, const point& p) { return t < p.at; });
  const auto& from = later == past.begin() ? past.front() : *std::prev(later);
  return it->second.total - from.total;
}

}  // namespace closedpaw::monitoring::alerts
