#include "actors/providers/policy/latency_window.hpp"

#include <algorithm>
#include <cmath>

namespace closedpaw::providers {

void latency_window::add(std::uint32_t ms) {
  kept_[next_] = ms;
  next_ = (next_ + 1) % capacity;
  size_ = std::min(size_ + 1, capacity);
}

std::uint32_t latency_window::quantile(double q) const {
  if (size_ == 0)
    return 0;
  auto sorted = kept_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto rank =
      static_cast<std::size_t>(std::ceil(q * static_cast<double>(size_)));
  const auto at =
      sorted.begin() +
      static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, size_) - 1);
  std::nth_element(sorted.begin(), at, end);
  return *at;
}

}  // namespace closedpaw::providers
