#include "actors/monitoring/alerts/selection.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace closedpaw::monitoring::alerts {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

bool has(std::string_view value, const label_condition& c) {
  const bool among =
      std::find(c.values.begin(), c.values.end(), value) != c.values.end();
  return among != c.negated;
}

/// `value_of(name)` is "" for a label that is absent, as in Prometheus.
template <class ValueOf>
bool meets_all(const std::vector<label_condition>& conditions,
               ValueOf&& value_of) {
  return std::ranges::all_of(conditions, [&](const label_condition& c) {
    return has(value_of(c.name), c);
  });
}

const std::string* find_label(const ClientMetric& m, std::string_view name) {
  const auto it = std::ranges::find(m.label, name, &ClientMetric::Label::name);
  return it == m.label.end() ? nullptr : &it->value;
}

bool fits(const series& x, const std::vector<label_condition>& conditions) {
  return meets_all(conditions, [&x](std::string_view name) {
    if (!x.le.empty() && name == "le")
      return std::string_view{x.le};
    const auto* value = find_label(*x.metric, name);
    return value ? std::string_view{*value} : std::string_view{};
  });
}

/// As the text format writes an upper bound: the shortest that reads back.
std::string bound_text(double x) {
  if (std::isinf(x))
    return "+Inf";
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), x).ptr;
  return {std::begin(text), end};
}

}  // namespace

samples::samples(const std::vector<prometheus::MetricFamily>& from) {
  for (const auto& f : from)
    by_name_.emplace(f.name, &f);
}

std::vector<series> samples::select(const metric_selector& what) const {
  std::vector<series> out;
  const auto add = [&](const ClientMetric& m, double value,
                       std::string le = {}) {
    series x{&m, value, std::move(le)};
    if (fits(x, what.where))
      out.push_back(std::move(x));
  };
  const std::string_view name = what.metric;
  if (const auto it = by_name_.find(name); it != by_name_.end())
    for (const auto& m : it->second->metric)
      add(m, it->second->type == MetricType::Counter ? m.counter.value
                                                     : m.gauge.value);
  for (const std::string_view suffix : {"_count", "_sum", "_bucket"}) {
    if (!name.ends_with(suffix))
      continue;
    const auto it = by_name_.find(name.substr(0, name.size() - suffix.size()));
    if (it == by_name_.end() || it->second->type != MetricType::Histogram)
      continue;
    for (const auto& m : it->second->metric)
      if (suffix == "_count")
        add(m, static_cast<double>(m.histogram.sample_count));
      else if (suffix == "_sum")
        add(m, m.histogram.sample_sum);
      else
        for (const auto& b : m.histogram.bucket)
          add(m, static_cast<double>(b.cumulative_count),
              bound_text(b.upper_bound));
  }
  return out;
}

alert_labels series::kept(const std::vector<std::string>& names) const {
  alert_labels out;
  for (const auto& name : names)
    if (!le.empty() && name == "le")
      out.emplace(name, le);
    else if (const auto* found = find_label(*metric, name))
      out.emplace(name, *found);
  return out;
}

std::string series::key() const {
  std::string out;
  for (const auto& l : metric->label)
    out.append(l.name).append(1, '\0').append(l.value).append(1, '\0');
  return out.append(le);
}

bool meets(const alert_labels& labels,
           const std::vector<label_condition>& conditions) {
  return meets_all(conditions, [&labels](const std::string& name) {
    const auto it = labels.find(name);
    return it == labels.end() ? std::string_view{} : it->second;
  });
}

alert_labels kept(const alert_labels& labels,
                  const std::vector<std::string>& names) {
  alert_labels out;
  for (const auto& name : names)
    if (const auto it = labels.find(name); it != labels.end())
      out.insert(*it);
  return out;
}

}  // namespace closedpaw::monitoring::alerts
