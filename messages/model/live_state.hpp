#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/model/access_token.hpp"
#include "messages/model/action.hpp"
#include "messages/model/alert.hpp"
#include "messages/model/channel.hpp"
#include "messages/model/log_line.hpp"
#include "messages/model/operating_mode.hpp"
#include "messages/model/provider.hpp"
#include "messages/model/published.hpp"
#include "messages/model/sandbox.hpp"
#include "messages/model/shipping.hpp"
#include "messages/model/skill.hpp"
#include "messages/model/supervision.hpp"
#include "messages/model/vault.hpp"

namespace closedpaw {

struct skill_view {
  std::string id;
  std::string name;
  bool enabled = false;
  /// Of the files that enabling it was about; empty for a channel's name.
  std::string digest{};
  /// Does not travel in messages. Null for what is no program: a channel.
  std::shared_ptr<const skill_manifest> program{};
};

/// What the orchestrator publishes.
struct orchestrator_view {
  /// Oldest first.
  std::vector<std::shared_ptr<const action>> pending;
  std::size_t executing = 0;
  std::vector<skill_view> skills;
  std::string default_provider;
  /// By provider; changed at run time, so not the provider's own.
  std::map<std::string, std::string> default_models;
};

using provider_views = std::vector<std::shared_ptr<published<provider_view>>>;

/// What monitoring/health publishes.
struct health_view {
  /// One sentence for each cause; empty means all is well.
  std::vector<std::string> degraded_because;
};

/// What the audit log's anchor publishes: how many events the newest head has
/// that is in the file, and at the webhook, and what keeps the next one away.
struct anchor_view {
  std::optional<std::uint64_t> in_file;
  timestamp in_file_at{};
  std::optional<std::uint64_t> at_webhook;
  timestamp at_webhook_at{};
  std::string file_trouble;
  std::string webhook_trouble;
};

/// What the log's verifier publishes: when it last recomputed all of it, and
/// what it found.
struct verification_view {
  std::optional<timestamp> at;
  std::uint64_t events = 0;
  /// The first thing that is wrong; empty where nothing is.
  std::string damage;
};

/// What the audit logger publishes, for status and readiness.
struct storage_view {
  /// Set while commits fail.
  std::optional<failure> refusing;
};

/// Everything that is answered on the event loop without asking an actor. Owned
/// by main; the pointers live as long as the process serves.
struct live_state {
  generation gen;
  published<orchestrator_view> orchestrator{gen};
  published<health_view> health{gen};
  published<storage_view> storage{gen};
  published<anchor_view> anchor{gen};
  published<verification_view> verification{gen};
  published<mode_view> mode{gen};
  published<vault_view> vault{gen};
  published<access_tokens> tokens{gen};
  /// How many events the audit log has.
  std::atomic<std::uint64_t> log_size{0};
  /// In configured order; fixed.
  shipper_places shippers;
  /// One per provider, in configured order, then those that were registered.
  published<provider_views> providers{gen};
  /// In configured order, then those that were registered.
  published<channel_places> channels{gen};
  published<agents_view> agents{gen};
  published<alerts_view> alerts{gen};
  /// Who is told of alerts, in configured order.
  published<std::vector<receiver_view>> receivers{gen};
  /// GET /api/alerts/rules; fixed.
  json alert_rules = json::array();
  /// GET /api/config, already masked.
  published<json> config{gen};
  /// "sync" or "async".
  std::string durability;
  bool fault_injection = false;
  /// What an operator must know of this start (safe mode, …); fixed.
  std::vector<std::string> notices;
  timestamp started_at{};
  /// Reads the tree's atomics.
  std::function<node_snapshot()> tree;
  /// POST /api/security/validate: what a text reads like.
  std::function<json(const std::string&)> explain_text;
  /// GET /metrics, in the text format 0.0.4; any thread.
  std::function<std::string()> metrics;
  /// GET /api/timeline, after a Unix time in seconds; any thread.
  std::function<json(std::int64_t)> timeline;
  /// GET /api/logs; any thread.
  std::function<std::vector<log_line>(const log_query&)> log_lines;
  /// POST /api/sessions: begins one for the token of that id, and returns what
  /// the cookie holds; DELETE ends it. On the event loop's thread.
  std::function<result<std::string>(const std::string& token_id)> log_in;
  std::function<void(std::string_view cookie)> log_out;
  /// POST /api/logs/level, on whose behalf; any thread.
  std::function<void(const raise_log_level&, const principal&)> raise_log_level;
  /// GET /api/paths; fixed.
  json paths = json::object();
  wall_clock now = system_now;
};

}  // namespace closedpaw
