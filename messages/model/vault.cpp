#include "messages/model/vault.hpp"

#include <algorithm>
#include <array>

namespace closedpaw {

namespace {

constexpr std::array<std::string_view, 4> level_names{"public", "standard",
                                                      "elevated", "admin"};
constexpr std::array<std::string_view, 3> source_names{"file", "passphrase",
                                                       "credential"};

template <class T, std::size_t N>
std::optional<T> named(const std::array<std::string_view, N>& names,
                       std::string_view text) {
  const auto it = std::ranges::find(names, text);
  if (it == names.end())
    return std::nullopt;
  return static_cast<T>(it - names.begin());
}

}  // namespace

std::string_view to_string(access_level x) {
  return level_names[static_cast<std::size_t>(x)];
}

std::optional<access_level> parse_access_level(std::string_view text) {
  return named<access_level>(level_names, text);
}

std::string_view to_string(key_source x) {
  return source_names[static_cast<std::size_t>(x)];
}

std::optional<key_source> parse_key_source(std::string_view text) {
  return named<key_source>(source_names, text);
}

json to_json(const vault_view& x) {
  return {{"state", x.locked ? "locked" : "unlocked"},
          {"source", to_string(x.source)},
          {"key_id", x.key_id.empty() ? json() : json(x.key_id)},
          {"since", to_iso8601(x.since)},
          {"why", x.why.empty() ? json() : json(x.why)}};
}

}  // namespace closedpaw
