#pragma once

#include <memory>

#include "actors/channels/codec/service.hpp"

namespace closedpaw::channels::codec::slack {

/// Slack's Socket Mode: a WebSocket whose address is asked for each time. What
/// comes is acknowledged once it is recorded; Slack delivers it again when that
/// takes over three seconds. A connection that Slack is about to close is
/// replaced before, so there are two at most. Any sign of life counts, also
/// WebSocket pings, since Slack sends nothing else while nobody writes.
std::unique_ptr<service> make(service_options options);

}  // namespace closedpaw::channels::codec::slack
