#pragma once

#include "actors/monitoring/outbox.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"

namespace closedpaw::monitoring {

/// Brings the outbox's events into the audit log, in order; tries again while
/// the log is away. `events` is owned by main and outlives it.
recorder_actor spawn_recorder(
    caf::scheduled_actor* parent, supervision::incarnation life, outbox* events,
    const supervision::slot_ptr<audit_logger_actor>& logger,
    wall_clock now = system_now);

}  // namespace closedpaw::monitoring
