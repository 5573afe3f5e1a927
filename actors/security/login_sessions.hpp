#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model/time.hpp"

namespace closedpaw::security {

/// The cookie of a browser that logged in with a token.
inline constexpr std::string_view login_cookie = "__Host-closedpaw";

/// Browsers that are logged in; a restart ends all. What a cookie holds is kept
/// as its SHA-256 only. Pure; of one thread.
class login_sessions {
 public:
  static constexpr std::size_t most = 64;
  static constexpr std::chrono::minutes longest_idle{30};
  static constexpr std::chrono::hours longest{12};

  /// `cookie`: at least 128 random bits. The one that was idle for the longest
  /// time makes room.
  void begin(std::string_view cookie, std::string token_id, timestamp now);
  /// The id of the token that it began with. A use keeps it alive.
  std::optional<std::string> find(std::string_view cookie, timestamp now);
  /// Whether there was one.
  bool end(std::string_view cookie);
  /// How many were over.
  std::size_t forget_old(timestamp now);

  std::size_t size() const { return all_.size(); }

 private:
  struct entry {
    std::string digest;
    std::string token_id;
    timestamp began{};
    timestamp used{};
  };

  static bool is_over(const entry& x, timestamp now);
  std::list<entry>::iterator look_up(std::string_view cookie);

  /// The one used last is first.
  std::list<entry> all_;
};

/// The value of that cookie in a Cookie header (RFC 6265, 4.2.1); empty
/// without.
std::string_view cookie_value(std::string_view header, std::string_view name);

}  // namespace closedpaw::security
