#pragma once

#include "actors/sandbox/runtime/process.hpp"

namespace closedpaw::sandbox {

/// Why a sandbox ended. Pure. `ours`: why we ended it, if we did; `said`: the
/// end of what it wrote to standard error.
sandbox_end judge_end(const exit_status& status, std::optional<end_cause> ours,
                      const sandbox_usage& usage, const sandbox_limits& limits,
                      std::string_view said);

/// The limits that the usage tells of. Pure.
std::vector<std::string> limits_met(const sandbox_usage& usage,
                                    const sandbox_limits& limits);

}  // namespace closedpaw::sandbox
