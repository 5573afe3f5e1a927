#pragma once

#include <cstdint>
#include <string>

/// The settings of [security]; see config/settings.hpp.
namespace closedpaw::config {

struct security_settings {
  /// A critical action is approved with the start of its digest only.
  bool confirm_critical = false;
  /// A critical action is approved with the owner secret only.
  bool owner_secret = false;
  /// What widens trust waits for approval.
  bool strict = false;

  bool operator==(const security_settings&) const = default;
};

/// From which threat level on; never is behind all of them.
enum class threat_limit : std::uint8_t { low, medium, high, critical, never };

/// What becomes of texts of one kind, by what they read like.
struct prompt_limits {
  threat_limit sanitize_at = threat_limit::never;
  /// The action waits for approval.
  threat_limit ask_at = threat_limit::never;
  threat_limit block_at = threat_limit::never;

  bool operator==(const prompt_limits&) const = default;
};

struct prompt_settings {
  bool enabled = true;
  /// Empty: the rules that are part of the program.
  std::string rules_file;
  prompt_limits chat{.block_at = threat_limit::high};
  prompt_limits channel{.block_at = threat_limit::high};
  prompt_limits skill{.ask_at = threat_limit::high};

  bool operator==(const prompt_settings&) const = default;
};

/// A token bucket: so many requests a second, so many saved up.
struct rate_limit {
  std::uint32_t per_second = 1;
  std::uint32_t burst = 1;

  bool operator==(const rate_limit&) const = default;
};

/// How often each principal may ask over HTTP.
struct limit_settings {
  bool enabled = true;
  rate_limit read{500, 1'000};
  rate_limit act{100, 200};
  rate_limit approve{20, 40};
  rate_limit admin{20, 40};

  bool operator==(const limit_settings&) const = default;
};

}  // namespace closedpaw::config
