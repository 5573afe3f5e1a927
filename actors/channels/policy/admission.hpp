#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "actors/channels/codec/message.hpp"
#include "actors/security/token_bucket.hpp"
#include "messages/model/channel.hpp"

namespace closedpaw::channels {

using monotonic_time = std::chrono::steady_clock::time_point;

/// How an incoming message is to be treated.
enum class admittance : std::uint8_t {
  admitted,
  /// A stranger in a private conversation, who may be shown a code.
  to_be_paired,
  /// A stranger where others read along, or who has been told just now.
  refused,
  /// Too many messages: of this person, or of all.
  too_fast,
};

struct admission_limits {
  std::uint32_t user_per_minute = 20;
  std::uint32_t all_per_minute = 300;
  /// Refusals that are recorded and answered.
  std::uint32_t refusals_per_minute = 6;
};

/// Who may speak, and how often. Pure; time is an argument. Remembers a bounded
/// number of people.
class admission {
 public:
  admission(admission_limits limits, monotonic_time now);

  admittance judge(const incoming& message, const channel_access& access,
                   monotonic_time now);
  /// Whether one more refusal is worth a record and an answer now; what is not
  /// is counted, and told with the next one.
  bool is_worth_telling(monotonic_time now);
  /// Refusals that nobody was told of since the last time.
  std::uint64_t untold() const { return untold_; }
  void told() { untold_ = 0; }

 private:
  bool too_fast(const std::string& sender, monotonic_time now);

  admission_limits limits_;
  security::token_bucket all_;
  security::token_bucket refusals_;
  /// The most recent first.
  std::list<std::pair<std::string, security::token_bucket>> recent_;
  std::unordered_map<std::string, decltype(recent_)::iterator> by_sender_;
  std::uint64_t untold_ = 0;
};

/// May this person decide about actions, from there?
bool may_decide(const incoming& message, const channel_access& access);

}  // namespace closedpaw::channels
