#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "messages/model/json.hpp"

/// What a config_change action may set while the daemon runs.
namespace closedpaw::config {

struct runtime_key {
  /// "log.levels.<component>": what is in angle brackets is to be filled in.
  std::string_view pattern;
  std::string_view description;
};

const std::vector<runtime_key>& runtime_keys();

/// What there is to name in a key or a value.
struct runtime_context {
  std::vector<std::string> providers;
  std::vector<std::string> known_components{components.begin(),
                                            components.end()};
};

/// The value to apply and to persist under the key. Fails with bad_request: an
/// unknown key says which keys there are, a wrong value what would be right.
/// Pure; any thread.
result<json> validate_runtime_change(std::string_view key, const json& value,
                                     const runtime_context& context);

/// The settings with a validated change applied; not_found for an unknown key.
result<settings> apply_runtime_change(settings values, std::string_view key,
                                      const json& value);

}  // namespace closedpaw::config
