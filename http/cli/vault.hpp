#pragma once

#include <string>

#include "http/cli/daemon_client.hpp"
#include "http/cli/options.hpp"

namespace closedpaw::cli {

/// Runs `closedpaw vault …` against a daemon; the process's exit
/// status. Secrets are read from standard input only: arguments and environment
/// are seen by others.
int run_vault(const vault_options& options, const daemon_address& where);

}  // namespace closedpaw::cli
