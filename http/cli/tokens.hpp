#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "http/cli/daemon_client.hpp"
#include "http/cli/options.hpp"

namespace closedpaw::cli {

/// "30d", "12h" or "45m"; nothing for another form, or for none of it.
std::optional<std::chrono::seconds> parse_span(std::string_view text);

/// Runs `closedpaw tokens …` against a daemon; the process's exit status.
int run_tokens(const tokens_options& options, const daemon_address& where);

}  // namespace closedpaw::cli
