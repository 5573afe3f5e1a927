#pragma once

#include "http/cli/daemon_client.hpp"
#include "http/cli/options.hpp"

namespace closedpaw::cli {

/// `closedpaw chat`: one message, or a conversation in a terminal, over a
/// channel of a running daemon. The process's exit status: 0; 1 when a
/// message was not answered, or its answer is that it failed; 3 when the daemon
/// cannot be reached.
int run_chat(const chat_options& options, const daemon_address& where);

}  // namespace closedpaw::cli
