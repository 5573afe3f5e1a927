#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/security/token_bucket.hpp"

namespace closedpaw::security {

/// What a request does, as far as limits care; a word of each is in the
/// configuration and in headers.
enum class request_class : std::uint8_t {
  read,
  act,
  approve,
  admin,
  /// Health, metrics and what waits for approval: within reach while a client
  /// uses up the rest.
  vital
};
inline constexpr std::size_t request_class_count = 5;

std::string_view to_string(request_class x);

/// So many requests a second, so many saved up.
struct request_rate {
  std::uint32_t per_second = 1;
  std::uint32_t burst = 1;

  bool operator==(const request_rate&) const = default;
};

/// What became of one request.
struct rate_verdict {
  request_class what = request_class::read;
  /// Set when it is one too many: how long until there is room.
  std::optional<std::chrono::milliseconds> retry_after;
  /// Requests that may come at once now.
  std::uint32_t remaining = 0;
  request_rate limit;
  /// How many of its kind were refused since the last that was told of, itself
  /// included; only on one that is to be told.
  std::optional<std::uint64_t> to_be_told;
};

/// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10),
/// as complete header lines.
std::string header_lines(const rate_verdict& x);

/// Token buckets, one for each principal and class. Remembers a bounded number
/// of principals, the most recent ones: who is forgotten begins with a full
/// bucket, which takes as many other identities to bring about. Pure; time is
/// an argument. Of one thread.
class rate_limiter {
 public:
  using time_point = token_bucket::time_point;

  explicit rate_limiter(std::size_t most_principals = 1'024)
      : most_{most_principals} {}

  /// Another limit than the last time begins with a full bucket.
  rate_verdict take(request_rate limit, std::string_view principal,
                    request_class what, time_point now);

  std::size_t principals() const { return recent_.size(); }

 private:
  struct allowance {
    request_rate limit;
    token_bucket bucket;
    std::uint64_t untold = 0;
    std::optional<time_point> told_at{};
  };
  struct account {
    std::string principal;
    std::array<std::optional<allowance>, request_class_count> allowances;
  };

  account& account_of(std::string_view principal);

  const std::size_t most_;
  /// The most recent first.
  std::list<account> recent_;
  /// The keys are the accounts' own.
  std::unordered_map<std::string_view, std::list<account>::iterator> by_name_;
};

}  // namespace closedpaw::security
