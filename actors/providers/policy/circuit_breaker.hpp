#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "messages/model/error.hpp"

namespace closedpaw::providers {

using std::chrono::milliseconds;
using monotonic_time = std::chrono::steady_clock::time_point;

struct breaker_limits {
  /// Failures in a row that open the circuit; 0 never does.
  std::uint32_t failures = 5;
  /// How long it stays open, doubled each time that the probe fails.
  milliseconds open_min{5'000};
  milliseconds open_max{300'000};
};

/// Nygard's circuit breaker for one model under one key: after too many
/// failures in a row nothing is asked for a while, then one request probes.
/// Pure; time and chance are arguments.
class circuit_breaker {
 public:
  enum class state : std::uint8_t { closed, open, half_open };

  explicit circuit_breaker(breaker_limits limits = {}) : limits_{limits} {}

  /// Nothing: ask, and tell how it ended by one of the three below. Else how
  /// long to wait. While half open one request at a time may go.
  std::optional<milliseconds> refuse(monotonic_time now);

  void succeeded();
  /// `at_least`: the vendor's Retry-After, as far as open_max allows. `chance`
  /// in [0, 1) adds up to a tenth to the open time. `was_probe`: refuse() had
  /// let it go while half open; what was under way before does not decide.
  void failed(monotonic_time now, double chance, bool was_probe,
              std::optional<milliseconds> at_least = {});
  /// The probe ended without a verdict (cancelled): the next one may go.
  void abandoned(bool was_probe) { probing_ = probing_ && !was_probe; }
  /// Whether what refuse() just let go is the probe.
  bool probing() const { return probing_; }

  state now(monotonic_time t) const;
  std::uint32_t failures() const { return failures_; }
  /// When it may be asked again, while it is open.
  std::optional<monotonic_time> open_until() const { return open_until_; }

 private:
  breaker_limits limits_;
  std::uint32_t failures_ = 0;
  /// How often it opened without a success between.
  std::uint32_t openings_ = 0;
  std::optional<monotonic_time> open_until_;
  bool probing_ = false;
};

std::string_view to_string(circuit_breaker::state x);

/// Whether a failure says something about the upstream's ability to serve, and
/// not about this request, our credentials or the reader of a stream.
bool blames_upstream(const failure& why);

/// The reader of a stream held it up until its time was over.
bool is_readers_fault(const failure& why);

}  // namespace closedpaw::providers
