#pragma once

#include <atomic>
#include <caf/allowed_unsafe_message_type.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "http/server/exchange.hpp"
#include "messages/model/command.hpp"

namespace closedpaw {

/// A place among the requests in flight; given back when destroyed. Mailboxes
/// are unbounded, so admission is limited before them.
class ticket {
 public:
  ticket() = default;
  /// Not valid when all places are taken.
  static ticket take(std::atomic<std::size_t>& in_flight, std::size_t limit) {
    ticket t;
    if (in_flight.fetch_add(1) < limit)
      t.counter_ = &in_flight;
    else
      in_flight.fetch_sub(1);
    return t;
  }
  ticket(ticket&& other) noexcept
      : counter_{std::exchange(other.counter_, nullptr)} {}
  ticket& operator=(ticket&& other) noexcept {
    std::swap(counter_, other.counter_);
    return *this;
  }
  ~ticket() {
    if (counter_)
      counter_->fetch_sub(1);
  }
  explicit operator bool() const { return counter_ != nullptr; }

 private:
  std::atomic<std::size_t>* counter_ = nullptr;
};

/// One HTTP request on its way through the gateway. Process-local by nature:
/// it holds the session's reply slot. Only sessions and the gateway see it.
struct exchange {
  command what;
  command_context context;
  http::reply_slot reply;
  std::chrono::steady_clock::time_point deadline;
  ticket place;
};

using exchange_ptr = std::shared_ptr<exchange>;

}  // namespace closedpaw

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::exchange_ptr)
