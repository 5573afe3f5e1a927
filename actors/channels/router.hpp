#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actors/channels/policy/table.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"

namespace closedpaw::channels {

struct router_args {
  supervision::slot_ptr<audit_logger_actor> logger;
  supervision::slot_ptr<vault_actor> vault;
  /// Of the configuration file.
  std::vector<config::channel_settings> configured;
  /// The registry's rows below a prefix; a short read, from any thread.
  std::function<result<std::map<std::string, json>>(const std::string& prefix)>
      stored;
  /// Makes the tree and the published list follow.
  std::function<void(const channel_table&)> follow;
  /// It runs, and no person has to help it.
  std::function<bool(const std::string& name)> is_running;
  /// From the system's generator.
  std::function<std::array<std::uint8_t, 5>()> random;
  wall_clock now = system_now;
};

channel_router_actor spawn_channel_router(caf::scheduled_actor* parent,
                                          supervision::incarnation life,
                                          router_args args);

}  // namespace closedpaw::channels
