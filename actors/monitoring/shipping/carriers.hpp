#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/monitoring/shipping/otlp.hpp"
#include "actors/monitoring/shipping/syslog.hpp"
#include "http/client/client.hpp"
#include "http/client/syslog_connection.hpp"

namespace closedpaw::monitoring::shipping {

struct shipment_outcome {
  enum class kind {
    taken,
    /// May be taken later.
    failed,
    /// These will never be taken.
    unfit,
  };
  kind how = kind::taken;
  std::string why{};
  std::optional<std::chrono::milliseconds> retry_after{};
  /// Of those that were taken, so many were not.
  std::uint64_t rejected = 0;
};

using when_shipped = std::function<void(shipment_outcome)>;
/// Takes events to a target, and calls back once, from another thread.
using carrier = std::function<http::cancel_handle(
    const std::vector<stored_event>& events, when_shipped done)>;
using fetch_function = std::function<http::cancel_handle(
    http::client_request, http::client::callback)>;

carrier syslog_carrier(std::shared_ptr<http::syslog_connection> connection,
                       syslog_sender from);

struct otlp_target {
  std::string url;
  bool allow_private_addresses = false;
  otlp_resource from;
  fetch_function fetch;
  wall_clock now = system_now;
};

carrier otlp_carrier(otlp_target to);
/// One reading of all metrics.
http::cancel_handle send_metrics(const otlp_target& to, const families& metrics,
                                 when_shipped done);

/// What an answer of a collector means (OTLP/HTTP, "Failures"). Pure.
shipment_outcome judge_answer(const result<http::client_response>& answer);

}  // namespace closedpaw::monitoring::shipping
