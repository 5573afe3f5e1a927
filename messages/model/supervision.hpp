#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/alert.hpp"
#include "messages/model/json_text.hpp"
#include "messages/model/time.hpp"

namespace closedpaw {

/// Where a child is in its life. Terms are OTP's where OTP has one.
enum class node_state : std::uint8_t {
  /// Spawned; its first self-check has not answered yet.
  starting,
  running,
  /// Restarted; its self-check has not succeeded since.
  recovering,
  /// Down; waits for its next attempt.
  backoff,
  /// In one handler for longer than hang_after.
  hung,
  /// Out of its restart budget; slow retries go on.
  failed,
  stopping,
  /// Ended for good (normal exit of a temporary or transient child, shutdown),
  /// or never started.
  stopped,
};

enum class node_type : std::uint8_t { supervisor, worker };

enum class restart_strategy : std::uint8_t {
  one_for_one,
  one_for_all,
  rest_for_one,
};

enum class restart_kind : std::uint8_t { permanent, transient, temporary };

enum class fault_kind : std::uint8_t { throw_, hang, exit };

std::string_view to_string(node_state x);
std::string_view to_string(node_type x);
std::string_view to_string(restart_strategy x);
std::string_view to_string(restart_kind x);
std::string_view to_string(fault_kind x);
std::optional<fault_kind> parse_fault_kind(std::string_view text);

struct exit_record {
  std::string reason;
  timestamp at{};
};

/// The last proof that a component works: an exchange with its counterpart.
struct exchange_record {
  timestamp at{};
  bool ok = false;
  /// What was exchanged, and the error if it failed.
  std::string detail;
};

/// Restart intensity: how many restarts within the period, and the limit.
struct intensity_snapshot {
  std::uint32_t used = 0;
  std::uint32_t limit = 0;
  std::chrono::milliseconds period{};
};

struct mailbox_snapshot {
  std::uint64_t depth = 0;
  std::chrono::milliseconds oldest{};
};

/// One node of the tree, as read from published atomics.
struct node_snapshot {
  /// The last part of the path.
  std::string id;
  /// "root", "root/providers/ollama".
  std::string path;
  node_type type = node_type::worker;
  node_state state = node_state::starting;
  timestamp state_since{};
  restart_kind restart = restart_kind::permanent;
  /// Supervisors only.
  std::optional<restart_strategy> strategy;
  intensity_snapshot intensity;
  std::uint64_t restarts = 0;
  std::uint64_t ineffective_restarts = 0;
  std::uint64_t incarnation = 0;
  std::optional<exit_record> last_exit;
  std::optional<timestamp> next_attempt;
  /// From the crash to the self-check that proved the recovery.
  std::optional<std::chrono::milliseconds> last_recovery;
  std::chrono::milliseconds uptime{};
  mailbox_snapshot mailbox;
  std::uint64_t messages = 0;
  std::chrono::milliseconds busy{};
  /// How long the handler that runs now has been running.
  std::chrono::milliseconds handler{};
  std::optional<exchange_record> last_exchange;
  /// Those that fire and concern it; see with_alerts().
  std::vector<alert> alerts;
  std::vector<node_snapshot> children;
};

/// The node of GET /api/supervision.
json_text to_json(const node_snapshot& node);

/// The tree with each alert that fires at its node, or at the nearest one above
/// that is there.
node_snapshot with_alerts(node_snapshot root, const std::vector<alert>& all);

/// The node with this path, or nothing.
const node_snapshot* find_node(const node_snapshot& root,
                               std::string_view path);

}  // namespace closedpaw
