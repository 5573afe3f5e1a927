#pragma once

#include "actors/providers/codec/codec.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "config/settings.hpp"
#include "http/client/client.hpp"
#include "messages/actors.hpp"
#include "messages/model/delta_sink.hpp"
#include "messages/model/live_state.hpp"
#include "messages/model/provider_type.hpp"

namespace closedpaw::providers {

struct provider_args {
  config::provider_settings settings;
  config::provider_limits limits;
  codec::vendor vendor;
  key_use key = key_use::none;
  supervision::slot_ptr<vault_actor> vault;
  /// http::client::fetch of main's client, which outlives the actor.
  std::function<http::cancel_handle(http::client_request,
                                    http::client::callback)>
      fetch;
  /// Shared, since one that hangs outlives its place.
  std::shared_ptr<published<provider_view>> view;
  /// Where streamed chats find their readers.
  stream_hub* streams = nullptr;
  /// Tells event streams when its health turns.
  std::function<void(const json& what)> announce;
  /// Told of every try of a chat that was not cancelled; must not throw.
  std::function<void(const model_call&)> called{};
  /// Uniform in [0, 1): spreads probes and retries.
  std::function<double()> chance;
  wall_clock now = system_now;
};

/// The vault's name for a provider's key.
std::string key_name(const std::string& provider);

/// What a provider's owner shows before anything was exchanged.
provider_view initial_view(const config::provider_settings& settings,
                           const config::provider_limits& limits);

/// One provider: lists models on a period, chats on request within its limits,
/// and publishes what its last exchanges proved. Never blocks.
provider_actor spawn_provider(caf::scheduled_actor* parent,
                              supervision::incarnation life,
                              provider_args args);

}  // namespace closedpaw::providers
