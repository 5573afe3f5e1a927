#pragma once

#include <array>
#include <string_view>

namespace closedpaw {

/// What is known of a kind of channel before one is configured.
struct channel_type {
  std::string_view name;
  /// Of the service's API; empty where there is none, or each has its own.
  std::string_view default_base_url{};
  /// What the vault keeps for it, by the name a registration gives it.
  std::string_view secret{};
  std::string_view second_secret{};
  /// Each has its own address, which must be given.
  bool needs_base_url = false;
};

inline constexpr std::array<channel_type, 6> channel_types{{
    {"webui"},
    {"telegram", "https://api.telegram.org", "token"},
    {"discord", "https://discord.com/api/v10", "token"},
    {"slack", "https://slack.com/api", "token", "app_token"},
    {"matrix", {}, "token", {}, true},
    {"cli"},
}};

/// Null for a type that does not exist.
constexpr const channel_type* find_channel_type(std::string_view name) {
  for (const auto& x : channel_types)
    if (x.name == name)
      return &x;
  return nullptr;
}

}  // namespace closedpaw
