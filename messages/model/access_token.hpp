#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/json.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/time.hpp"

namespace closedpaw {

/// Rows of the registry, by the token's id.
inline constexpr std::string_view tokens_prefix = "access-tokens/";

/// What a route does to the system, and so what a caller must be allowed.
enum class scope : std::uint8_t { read, act, approve, admin };
inline constexpr std::size_t scope_count = 4;

std::string_view to_string(scope x);
std::optional<scope> parse_scope(std::string_view text);

/// Some of the scopes; none implies another.
class scope_set {
 public:
  constexpr scope_set() = default;
  static constexpr scope_set all() { return of_bits((1U << scope_count) - 1); }
  static constexpr scope_set of_bits(std::uint8_t bits) {
    scope_set out;
    out.bits_ = bits & ((1U << scope_count) - 1);
    return out;
  }
  constexpr std::uint8_t bits() const { return bits_; }

  constexpr bool has(scope x) const { return (bits_ & bit(x)) != 0; }
  constexpr void add(scope x) { bits_ = bits_ | bit(x); }
  constexpr bool covers(scope_set other) const {
    return (other.bits_ & ~bits_) == 0;
  }
  constexpr bool empty() const { return bits_ == 0; }
  std::vector<std::string> names() const;

  bool operator==(const scope_set&) const = default;

 private:
  static constexpr std::uint8_t bit(scope x) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(x));
  }

  std::uint8_t bits_ = 0;
};

/// What lets somebody in from elsewhere. The secret itself is not kept: it is
/// 256 random bits, so that its SHA-256 says nothing of it.
struct access_token {
  std::string id;
  std::string name;
  /// Of the secret; hex.
  std::string digest;
  scope_set scopes;
  timestamp created_at{};
  std::optional<timestamp> expires_at{};
  std::string created_by;

  bool operator==(const access_token&) const = default;
};

using access_tokens = std::vector<access_token>;

/// As GET /api/tokens shows it: without the digest.
json to_json(const access_token& x, timestamp now);

json stored_form(const access_token& x);
/// Nothing when it is not one.
std::optional<access_token> access_token_from(const std::string& id,
                                              const json& row);

/// The two halves of "cpt_ID_SECRET".
struct token_text {
  std::string id;
  secret_text secret;
};

inline constexpr std::size_t token_id_length = 12;
inline constexpr std::size_t token_secret_length = 64;

std::string to_string(const token_text& x);
/// Nothing for what has another form: somebody else's token.
std::optional<token_text> parse_token(std::string_view text);

/// POST and DELETE /api/tokens.
struct manage_token {
  /// Of the one to revoke; empty to make one.
  std::string id{};
  std::string name{};
  scope_set scopes{};
  std::optional<std::chrono::seconds> lifetime{};
};

}  // namespace closedpaw
