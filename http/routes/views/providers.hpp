#pragma once

#include <optional>
#include <string_view>

#include "http/routes/cached_reply.hpp"

namespace closedpaw::http {

enum class provider_state : std::uint8_t {
  /// No exchange has ever succeeded.
  never_connected,
  /// The last exchange succeeded, and not too long ago.
  healthy,
  /// Quiet for too long, or the last exchange failed soon after a success.
  degraded,
  /// The last exchange failed and no success is fresh, or its actor is gone.
  failing,
  /// The circuit of its default model is open: chats are refused for a while.
  open,
};

std::string_view to_string(provider_state x);

struct provider_verdict {
  provider_state state = provider_state::never_connected;
  /// When time alone changes the state.
  std::optional<timestamp> good_until;

  bool healthy() const { return state == provider_state::healthy; }
};

/// What a provider's exchanges prove at `now`. Pure.
provider_verdict judge(const provider_view& view, bool owner_gone,
                       timestamp now);

/// A provider with its verdict.
struct judged_provider {
  std::shared_ptr<const provider_view> view;
  std::optional<timestamp> stale_since;
  provider_verdict verdict;
};

/// All of them, in configured order.
std::vector<judged_provider> judge_all(const live_state& live, timestamp now);

/// When the first of them changes by time alone.
std::optional<timestamp> first_expiry(const std::vector<judged_provider>& all);

/// The original's one Ollama: the provider of that type that is named "ollama",
/// else the first of that type. Null if there is none.
const judged_provider* find_ollama(const std::vector<judged_provider>& all);

/// State, last exchanges, counts; never a secret.
json health_detail(const judged_provider& provider);

/// GET /api/providers/health (`detail`: with reasons), /api/providers and
/// /api/providers/models.
json providers_json(const live_state& live, timestamp now);
json health_json(const live_state& live, timestamp now, bool detail);
json provider_models_json(const live_state& live);

/// Nothing when no provider has that name.
std::optional<json> one_providers_models(const live_state& live,
                                         std::string_view name);

bool has_provider(const live_state& live, std::string_view name);

}  // namespace closedpaw::http
