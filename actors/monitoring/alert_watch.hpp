#pragma once

#include <functional>

#include "actors/monitoring/alerts/board.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::monitoring {

struct alert_watch_args {
  /// Owned by main.
  alerts::board* board = nullptr;
  live_state* live = nullptr;
  supervision::slot_ptr<audit_logger_actor> logger;
  /// What GET /metrics would show.
  std::function<std::vector<prometheus::MetricFamily>()> measure;
  /// The stored silences.
  std::function<result<std::vector<json>>()> stored;
  /// Events for the audit log, queued where it is the one that is out.
  std::function<void(audit_event)> report;
  /// Tells event streams.
  std::function<void(const alert&)> announce;
  std::chrono::milliseconds interval{500};
};

/// The registry's rows of silences.
inline constexpr std::string_view silences_prefix = "silences/";

/// Looks at the metrics on a period, and publishes which rules they break.
alert_watch_actor spawn_alert_watch(caf::scheduled_actor* parent,
                                    supervision::incarnation life,
                                    alert_watch_args args);

}  // namespace closedpaw::monitoring
