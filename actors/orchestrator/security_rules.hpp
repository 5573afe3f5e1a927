#pragma once

#include "messages/model/skill.hpp"

namespace closedpaw::orchestrator {

/// How dangerous a request is, by the original's rules: an unknown operation
/// counts as high, and what the request says about itself can raise the level
/// but never lower it. So does what `program` says of itself: the skill that it
/// is for, or null. Pure.
security_level classify(const action_request& request,
                        const skill_manifest* program = nullptr);

/// Which skill it is for: the one named at the top or in the parameters, and
/// "filesystem" for files. Empty for none.
std::string skill_of(const action_request& request);

/// High and critical wait for the owner.
constexpr bool needs_approval(security_level level) {
  return level >= security_level::high;
}

}  // namespace closedpaw::orchestrator
