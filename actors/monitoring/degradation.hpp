#pragma once

#include <string>
#include <vector>

#include "messages/model/live_state.hpp"

namespace closedpaw::monitoring {

/// One sentence for each thing that is wrong, with the cause and since when;
/// nothing when all is well. Pure: reads what the owners published.
std::vector<std::string> degraded_because(const live_state& live,
                                          const node_snapshot& root,
                                          timestamp now);

}  // namespace closedpaw::monitoring
