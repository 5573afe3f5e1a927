#include "actors/channels/policy/admission.hpp"

namespace closedpaw::channels {

namespace {

constexpr std::size_t most_remembered = 1024;

security::token_bucket per_minute(std::uint32_t n, monotonic_time now) {
  return {static_cast<double>(n) / 60, static_cast<double>(n), now};
}

}  // namespace

admission::admission(admission_limits limits, monotonic_time now)
    : limits_{limits},
      all_{per_minute(limits.all_per_minute, now)},
      refusals_{per_minute(limits.refusals_per_minute, now)} {}

admittance admission::judge(const incoming& message,
                            const channel_access& access, monotonic_time now) {
  // Strangers have no part in what is everybody's.
  if (!access.open && !access.users.contains(message.sender))
    return message.is_private ? admittance::to_be_paired : admittance::refused;
  if (too_fast(message.sender, now) || all_.take(now))
    return admittance::too_fast;
  return admittance::admitted;
}

bool admission::too_fast(const std::string& sender, monotonic_time now) {
  if (const auto known = by_sender_.find(sender); known != by_sender_.end()) {
    recent_.splice(recent_.begin(), recent_, known->second);
  } else {
    recent_.emplace_front(sender, per_minute(limits_.user_per_minute, now));
    by_sender_[sender] = recent_.begin();
    if (recent_.size() > most_remembered) {
      by_sender_.erase(recent_.back().first);
      recent_.pop_back();
    }
  }
  return recent_.front().second.take(now).has_value();
}

bool admission::is_worth_telling(monotonic_time now) {
  if (!refusals_.take(now))
    return true;
  ++untold_;
  return false;
}

bool may_decide(const incoming& message, const channel_access& access) {
  const auto user = access.users.find(message.sender);
  return message.is_private && user != access.users.end() &&
         user->second.approves;
}

}  // namespace closedpaw::channels
