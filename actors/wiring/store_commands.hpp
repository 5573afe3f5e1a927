#pragma once

#include "http/cli/options.hpp"

namespace closedpaw::wiring {

/// Each prints what it did and gives the process's exit status.
int run_backup(const cli::backup_options& options);
int run_restore(const cli::restore_options& options);
int run_verify(const cli::verify_options& options);

}  // namespace closedpaw::wiring
