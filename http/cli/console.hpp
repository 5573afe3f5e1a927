#pragma once

#include <string>

#include "messages/model/json.hpp"
#include "messages/model/secret.hpp"

namespace closedpaw::cli {

// How commands that ask a daemon end.
inline constexpr int exit_refused = 1;
inline constexpr int exit_unreachable = 3;
inline constexpr int exit_degraded = 4;

/// Says on standard error what is wrong; with the exit status that says so.
int tell(const failure& why);

void print(const std::string& text);
/// Indented.
void print(const json& x);

/// Asks at the terminal; yes where there is none, since nobody reads it there.
bool agreed(const std::string& question);

/// A secret from the terminal, which does not show it, or else all of standard
/// input but the last line's end. `twice`: at a terminal it has to be typed
/// again. bad_request when it is empty, longer than 16 KiB, or typed
/// differently.
result<secret_text> read_secret(const std::string& prompt, bool twice);

}  // namespace closedpaw::cli
