#pragma once

#include <mutex>

#include "actors/monitoring/alerts/engine.hpp"
#include "actors/monitoring/alerts/mailing.hpp"

namespace closedpaw::monitoring::alerts {

/// What is known of alerts, and who has been told. Owned by main, so that a
/// restart of those who work with it tells nobody twice. Thread-safe.
class board {
 public:
  board(std::vector<alert_rule> rules,
        const std::vector<config::receiver_settings>& to, mailing::times when);

  /// The alerts that began to fire, or were resolved.
  std::vector<alert> look(const std::vector<prometheus::MetricFamily>& now,
                          moment at, const cause_finder& cause);
  /// When that was done last, if ever.
  std::optional<monotonic> looked_at() const;
  alerts_view view() const;

  void put(alert_silence x);
  /// False for an unknown one.
  bool end_silence(const std::string& id);
  /// Those that are over are forgotten; their ids.
  std::vector<std::string> expire_silences(timestamp now);

  struct letter {
    std::size_t receiver = 0;
    config::receiver_settings to;
    notification what;
  };
  /// What is to be sent now, one for each receiver at most. `evaluated`:
  /// whether look() is still called.
  std::vector<letter> outgoing(monotonic now, bool evaluated = true);
  void delivered(std::size_t receiver, timestamp at);
  void failed(std::size_t receiver, const std::string& why, monotonic now);
  void dropped(std::size_t receiver, const std::string& why);
  /// Whoever sends began anew.
  void forget_under_way();
  std::vector<receiver_view> receivers() const;

 private:
  void silence(std::vector<alert>& list, timestamp now) const;

  mutable std::mutex mutex_;
  engine engine_;
  std::vector<mailing> mailings_;
  std::map<std::string, alert_silence> silences_;
  std::vector<alert> shown_;
  std::optional<monotonic> looked_at_;
};

/// Whether the silence is about the alert; "alertname" and "severity" are
/// labels as well.
bool covers(const alert_silence& x, const alert& a);

}  // namespace closedpaw::monitoring::alerts
