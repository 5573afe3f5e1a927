#include "actors/monitoring/history/timeline.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

namespace closedpaw::monitoring {

namespace {

constexpr double quantile = 0.95;

double bound_of(const alerts::series& x) {
  return std::strtod(x.le.c_str(), nullptr);
}

/// Linear within the bucket; the last finite bound where it lies beyond.
std::optional<double> quantile_of(const std::map<double, double>& cumulative) {
  const double all = cumulative.empty() ? 0 : cumulative.rbegin()->second;
  if (all <= 0)
    return std::nullopt;
  const double rank = quantile * all;
  double low = 0;
  double below = 0;
  for (const auto& [bound, count] : cumulative) {
    if (count >= rank)
      return std::isinf(bound) || count <= below
                 ? low
                 : low + (bound - low) * (rank - below) / (count - below);
    low = bound;
    below = count;
  }
  return low;
}

}  // namespace

timeline::timeline(std::string run)
    : run_{std::move(run)}, before_(curves().size()) {
  // nop
}

bool timeline::due(std::chrono::steady_clock::time_point now) const {
  const std::lock_guard guard{mutex_};
  return !last_ || now - *last_ >= interval;
}

std::optional<double> timeline::growth_of(std::size_t i, totals now,
                                          double seconds) {
  const auto& how = curves()[i].how;
  const auto before = std::exchange(before_[i], now);
  if (!before)
    return std::nullopt;
  for (auto& [bound, total] : now) {
    const auto was = before->find(bound);
    // One that falls began anew.
    if (was != before->end() && was->second <= total)
      total -= was->second;
  }
  if (how == curve::kind::p95)
    return quantile_of(now);
  return now.empty() ? 0 : now.begin()->second / seconds;
}

std::optional<double> timeline::value_of(std::size_t i,
                                         const alerts::samples& from,
                                         double seconds) {
  const auto& c = curves()[i];
  const auto found = from.select(c.of);
  if (c.how == curve::kind::rate || c.how == curve::kind::p95) {
    totals sums;
    for (const auto& s : found)
      sums[bound_of(s)] += s.value;
    return growth_of(i, std::move(sums), seconds);
  }
  if (found.empty())
    return std::nullopt;
  double out = 0;
  for (const auto& s : found)
    out = c.how == curve::kind::sum ? out + s.value : std::max(out, s.value);
  return out;
}

void timeline::look(const families& x,
                    std::chrono::steady_clock::time_point mono, timestamp now) {
  const alerts::samples from{x};
  const std::lock_guard guard{mutex_};
  const double seconds =
      last_ ? std::chrono::duration<double>(mono - *last_).count() : 0;
  if (last_ && seconds <= 0)
    return;
  last_ = mono;
  point p;
  p.time =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch())
          .count();
  for (std::size_t i = 0; i < curves().size(); ++i)
    p.values.push_back(value_of(i, from, seconds));
  // Readers ask for what is later than what they have: with a clock that was
  // set back, another run begins.
  if (!points_.empty() && p.time <= points_.back().time) {
    points_.clear();
    ++generation_;
  }
  points_.push_back(std::move(p));
  if (points_.size() > kept)
    points_.pop_front();
}

json timeline::after(std::int64_t since) const {
  auto series = json::array();
  auto times = json::array();
  const std::lock_guard guard{mutex_};
  const auto first = std::ranges::upper_bound(points_, since, {}, &point::time);
  for (auto it = first; it != points_.end(); ++it)
    times.push_back(it->time);
  for (std::size_t i = 0; i < curves().size(); ++i) {
    const auto& c = curves()[i];
    auto values = json::array();
    for (auto it = first; it != points_.end(); ++it)
      values.push_back(it->values[i] ? json(*it->values[i]) : json());
    series.push_back({{"name", c.name},
                      {"title", c.title},
                      {"unit", c.unit},
                      {"values", std::move(values)}});
  }
  return {{"run", run_ + '.' + std::to_string(generation_)},
          {"interval_s", interval.count()},
          {"kept", kept},
          {"times", std::move(times)},
          {"series", std::move(series)}};
}

}  // namespace closedpaw::monitoring
