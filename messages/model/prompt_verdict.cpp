#include "messages/model/prompt_verdict.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace closedpaw {

namespace {

constexpr std::array<std::string_view, 5> threat_names{"none", "low", "medium",
                                                       "high", "critical"};

/// Two digits are all that it is worth.
double rounded(double x) {
  return std::round(x * 100) / 100;
}

}  // namespace

std::string_view to_string(threat_level x) {
  return threat_names[static_cast<std::size_t>(x)];
}

std::optional<threat_level> threat_level_from(std::string_view name) {
  const auto* const it = std::ranges::find(threat_names, name);
  if (it == threat_names.end())
    return std::nullopt;
  return static_cast<threat_level>(it - threat_names.begin());
}

json to_json(const prompt_verdict& x) {
  auto matched = json::array();
  for (const auto& m : x.matched)
    matched.push_back({{"id", m.id},
                       {"category", m.category},
                       {"weight", rounded(m.weight)},
                       {"description", m.description}});
  return {{"threat_level", to_string(x.level)},
          {"score", rounded(x.score)},
          {"matched", std::move(matched)}};
}

}  // namespace closedpaw
