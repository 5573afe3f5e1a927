#pragma once

#include "http/routes/cached_reply.hpp"
#include "http/routes/event_hub.hpp"
#include "http/routes/route.hpp"
#include "http/routes/validation/field_errors.hpp"

namespace closedpaw::http {

/// The command of a checked request, or the answer to the wrong one.
template <class Command>
outcome to_outcome(checked<Command> c) {
  if (!c)
    return outcome{std::move(c).error()};
  return outcome{command{*std::move(c)}};
}

/// A handler for a request that has no path parameters.
template <class Command>
route_handler checking(checked<Command> (*check)(const request&)) {
  return [check](const request& r, const path_params&, const live_state&) {
    return to_outcome(check(r));
  };
}

/// The answer that is a stream of the hub's events.
outcome open_stream(event_hub& hub, const request& r);

/// Adds X-Stale-Since when the owner of what is shown has been gone.
void mark_stale(response& r, const std::optional<timestamp>& since);

}  // namespace closedpaw::http
