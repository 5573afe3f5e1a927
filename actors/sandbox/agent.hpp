#pragma once

#include "actors/sandbox/agent_table.hpp"
#include "actors/sandbox/runtime/isolation.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "http/egress/egress_proxy.hpp"
#include "messages/model/audit_event.hpp"

namespace boost::asio {
class io_context;
}

namespace closedpaw::sandbox {

/// What an agent's actor works with; everything outlives it.
struct agent_args {
  agent_table::record_ptr record;
  agent_table* table = nullptr;
  isolation* where = nullptr;
  boost::asio::io_context* io = nullptr;
  /// The directory of closedpaw-agent, which serves commands.
  std::string server;
  /// Takes an event for the audit log and never blocks.
  std::function<void(audit_event)> report;
  /// Of agents with a network: where it runs, and all but whom to tell.
  boost::asio::io_context* network = nullptr;
  http::egress_options egress;
  /// It runs, or has ended.
  std::function<void(const uuid& id)> changed;
  wall_clock now = system_now;
};

/// The end of an agent as the audit log has it.
audit_event agent_ended(const agent_record& x, const sandbox_end& how,
                        timestamp now);

/// One of its connections.
audit_event agent_connected(const agent_record& x,
                            const http::egress_report& what, timestamp now);

/// Detached: it looks at files of its own. Ends by itself, normally, once its
/// sandbox has.
agent_actor spawn_agent(caf::scheduled_actor* parent,
                        supervision::incarnation life, agent_args args);

}  // namespace closedpaw::sandbox
