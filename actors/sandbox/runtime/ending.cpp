#include "actors/sandbox/runtime/ending.hpp"

#include <signal.h>

#include <algorithm>

namespace closedpaw::sandbox {

namespace {

std::string mib(std::uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

// Runtimes report the signal that ended their program as 128 and its number.
std::optional<int> signal_of(const exit_status& status) {
  if (status.signal)
    return status.signal;
  if (status.code && *status.code > 128 && *status.code < 128 + 65)
    return *status.code - 128;
  return std::nullopt;
}

/// What its group counted may be gone with a group of the runtime's own.
bool was_killed_at_its_limit(std::optional<int> signal,
                             const sandbox_usage& usage,
                             const sandbox_limits& limits) {
  constexpr std::uint64_t charged_at_once = std::uint64_t{256} << 10;
  return signal == SIGKILL &&
         usage.memory_peak_bytes.value_or(0) + charged_at_once >=
             limits.memory_bytes;
}

end_cause cause_of(const exit_status& status, const sandbox_usage& usage,
                   const sandbox_limits& limits) {
  const auto signal = signal_of(status);
  if (usage.oom_kills.value_or(0) > 0 && status.code.value_or(1) != 0)
    return end_cause::out_of_memory;
  if (was_killed_at_its_limit(signal, usage, limits))
    return end_cause::out_of_memory;
  if (signal == SIGXFSZ)
    return end_cause::disk_limit;
  if (signal)
    return end_cause::signalled;
  return end_cause::exited;
}

std::string explain(const sandbox_end& end, const sandbox_limits& limits,
                    std::string_view said) {
  switch (end.cause) {
    case end_cause::out_of_memory: {
      auto out =
          "it needed more memory than its limit of " + mib(limits.memory_bytes);
      if (const auto files = end.usage.tmpfs_bytes.value_or(0);
          files > limits.memory_bytes / 4)
        out += ", of which " + mib(files) + " were files in /tmp or /dev/shm";
      return out;
    }
    case end_cause::wall_time:
      return "it took longer than its limit of " +
             std::to_string(limits.wall.count()) + " ms";
    case end_cause::output_limit:
      return "it wrote more than its limit of " +
             std::to_string(limits.output_bytes) + " bytes";
    case end_cause::disk_limit:
      return "it wrote more files, or larger ones, than its limit of " +
             mib(limits.disk_bytes);
    case end_cause::stopped:
      return "it was stopped";
    case end_cause::killed:
      return "it was asked to stop, did not, and was killed";
    case end_cause::signalled:
      return "signal " + std::to_string(end.signal.value_or(0)) + " ended it";
    default:
      break;
  }
  auto out =
      "it ended with exit code " + std::to_string(end.exit_code.value_or(0));
  if (!said.empty() && end.exit_code != 0)
    out += ": " + std::string{said};
  return out;
}

}  // namespace

std::vector<std::string> limits_met(const sandbox_usage& usage,
                                    const sandbox_limits& limits) {
  std::vector<std::string> out;
  if (usage.oom_kills.value_or(0) > 0)
    out.emplace_back("memory_bytes");
  if (usage.processes_refused.value_or(0) > 0)
    out.emplace_back("processes");
  if (usage.throttled.value_or(0) > 0)
    out.emplace_back("cpus");
  if (usage.workspace_bytes.value_or(0) > limits.disk_bytes)
    out.emplace_back("disk_bytes");
  return out;
}

sandbox_end judge_end(const exit_status& status, std::optional<end_cause> ours,
                      const sandbox_usage& usage, const sandbox_limits& limits,
                      std::string_view said) {
  sandbox_end out;
  out.usage = usage;
  out.cause = ours.value_or(cause_of(status, usage, limits));
  out.signal = signal_of(status);
  if (!out.signal)
    out.exit_code = status.code;
  out.limits_met = limits_met(usage, limits);
  if (const auto* limit = limit_of(out.cause);
      limit && std::ranges::find(out.limits_met, limit) == out.limits_met.end())
    out.limits_met.emplace_back(limit);
  out.why = explain(out, limits, said);
  return out;
}

}  // namespace closedpaw::sandbox
