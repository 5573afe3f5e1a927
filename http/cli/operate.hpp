#pragma once

#include <string>

#include "http/cli/daemon_client.hpp"
#include "http/cli/options.hpp"

namespace closedpaw::cli {

/// Asks the daemon at that address and prints the answer. The exit status: 0,
/// 1 where the daemon refuses, 3 where it cannot be reached; `status` ends with
/// 4 when something is degraded, so that scripts need not read.
int run_operate(const operate_options& options, const daemon_address& where);

}  // namespace closedpaw::cli
