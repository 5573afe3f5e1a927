#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/json.hpp"
#include "messages/model/published.hpp"
#include "messages/model/time.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw {

/// What a sandbox may use. What cannot be enforced keeps it from starting.
struct sandbox_limits {
  /// RAM of all its processes, files in tmpfs included; no swap beyond it.
  std::uint64_t memory_bytes = std::uint64_t{256} << 20;
  /// Of one processor's time, 0.01 or more.
  double cpus = 1.0;
  std::uint32_t processes = 64;
  /// Of each writable place: the workspace, /tmp, /dev/shm.
  std::uint64_t disk_bytes = std::uint64_t{64} << 20;
  /// Of one request to it.
  std::chrono::milliseconds wall{30'000};
  /// Of standard output and of standard error, each.
  std::uint64_t output_bytes = std::uint64_t{1} << 20;
  /// To where sandbox.network_allow says, never to this daemon.
  bool network = false;

  bool operator==(const sandbox_limits&) const = default;
};

json to_json(const sandbox_limits& x);

/// The members that are given replace those of `defaults`. bad_request names
/// the member that is unknown, of a wrong type or out of bounds.
result<sandbox_limits> sandbox_limits_from(const json& given,
                                           sandbox_limits defaults);

enum class agent_state : std::uint8_t {
  /// Admitted, and not begun.
  pending,
  creating,
  running,
  /// Its processes are frozen.
  paused,
  stopping,
  stopped,
  /// It ended otherwise than it was asked to.
  error,
};

std::string_view to_string(agent_state x);

constexpr bool has_ended(agent_state x) {
  return x == agent_state::stopped || x == agent_state::error;
}

/// Why a sandbox ended.
enum class end_cause : std::uint8_t {
  /// With an exit code of its own.
  exited,
  /// By a signal that was not ours.
  signalled,
  out_of_memory,
  wall_time,
  output_limit,
  disk_limit,
  /// As it was asked to.
  stopped,
  /// Asked to, and killed since it did not.
  killed,
  start_failed,
  /// Its actor ended first.
  abandoned,
};

std::string_view to_string(end_cause x);

/// Which of the limits a cause names; null when none.
const char* limit_of(end_cause x);

/// Sampled; what is not measured here is nothing.
struct sandbox_usage {
  std::optional<double> cpu_seconds{};
  std::optional<std::uint64_t> memory_bytes{};
  std::optional<std::uint64_t> memory_peak_bytes{};
  /// Of the memory: files in tmpfs.
  std::optional<std::uint64_t> tmpfs_bytes{};
  std::optional<std::uint32_t> processes{};
  /// Times that one more process was refused.
  std::optional<std::uint64_t> processes_refused{};
  std::optional<std::uint64_t> oom_kills{};
  /// Times that it had to wait for its next share of the processor.
  std::optional<std::uint64_t> throttled{};
  std::optional<std::uint64_t> workspace_bytes{};
  /// Through its way to the network, if it has one.
  std::optional<std::uint64_t> connections{};
  std::optional<std::uint64_t> connections_refused{};
  std::optional<std::uint64_t> sent_bytes{};
  std::optional<std::uint64_t> received_bytes{};

  bool operator==(const sandbox_usage&) const = default;
};

json to_json(const sandbox_usage& x);

/// How a sandbox ended.
struct sandbox_end {
  end_cause cause = end_cause::exited;
  std::optional<int> exit_code{};
  std::optional<int> signal{};
  /// One sentence.
  std::string why;
  sandbox_usage usage{};
  /// The limits that it met, by their names; it may have gone on after that.
  std::vector<std::string> limits_met{};
};

json to_json(const sandbox_end& x);

/// What one agent's actor publishes.
struct agent_view {
  uuid id;
  std::string skill_id;
  agent_state state = agent_state::pending;
  /// "bubblewrap", "oci" …
  std::string runtime;
  sandbox_limits limits;
  sandbox_usage usage;
  timestamp created_at{};
  std::optional<timestamp> started_at{};
  std::optional<timestamp> ended_at{};
  std::optional<sandbox_end> end{};
  /// The action it was started for; none for one that was created by request.
  std::optional<uuid> action_id{};
  /// Requests it has answered.
  std::uint64_t requests = 0;
  bool busy = false;
};

json to_json(const agent_view& x);

/// One kind of isolation, as it was found on this machine.
struct runtime_report {
  std::string name;
  bool installed = false;
  std::string version;
  /// A sandbox was really started, and ended as it should.
  bool works = false;
  /// Why not.
  std::string why_not;
  timestamp tried_at{};
};

/// Of all sandboxes here.
struct isolation_report {
  std::vector<runtime_report> runtimes;
  /// What new sandboxes get; empty when none works.
  std::string chosen;
  /// "cgroup v1", "cgroup v2", "none"
  std::string accounting;
  /// Limits that are not enforced here, and why.
  std::vector<std::pair<std::string, std::string>> unenforced;
};

json to_json(const isolation_report& x);

/// What the manager of agents publishes: those that are there and the last
/// ones that ended, newest last.
struct agents_view {
  std::vector<std::shared_ptr<published<agent_view>>> agents;
  isolation_report isolation;
  std::uint32_t max_agents = 0;
  std::uint64_t started = 0;
  /// By to_string(end_cause).
  std::vector<std::pair<std::string, std::uint64_t>> ended;
};

}  // namespace closedpaw
