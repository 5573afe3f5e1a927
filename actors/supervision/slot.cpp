#include "actors/supervision/slot.hpp"

#include <algorithm>

#include "messages/model/json.hpp"

namespace closedpaw::supervision {

void slot_base::attach(std::shared_ptr<node> where) {
  std::lock_guard guard{mutex_};
  where_ = std::move(where);
}

std::uint64_t slot_base::incarnation() const {
  std::lock_guard guard{mutex_};
  return where_ ? where_->incarnation() : 0;
}

failure slot_base::unavailable(timestamp now) const {
  std::shared_ptr<node> where;
  {
    std::lock_guard guard{mutex_};
    where = where_;
  }
  std::string text = name_ + " is not running";
  // Without a date for the next attempt a second is a fair guess: the first
  // restart is immediate.
  std::chrono::milliseconds wait{1000};
  if (where) {
    text += " (" + std::string{to_string(where->state())};
    if (auto last = where->last_exit())
      text += "; last exit: " + last->reason;
    if (auto next = where->next_attempt()) {
      text += "; next attempt " + to_iso8601(*next);
      wait = std::max(
          wait, std::chrono::ceil<std::chrono::milliseconds>(*next - now));
    }
    text += ")";
  }
  return {errc::unavailable, text, wait, {}};
}

failure slot_base::replaced() const {
  std::shared_ptr<node> where;
  {
    std::lock_guard guard{mutex_};
    where = where_;
  }
  auto last = where ? where->last_exit() : std::nullopt;
  return {errc::outcome_unknown,
          name_ + " was replaced while it worked on this" +
              (last ? " (" + last->reason + ")" : std::string{}) +
              "; whether it was done is not known",
          std::chrono::milliseconds{1000}, json{{"outcome", "unknown"}}};
}

}  // namespace closedpaw::supervision
