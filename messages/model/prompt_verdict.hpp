#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/json.hpp"

namespace closedpaw {

/// How likely a text from outside is to be an attack on the model that reads
/// it. In the order of threat.
enum class threat_level : std::uint8_t { none, low, medium, high, critical };

std::string_view to_string(threat_level x);
/// Nothing for any other word.
std::optional<threat_level> threat_level_from(std::string_view name);

/// One pattern of the rules file.
struct prompt_rule {
  std::string id;
  std::string category;
  std::string description;
  /// How sure the rule alone is, 0 to 1.
  double weight = 0;
  /// RE2's, over the bytes of normalized text.
  std::string pattern;
};

struct prompt_verdict {
  threat_level level = threat_level::none;
  /// 0 to 1.
  double score = 0;
  /// Rules, "classifier" and structural signals, strongest first; `pattern` is
  /// empty.
  std::vector<prompt_rule> matched;
};

/// {threat_level, score, matched: [{id, category, weight, description}]}
json to_json(const prompt_verdict& x);

}  // namespace closedpaw
