#pragma once

#include <functional>

#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "http/routes/seats.hpp"
#include "messages/actors.hpp"
#include "messages/model/delta_sink.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::gateway {

struct gateway_args {
  supervision::slot_ptr<orchestrator_actor> orchestrator;
  supervision::slot_ptr<store_reader_actor> reader;
  supervision::slot_ptr<log_verifier_actor> verifier;
  supervision::slot_table_ptr<provider_actor> providers;
  supervision::slot_ptr<channel_router_actor> channel_router;
  supervision::slot_table_ptr<channel_actor> channels;
  supervision::slot_ptr<agent_manager_actor> agents;
  supervision::slot_ptr<alert_watch_actor> alerts;
  supervision::slot_ptr<log_exporter_actor> exporter;
  supervision::slot_ptr<vault_actor> vault;
  /// For those who read exports; owned by main.
  const http::seats* export_seats = nullptr;
  /// Where streamed chats find their readers.
  stream_hub* streams = nullptr;
  live_state* live = nullptr;
  /// Makes the actor at this path misbehave; not_found for an unknown path.
  std::function<result<void>(const std::string& path, fault_kind)> inject;
  wall_clock now = system_now;
};

/// Requests become messages, answers become responses.
gateway_actor spawn_gateway(caf::scheduled_actor* parent,
                            supervision::incarnation life, gateway_args args);

}  // namespace closedpaw::gateway
