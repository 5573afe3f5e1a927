#pragma once

#include "benchmarks/in_process/daemon_tree.hpp"
#include "messages/actors.hpp"

namespace closedpaw::benchmarks {

/// model_switch to a model that the cached list holds: validation, the state
/// machine, and its events in the audit log; real and light.
inline ask_submit standard_action() {
  action_request request{
      action_type::model_switch, json{{"model", daemon_tree::model}}, {}};
  return ask<submit_action>{{std::move(request)},
                            {{"local", "uid:0"}, "benchmark", {}}};
}

}  // namespace closedpaw::benchmarks
