#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "messages/model/error.hpp"
#include "messages/model/secret.hpp"

namespace closedpaw::vault {

/// Makes guessing a secret that people choose hopeless: after a few wrong
/// guesses in a row each next one has to wait twice as long. Pure.
class guess_guard {
 public:
  using monotonic = std::chrono::steady_clock::time_point;
  static constexpr std::uint32_t free_guesses = 3;
  static constexpr std::chrono::seconds longest_wait{900};

  /// too_many_requests, with how long to wait.
  std::optional<failure> refuse(monotonic now) const;
  void guessed(bool right, monotonic now);

 private:
  std::uint32_t wrong_ = 0;
  monotonic not_before_{};
};

/// One for each who guesses, so that nobody locks another out. Remembers a
/// bounded number of them. Pure.
class guess_guards {
 public:
  using monotonic = guess_guard::monotonic;
  static constexpr std::size_t most = 512;

  std::optional<failure> refuse(const std::string& who, monotonic now) const;
  void guessed(const std::string& who, bool right, monotonic now);

 private:
  std::map<std::string, guess_guard> all_;
};

/// In a time that does not depend on where they differ.
bool is_same(const secret_text& a, const secret_text& b);

}  // namespace closedpaw::vault
