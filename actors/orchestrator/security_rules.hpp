#pragma once

#include "messages/model/action.hpp"

namespace closedpaw::orchestrator {

/// How dangerous a request is, by the original's rules: an unknown operation
/// counts as high, and what the request says about itself can raise the level
/// but never lower it. Pure.
security_level classify(const action_request& request);

/// High and critical wait for the owner.
constexpr bool needs_approval(security_level level) {
  return level >= security_level::high;
}

}  // namespace closedpaw::orchestrator
