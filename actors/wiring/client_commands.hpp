#pragma once

#include "http/cli/options.hpp"

namespace closedpaw::wiring {

/// Commands for a daemon that runs elsewhere; the process's exit status. Its
/// address is the configuration's unless the command names one.
int start_chat(const cli::chat_options& options);
int start_operate(const cli::operate_options& options);
int start_vault(const cli::vault_options& options);
int start_tokens(const cli::tokens_options& options);

/// `closedpaw doctor`, with a daemon or without.
int start_doctor(const cli::doctor_options& options);

/// `closedpaw alerts rules`; needs no daemon.
int print_rules(const cli::rules_options& options);

}  // namespace closedpaw::wiring
