#pragma once

#include <string>
#include <vector>

#include "actors/monitoring/metrics/family.hpp"
#include "messages/model/audit_event.hpp"

namespace closedpaw::monitoring::shipping {

/// OpenTelemetry's resource: who reports.
struct otlp_resource {
  std::string version;
  std::string host_name;
  /// Of this run of the daemon (service.instance.id).
  std::string instance_id;
  timestamp started_at{};
};

/// The bodies of POST /v1/logs and /v1/metrics in the JSON encoding of OTLP 1
/// (https://opentelemetry.io/docs/specs/otlp/#otlphttp). Numbers of 64 bits are
/// decimal strings there.
std::string otlp_logs(const otlp_resource& from,
                      const std::vector<stored_event>& events, timestamp now);
/// Counters and histograms are cumulative since the start, under the names
/// that /metrics has.
std::string otlp_metrics(const otlp_resource& from, const families& metrics,
                         timestamp now);

/// What a collector says in a 200 that it did not take (partialSuccess): log
/// records or data points.
struct otlp_rejection {
  std::uint64_t records = 0;
  std::string message;
};
otlp_rejection otlp_rejected(std::string_view body);

}  // namespace closedpaw::monitoring::shipping
