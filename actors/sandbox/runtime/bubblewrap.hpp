#pragma once

#include "actors/sandbox/runtime/launch_order.hpp"
#include "actors/sandbox/runtime/spec.hpp"

namespace closedpaw::sandbox {

/// The order that makes a launcher bubblewrap with the program in it: bwrap(1).
/// The seccomp filter is descriptor 3. Pure. `as_root`: we are, so it gives up
/// our account, and shows it what is ours.
launch_order bubblewrap_order(const std::string& program,
                              const sandbox_spec& spec, bool as_root);

}  // namespace closedpaw::sandbox
