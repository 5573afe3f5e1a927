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
  /// A "user" and a "password" will do instead, to get one with.
  bool logs_in = false;
  /// Each has its own address, which must be given.
  bool needs_base_url = false;
  /// Its users come to us: there is no service.
  bool local = false;
};

inline constexpr std::array<channel_type, 6> channel_types{{
    {.name = "webui", .local = true},
    {.name = "telegram",
     .default_base_url = "https://api.telegram.org",
     .secret = "token"},
    {.name = "discord",
     .default_base_url = "https://discord.com/api/v10",
     .secret = "token"},
    {.name = "slack",
     .default_base_url = "https://slack.com/api",
     .secret = "token",
     .second_secret = "app_token"},
    {.name = "matrix",
     .secret = "token",
     .logs_in = true,
     .needs_base_url = true},
    {.name = "cli", .local = true},
}};

/// Null for a type that does not exist.
constexpr const channel_type* find_channel_type(std::string_view name) {
  for (const auto& x : channel_types)
    if (x.name == name)
      return &x;
  return nullptr;
}

}  // namespace closedpaw
