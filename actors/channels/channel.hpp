#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/channels/codec/kinds.hpp"
#include "actors/channels/policy/admission.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "http/client/client.hpp"
#include "http/client/websocket.hpp"
#include "messages/actors.hpp"
#include "messages/model/channel.hpp"
#include "messages/model/delta_sink.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::channels {

using std::chrono::milliseconds;

struct channel_args {
  std::string name;
  std::string base_url;
  codec::kind kind;
  codec::service_options service;
  admission_limits limits;
  bool allow_private_addresses = false;
  supervision::slot_ptr<orchestrator_actor> orchestrator;
  supervision::slot_ptr<audit_logger_actor> logger;
  supervision::slot_ptr<store_reader_actor> reader;
  supervision::slot_ptr<channel_router_actor> router;
  supervision::slot_ptr<vault_actor> vault;
  /// http::client::fetch of main's client, which outlives the actor.
  std::function<http::cancel_handle(http::client_request,
                                    http::client::callback)>
      fetch;
  /// http::client::open of the same.
  std::function<http::websocket(http::websocket_request,
                                http::websocket_events)>
      connect;
  /// The registry's rows below a prefix, by their whole key; a short read of
  /// the store's map, from any thread.
  std::function<result<std::map<std::string, json>>(const std::string& prefix)>
      stored;
  std::shared_ptr<published<channel_access>> access;
  /// Shared, since one that hangs outlives its place.
  std::shared_ptr<published<channel_view>> view;
  const live_state* live = nullptr;
  /// Tells whoever follows a local channel; from any thread.
  std::function<void(std::string_view type, const json& data)> feed;
  /// Where models find who reads what they write.
  stream_hub* streams = nullptr;
  /// Tells event streams when its state turns.
  std::function<void(const json& what)> announce;
  /// How long the machine has slept since its start (CLOCK_BOOTTIME beyond
  /// CLOCK_MONOTONIC).
  std::function<std::chrono::nanoseconds()> slept;
  wall_clock now = system_now;
};

/// One channel: keeps the connection to its service, records what users write
/// before the service is told that it arrived, hands it to the orchestrator,
/// and owes an answer until the service has it. Never blocks.
channel_actor spawn_channel(caf::scheduled_actor* parent,
                            supervision::incarnation life, channel_args args);

}  // namespace closedpaw::channels
