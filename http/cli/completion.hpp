#pragma once

#include <string>

#include "http/cli/options.hpp"

namespace closedpaw::cli {

/// A script that completes closedpaw's subcommands, options and their values,
/// made from the definitions in build_app(). To be sourced (bash, zsh, fish) or
/// put where the shell looks for such files.
std::string completion_script(shell target);

}  // namespace closedpaw::cli
