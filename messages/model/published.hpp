#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "messages/model/time.hpp"

namespace closedpaw {

/// Counts publications, so that whoever renders them knows when to do it again.
class generation {
 public:
  void advance() { value_.fetch_add(1, std::memory_order_release); }
  std::uint64_t value() const { return value_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> value_{1};
};

/// Can be marked stale by the supervisor when the owner dies.
class publication {
 public:
  virtual ~publication() = default;
  virtual void mark_stale(timestamp since) = 0;
};

/// An immutable snapshot that one actor publishes and any thread reads.
template <class T>
class published final : public publication {
 public:
  explicit published(generation& gen, T initial = {})
      : gen_{gen}, value_{std::make_shared<const T>(std::move(initial))} {}

  void publish(T value) {
    auto next = std::make_shared<const T>(std::move(value));
    {
      std::lock_guard guard{mutex_};
      value_ = std::move(next);
      stale_since_.reset();
    }
    gen_.advance();
  }

  void mark_stale(timestamp since) override {
    {
      std::lock_guard guard{mutex_};
      if (!stale_since_)
        stale_since_ = since;
    }
    gen_.advance();
  }

  /// Never null.
  std::shared_ptr<const T> get() const {
    std::lock_guard guard{mutex_};
    return value_;
  }

  /// Since when the owner has been gone, if it is.
  std::optional<timestamp> stale_since() const {
    std::lock_guard guard{mutex_};
    return stale_since_;
  }

 private:
  generation& gen_;
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::optional<timestamp> stale_since_;
};

}  // namespace closedpaw
