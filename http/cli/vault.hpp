#pragma once

#include <string>

#include "http/cli/options.hpp"

namespace closedpaw::cli {

/// Runs `closedpaw vault …` against the daemon at `url`; the process's exit
/// status. Secrets are read from standard input only: arguments and environment
/// are seen by others.
int run_vault(const vault_options& options, const std::string& url);

}  // namespace closedpaw::cli
