#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace closedpaw::monitoring::shipping {

using monotonic = std::chrono::steady_clock::time_point;

/// How far one shipper has got, what it takes on next, and when. Pure.
class progress {
 public:
  static constexpr std::uint32_t most_events = 256;
  static constexpr std::chrono::milliseconds first_delay{500};
  static constexpr std::chrono::milliseconds longest_delay{30'000};

  explicit progress(std::uint64_t next) : next_{next} {}

  /// The sequence of the next event.
  std::uint64_t next() const { return next_; }
  /// How many events to take at once.
  std::uint32_t batch() const { return batch_; }
  bool due(monotonic now) const { return now >= not_before_; }

  /// The target has everything below.
  void taken(std::uint64_t next);
  /// There is nothing below that it could be given.
  void passed(std::uint64_t next);
  /// It may take the same later: after what it asked for, or after a delay that
  /// doubles; fewer at once, since it may have been too much. `chance`: 0 to 1,
  /// for jitter.
  void failed(monotonic now, std::optional<std::chrono::milliseconds> asked_for,
              double chance);
  enum class judgement {
    /// Fewer are tried, at once.
    fewer,
    /// It was this one alone, which is left out.
    left_out,
    /// Nothing was taken since the last one that was left out: then it is not
    /// the events. It is tried again later, as after a failure.
    not_them,
  };
  /// It says that it will never take these `events`, which begin with next().
  judgement unfit(std::uint32_t events);

 private:
  std::uint64_t next_;
  std::uint32_t batch_ = most_events;
  bool took_something_ = false;
  std::chrono::milliseconds delay_ = first_delay;
  monotonic not_before_{};
};

}  // namespace closedpaw::monitoring::shipping
