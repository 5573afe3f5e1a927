#pragma once

#include "messages/model/live_state.hpp"

namespace closedpaw::monitoring::alerts {

/// What the component that an alert's labels name says is wrong with it, from
/// what its owner published; empty if it says nothing. Pure.
std::string cause_of(const live_state& live, const node_snapshot& root,
                     const std::string& rule, const alert_labels& labels);

}  // namespace closedpaw::monitoring::alerts
