#include "actors/providers/policy/latency_window.hpp"

#include <algorithm>
#include <cmath>

namespace closedpaw::providers {

void latency_window::add(std::uint32_t ms) {
  auto end = sorted_.begin() + static_cast<std::ptrdiff_t>(size_);
  if (size_ == capacity) {
    const auto oldest = std::lower_bound(sorted_.begin(), end, by_age_[next_]);
    std::move(oldest + 1, end, oldest);
    --end;
    --size_;
  }
  const auto at = std::upper_bound(sorted_.begin(), end, ms);
  std::move_backward(at, end, end + 1);
  *at = ms;
  ++size_;
  by_age_[next_] = ms;
  next_ = (next_ + 1) % capacity;
}

std::uint32_t latency_window::quantile(double q) const {
  if (size_ == 0)
    return 0;
  const auto rank =
      static_cast<std::size_t>(std::ceil(q * static_cast<double>(size_)));
  return sorted_[std::clamp<std::size_t>(rank, 1, size_) - 1];
}

}  // namespace closedpaw::providers
