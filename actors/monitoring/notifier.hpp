#pragma once

#include <functional>

#include "actors/monitoring/alerts/board.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "http/client/client.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::monitoring {

struct notifier_args {
  /// Owned by main.
  alerts::board* board = nullptr;
  supervision::slot_table_ptr<channel_actor> channels;
  /// http::client::fetch of main's client.
  std::function<http::cancel_handle(http::client_request,
                                    http::client::callback)>
      fetch;
  config::alert_settings settings;
  published<std::vector<receiver_view>>* view = nullptr;
  wall_clock now = system_now;
};

/// Tells each receiver what the board has for it, over and over until it has
/// taken it; and the heartbeat's address that alerts are evaluated. Never
/// blocks.
notifier_actor spawn_notifier(caf::scheduled_actor* parent,
                              supervision::incarnation life,
                              notifier_args args);

}  // namespace closedpaw::monitoring
