#pragma once

#include <functional>

#include "actors/supervision/observed_actor.hpp"
#include "config/settings.hpp"
#include "http/client/client.hpp"
#include "messages/actors.hpp"
#include "messages/model/time.hpp"

namespace closedpaw::outbound {

struct api_caller_args {
  config::api_call_settings settings;
  /// http::client::fetch of main's client, which outlives the actor.
  std::function<http::cancel_handle(http::client_request,
                                    http::client::callback)>
      fetch;
  wall_clock now = system_now;
};

/// Makes the calls of api_call actions. Never blocks.
api_caller_actor spawn_api_caller(caf::scheduled_actor* parent,
                                  supervision::incarnation life,
                                  api_caller_args args);

}  // namespace closedpaw::outbound
