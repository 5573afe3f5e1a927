#include "config/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace closedpaw::config {

namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string_view last_part(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

}  // namespace

std::optional<std::string> nearest(std::string_view word,
                                   std::span<const std::string> candidates) {
  constexpr std::size_t longest = 128;
  if (word.size() > longest)
    return std::nullopt;
  const std::string* best = nullptr;
  auto best_distance = std::max<std::size_t>(word.size() / 3, 2) + 1;
  for (const auto& candidate : candidates) {
    const auto d = distance(word, candidate);
    if (d < best_distance) {
      best = &candidate;
      best_distance = d;
    }
  }
  // A typing error is closer than a key in the wrong section.
  if (best == nullptr || best_distance > 2)
    for (const auto& candidate : candidates)
      if (last_part(candidate) == last_part(word))
        return candidate;
  if (best == nullptr)
    return std::nullopt;
  return *best;
}

std::string join(std::span<const std::string> words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace closedpaw::config
