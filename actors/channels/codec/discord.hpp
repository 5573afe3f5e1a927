#pragma once

#include <memory>

#include "actors/channels/codec/service.hpp"

namespace closedpaw::channels::codec::discord {

/// Discord's gateway over a WebSocket: hello, identify or resume, heartbeats.
/// An acknowledged heartbeat is the proof of life; one that is not ends the
/// connection. The session and its sequence are the cursor, so that a later
/// process resumes; where the session is over, what was missed is read by REST
/// from the conversations that are known.
std::unique_ptr<service> make(service_options options);

}  // namespace closedpaw::channels::codec::discord
