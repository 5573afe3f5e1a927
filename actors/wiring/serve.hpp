#pragma once

#include "http/cli/options.hpp"

namespace closedpaw::wiring {

/// sysexits.h: the configuration is wrong (EX_CONFIG).
inline constexpr int exit_config = 78;
/// sysexits.h: a defect ended the process (EX_SOFTWARE); restart it.
inline constexpr int exit_broken = 70;

/// Runs the daemon until a signal stops it; the process's exit status.
int serve(const cli::serve_options& options);

}  // namespace closedpaw::wiring
