#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace closedpaw::providers {

/// The latencies of the last exchanges, for their quantiles.
class latency_window {
 public:
  void add(std::uint32_t ms);
  /// By the nearest-rank method; 0 without any. `q` in (0, 1].
  std::uint32_t quantile(double q) const;

 private:
  static constexpr std::size_t capacity = 256;
  std::array<std::uint32_t, capacity> by_age_{};
  /// The same, since quantiles are asked for after each exchange.
  std::array<std::uint32_t, capacity> sorted_{};
  std::size_t size_ = 0;
  std::size_t next_ = 0;
};

}  // namespace closedpaw::providers
