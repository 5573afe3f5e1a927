#pragma once

#include "actors/monitoring/metrics/family.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::monitoring {

// What owners publish, as metrics; label values are names of the configuration,
// of the tree, or inert. Pure: any thread.

/// closedpaw_actor_*
void add_tree(const node_snapshot& root, families& out);

/// closedpaw_provider_*
void add_providers(const live_state& live, timestamp now, families& out);

/// closedpaw_channel_*
void add_channels(const live_state& live, timestamp now, families& out);

/// closedpaw_agent_*, closedpaw_sandbox_*
void add_agents(const agents_view& view, families& out);

/// closedpaw_shipper_*
void add_shippers(const live_state& live, timestamp now, families& out);

/// closedpaw_actions_*, closedpaw_audit_*, closedpaw_degraded_causes
void add_state(const live_state& live, timestamp now, families& out);

}  // namespace closedpaw::monitoring
