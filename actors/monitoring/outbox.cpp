#include "actors/monitoring/outbox.hpp"

#include <algorithm>
#include <utility>

namespace closedpaw::monitoring {

void outbox::push(audit_event e) {
  std::lock_guard guard{mutex_};
  events_.push_back(std::move(e));
  if (events_.size() > limit_) {
    events_.pop_front();
    ++overtaken_;
    ++dropped_;
  }
}

std::vector<audit_event> outbox::front(std::size_t n) {
  std::lock_guard guard{mutex_};
  const auto take = std::min(n, events_.size());
  overtaken_ = 0;
  return {events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(take)};
}

void outbox::confirm(std::size_t n) {
  std::lock_guard guard{mutex_};
  const auto left = n > overtaken_ ? n - overtaken_ : 0;
  const auto take = std::min(left, events_.size());
  events_.erase(events_.begin(),
                events_.begin() + static_cast<std::ptrdiff_t>(take));
  overtaken_ = 0;
}

std::size_t outbox::size() const {
  std::lock_guard guard{mutex_};
  return events_.size();
}

std::size_t outbox::dropped() const {
  std::lock_guard guard{mutex_};
  return dropped_;
}

void outbox::confirm_dropped(std::size_t n) {
  std::lock_guard guard{mutex_};
  dropped_ -= std::min(n, dropped_);
}

}  // namespace closedpaw::monitoring
