#pragma once

#include <atomic>
#include <memory>

namespace closedpaw::http {

/// So many may have something at a time. Thread-safe; seats outlive it.
class seats {
 public:
  explicit seats(std::size_t limit)
      : limit_{limit}, taken_{std::make_shared<std::atomic<std::size_t>>(0)} {}

  /// One, given back with its last copy; null when all are taken.
  std::shared_ptr<void> take() const {
    if (taken_->fetch_add(1) >= limit_) {
      taken_->fetch_sub(1);
      return nullptr;
    }
    return {taken_.get(), [kept = taken_](void*) { kept->fetch_sub(1); }};
  }

 private:
  std::size_t limit_;
  std::shared_ptr<std::atomic<std::size_t>> taken_;
};

}  // namespace closedpaw::http
