#pragma once

#include "actors/sandbox/agent.hpp"
#include "actors/sandbox/skills/catalogue.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::sandbox {

struct manager_args {
  supervision::slot_ptr<audit_logger_actor> logger;
  agent_table* table = nullptr;
  isolation* where = nullptr;
  catalogue* skills = nullptr;
  live_state* live = nullptr;
  /// Below it are the workspaces.
  std::string directory;
  std::uint32_t max_agents = 16;
  /// Puts its actor into the tree, and takes it out again.
  std::function<void(const agent_table::record_ptr&)> add;
  std::function<void(const uuid&)> remove;
  /// Begins a trial of the kinds of isolation, beside everything else; a
  /// wake_atom follows.
  std::function<void()> probe;
  /// Takes an event for the audit log and never blocks.
  std::function<void(audit_event)> report;
  wall_clock now = system_now;
};

/// Detached: it looks at files.
agent_manager_actor spawn_agent_manager(caf::scheduled_actor* parent,
                                        supervision::incarnation life,
                                        manager_args args);

}  // namespace closedpaw::sandbox
