#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "messages/model/audit_event.hpp"

namespace closedpaw::monitoring {

/// Events that wait for the audit log, which may itself be the cause. Bounded:
/// past the limit the oldest are dropped and counted. Thread-safe; owned by
/// main, so that it survives whoever drains it.
class outbox {
 public:
  explicit outbox(std::size_t limit = 10'000) : limit_{limit} {}

  void push(audit_event e);
  /// At most n, oldest first; they stay until confirmed.
  std::vector<audit_event> front(std::size_t n);
  /// The first n are in the log.
  void confirm(std::size_t n);
  std::size_t size() const;
  /// How many were dropped and are not yet known to the log.
  std::size_t dropped() const;
  void confirm_dropped(std::size_t n);

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::deque<audit_event> events_;
  // Dropped from the front while a batch of them was under way.
  std::size_t overtaken_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace closedpaw::monitoring
