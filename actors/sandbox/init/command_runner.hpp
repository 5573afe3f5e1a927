#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace closedpaw::sandbox {

struct command_request {
  std::vector<std::string> command;
  std::chrono::milliseconds timeout{30'000};
  /// Of each stream; more is read and left out.
  std::uint64_t output_bytes = std::uint64_t{1} << 20;
};

struct command_outcome {
  std::optional<int> exit_code;
  std::optional<int> signal;
  bool timed_out = false;
  bool truncated = false;
  std::string output;
  std::string errors;
};

/// Runs it to its end, or ends it: its process group gets SIGTERM when the time
/// is over and SIGKILL half a second later. Within a sandbox, so without our
/// libraries.
command_outcome run_command(const command_request& what);

}  // namespace closedpaw::sandbox
