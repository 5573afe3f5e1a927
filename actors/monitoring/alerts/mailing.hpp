#pragma once

#include <map>
#include <optional>

#include "actors/monitoring/alerts/counter_history.hpp"
#include "config/settings.hpp"

namespace closedpaw::monitoring::alerts {

/// What a receiver is told at once.
struct notification {
  /// Those that fire, then those that are over.
  std::vector<alert> alerts;
};

/// What one receiver is told, and when: each alert once when it begins and once
/// when it is over, together with what begins at the same time; again after a
/// while if it goes on. An Alertmanager is told on a period of all that fire,
/// as its protocol asks. Never of what concerns the receiver itself. Pure; one
/// thread at a time.
class mailing {
 public:
  struct times {
    std::chrono::milliseconds group_wait{1'000};
    std::chrono::milliseconds repeat_interval{std::chrono::hours{4}};
    /// Of all that fire, to an Alertmanager.
    std::chrono::milliseconds resend{60'000};
    /// After a failure, doubled each time.
    std::chrono::milliseconds retry_min{1'000};
    std::chrono::milliseconds retry_max{60'000};
  };

  mailing(config::receiver_settings to, times when);

  const config::receiver_settings& to() const { return to_; }

  /// How things are now.
  void look(const std::vector<alert>& all, monotonic now);
  /// What is to be sent now; nothing while something is under way. An
  /// Alertmanager is told nothing while alerts are not `evaluated`.
  std::optional<notification> next(monotonic now, bool evaluated = true);
  void delivered(timestamp at);
  void failed(const std::string& why, monotonic now);
  /// It will never be taken as it is: tried no more.
  void dropped(const std::string& why);
  /// The sender ended with it: it is sent again.
  void forget_under_way();

  receiver_view view() const;

 private:
  struct told {
    alert last;
    monotonic at;
  };

  bool concerns(const alert& x) const;
  bool is_due(monotonic now) const;
  notification compose(monotonic now);

  const config::receiver_settings to_;
  const times times_;
  /// Firing ones that the receiver knows, or will with what is under way.
  std::map<std::string, told> told_;
  /// What it has not been told, by fingerprint.
  std::map<std::string, alert> news_;
  std::map<std::string, alert> firing_;
  std::optional<monotonic> first_news_;
  std::optional<monotonic> last_resend_;
  std::optional<notification> under_way_;
  bool sending_ = false;
  monotonic not_before_{};
  std::chrono::milliseconds backoff_{};
  receiver_view view_;
};

}  // namespace closedpaw::monitoring::alerts
