#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace closedpaw::config {

/// What was probably meant: the candidate with the smallest Levenshtein
/// distance, where that is at most a third of the word; else the one that has
/// the same last part ("storage.durability" → "audit.durability").
std::optional<std::string> nearest(std::string_view word,
                                   std::span<const std::string> candidates);

/// "a, b, c".
std::string join(std::span<const std::string> words);

}  // namespace closedpaw::config
