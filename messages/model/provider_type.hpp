#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace closedpaw {

enum class key_use : std::uint8_t { none, optional, required };

/// What is known of a kind of provider before one is configured.
struct provider_type {
  std::string_view name;
  /// Used where none is configured; empty: one must be.
  std::string_view default_base_url;
  key_use key = key_use::none;
};

inline constexpr std::array<provider_type, 6> provider_types{{
    {"ollama", "http://127.0.0.1:11434", key_use::none},
    {"openai", "https://api.openai.com/v1", key_use::required},
    {"anthropic", "https://api.anthropic.com/v1", key_use::required},
    {"google", "https://generativelanguage.googleapis.com/v1beta",
     key_use::required},
    {"mistral", "https://api.mistral.ai/v1", key_use::required},
    {"custom", {}, key_use::optional},
}};

/// Null for a type that does not exist.
constexpr const provider_type* find_provider_type(std::string_view name) {
  for (const auto& x : provider_types)
    if (x.name == name)
      return &x;
  return nullptr;
}

}  // namespace closedpaw
