#pragma once

#include "actors/providers/codec/codec.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "config/settings.hpp"
#include "http/client/client.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::providers {

struct provider_args {
  config::provider_settings settings;
  config::provider_limits limits;
  codec::vendor vendor;
  /// Thread-safe; owned by main and outlives the actor.
  http::client* client = nullptr;
  published<provider_view>* view = nullptr;
  /// Tells event streams when its health turns.
  std::function<void(const json& what)> announce;
  /// Uniform in [0, 1): spreads the probes.
  std::function<double()> chance;
  wall_clock now = system_now;
};

/// What a provider's owner shows before anything was exchanged.
provider_view initial_view(const config::provider_settings& settings,
                           const config::provider_limits& limits);

/// One provider: lists models on a period, chats on request, and publishes
/// what its last exchanges proved. Never blocks.
provider_actor spawn_provider(caf::scheduled_actor* parent,
                              supervision::incarnation life,
                              provider_args args);

}  // namespace closedpaw::providers
