#include "actors/monitoring/shipping/otlp.hpp"

#include <charconv>
#include <cmath>

#include "messages/model/json.hpp"

namespace closedpaw::monitoring::shipping {

namespace {

/// AggregationTemporality of opentelemetry/proto/metrics/v1.
constexpr int cumulative = 2;

std::string nanoseconds(timestamp t) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch())
          .count());
}

json text_attribute(std::string_view key, std::string_view value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

json resource_of(const otlp_resource& x) {
  auto attributes = json::array();
  attributes.push_back(text_attribute("service.name", "closedpaw"));
  attributes.push_back(text_attribute("service.version", x.version));
  attributes.push_back(text_attribute("service.instance.id", x.instance_id));
  attributes.push_back(text_attribute("host.name", x.host_name));
  return {{"attributes", std::move(attributes)}};
}

json scope(std::string_view name, const otlp_resource& from) {
  return {{"name", name}, {"version", from.version}};
}

/// SeverityNumber of opentelemetry/proto/logs/v1, and its text.
std::pair<int, const char*> severity_of(const audit_event& e) {
  if (e.level == "critical")
    return {21, "FATAL"};
  if (e.level == "high")
    return {17, "ERROR"};
  if (e.level == "medium" || e.outcome == "failure")
    return {13, "WARN"};
  return e.level == "low" ? std::pair{10, "INFO2"} : std::pair{9, "INFO"};
}

json record_of(const stored_event& e, timestamp now) {
  const auto& x = e.event;
  const auto [number, text] = severity_of(x);
  auto attributes = json::array();
  attributes.push_back({{"key", "closedpaw.sequence"},
                        {"value", {{"intValue", std::to_string(e.sequence)}}}});
  const auto add = [&attributes](std::string_view key,
                                 const std::string& value) {
    if (!value.empty())
      attributes.push_back(text_attribute(key, value));
  };
  add("closedpaw.actor", x.actor);
  add("closedpaw.action_type", x.action_type);
  add("closedpaw.action_id",
      x.action_id.is_nil() ? std::string{} : to_string(x.action_id));
  add("closedpaw.skill_id", x.skill_id.value_or(""));
  add("closedpaw.status", x.status);
  add("closedpaw.outcome", x.outcome.value_or(""));
  add("closedpaw.level", x.level);
  add("closedpaw.request_id", x.request_id);
  add("user.id", x.user.id);
  return {{"timeUnixNano", nanoseconds(x.time)},
          {"observedTimeUnixNano", nanoseconds(now)},
          {"severityNumber", number},
          {"severityText", text},
          {"eventName", "closedpaw.audit." + x.action_type},
          {"body", {{"stringValue", x.details.str()}}},
          {"attributes", std::move(attributes)}};
}

json labels_of(const prometheus::ClientMetric& m) {
  auto out = json::array();
  for (const auto& l : m.label)
    out.push_back(text_attribute(l.name, l.value));
  return out;
}

json point(const prometheus::ClientMetric& m, double value,
           const otlp_resource& from, timestamp now) {
  return {{"attributes", labels_of(m)},
          {"startTimeUnixNano", nanoseconds(from.started_at)},
          {"timeUnixNano", nanoseconds(now)},
          {"asDouble", value}};
}

/// Prometheus' buckets contain the smaller ones, OTLP's do not; its last one
/// has no bound.
json histogram_point(const prometheus::ClientMetric& m,
                     const otlp_resource& from, timestamp now) {
  auto bounds = json::array();
  auto counts = json::array();
  std::uint64_t below = 0;
  for (const auto& b : m.histogram.bucket) {
    counts.push_back(std::to_string(b.cumulative_count - below));
    below = b.cumulative_count;
    if (std::isfinite(b.upper_bound))
      bounds.push_back(b.upper_bound);
  }
  if (counts.size() == bounds.size())
    counts.push_back(std::to_string(m.histogram.sample_count - below));
  return {{"attributes", labels_of(m)},
          {"startTimeUnixNano", nanoseconds(from.started_at)},
          {"timeUnixNano", nanoseconds(now)},
          {"count", std::to_string(m.histogram.sample_count)},
          {"sum", m.histogram.sample_sum},
          {"bucketCounts", std::move(counts)},
          {"explicitBounds", std::move(bounds)}};
}

/// Null for a kind that we do not have.
json metric_of(const prometheus::MetricFamily& f, const otlp_resource& from,
               timestamp now) {
  json out{{"name", f.name}, {"description", f.help}};
  auto points = json::array();
  switch (f.type) {
    case prometheus::MetricType::Counter:
      for (const auto& m : f.metric)
        points.push_back(point(m, m.counter.value, from, now));
      out["sum"] = {{"dataPoints", std::move(points)},
                    {"aggregationTemporality", cumulative},
                    {"isMonotonic", true}};
      return out;
    case prometheus::MetricType::Gauge:
      for (const auto& m : f.metric)
        points.push_back(point(m, m.gauge.value, from, now));
      out["gauge"] = {{"dataPoints", std::move(points)}};
      return out;
    case prometheus::MetricType::Histogram:
      for (const auto& m : f.metric)
        points.push_back(histogram_point(m, from, now));
      out["histogram"] = {{"dataPoints", std::move(points)},
                          {"aggregationTemporality", cumulative}};
      return out;
    default:
      return nullptr;
  }
}

}  // namespace

std::string otlp_logs(const otlp_resource& from,
                      const std::vector<stored_event>& events, timestamp now) {
  auto records = json::array();
  for (const auto& e : events)
    records.push_back(record_of(e, now));
  auto scoped = json::array();
  scoped.push_back({{"scope", scope("closedpaw.audit", from)},
                    {"logRecords", std::move(records)}});
  auto all = json::array();
  all.push_back(
      {{"resource", resource_of(from)}, {"scopeLogs", std::move(scoped)}});
  return dump({{"resourceLogs", std::move(all)}});
}

std::string otlp_metrics(const otlp_resource& from, const families& metrics,
                         timestamp now) {
  auto list = json::array();
  for (const auto& f : metrics)
    if (auto one = metric_of(f, from, now); !one.is_null())
      list.push_back(std::move(one));
  auto scoped = json::array();
  scoped.push_back({{"scope", scope("closedpaw.metrics", from)},
                    {"metrics", std::move(list)}});
  auto all = json::array();
  all.push_back(
      {{"resource", resource_of(from)}, {"scopeMetrics", std::move(scoped)}});
  return dump({{"resourceMetrics", std::move(all)}});
}

otlp_rejection otlp_rejected(std::string_view body) {
  otlp_rejection out;
  const auto value = parse_json(body);
  if (!value || !value->is_object())
    return out;
  const auto part = value->find("partialSuccess");
  if (part == value->end() || !part->is_object())
    return out;
  // A 64-bit number is a text in this encoding, and some send a number.
  for (const char* key : {"rejectedLogRecords", "rejectedDataPoints"}) {
    const auto n = part->find(key);
    if (n == part->end())
      continue;
    if (n->is_number_unsigned()) {
      out.records += n->get<std::uint64_t>();
    } else if (n->is_string()) {
      const auto& text = n->get_ref<const std::string&>();
      std::uint64_t number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      out.records += number;
    }
  }
  if (const auto m = part->find("errorMessage");
      m != part->end() && m->is_string())
    out.message = m->get<std::string>();
  return out;
}

}  // namespace closedpaw::monitoring::shipping
