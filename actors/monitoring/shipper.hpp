#pragma once

#include <atomic>
#include <functional>

#include "actors/monitoring/shipping/carriers.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"
#include "messages/model/shipping.hpp"

namespace closedpaw::monitoring {

/// The registry's rows of where shippers are: "shipping/NAME".
inline constexpr std::string_view shipping_prefix = "shipping/";

struct shipper_args {
  supervision::slot_ptr<store_reader_actor> reader;
  supervision::slot_ptr<audit_logger_actor> logger;
  /// A way to the target, which no other life uses.
  std::function<shipping::carrier()> connect;
  /// Sends metrics; null for none.
  std::function<http::cancel_handle(shipping::when_shipped)> carry_metrics;
  std::chrono::milliseconds metrics_interval{15'000};
  /// The stored row, if there is one.
  std::function<result<std::optional<json>>()> stored;
  /// How many events the log has; owned by main.
  const std::atomic<std::uint64_t>* log_size = nullptr;
  published<shipper_view>* view = nullptr;
  std::function<double()> chance;
  wall_clock now = system_now;
};

/// Brings events of the audit log to one target, in order and at least once:
/// where it is comes to the store behind what was delivered. The log itself is
/// the buffer, so that a target may be away for as long as it likes. Never
/// blocks.
shipper_actor spawn_shipper(caf::scheduled_actor* parent,
                            supervision::incarnation life, shipper_args args);

}  // namespace closedpaw::monitoring
