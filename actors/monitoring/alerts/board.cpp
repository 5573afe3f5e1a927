#include "actors/monitoring/alerts/board.hpp"

#include <algorithm>

namespace closedpaw::monitoring::alerts {

bool covers(const alert_silence& x, const alert& a) {
  auto labels = a.labels;
  labels["alertname"] = a.rule;
  labels["severity"] = to_string(a.severity);
  return meets(labels, x.matchers);
}

board::board(std::vector<alert_rule> rules,
             const std::vector<config::receiver_settings>& to,
             mailing::times when)
    : engine_{std::move(rules)} {
  for (const auto& r : to)
    mailings_.emplace_back(r, when);
}

std::vector<alert> board::look(const std::vector<prometheus::MetricFamily>& now,
                               moment at, const cause_finder& cause) {
  const std::lock_guard guard{mutex_};
  auto changed = engine_.evaluate(now, at, cause);
  shown_ = engine_.alerts();
  silence(shown_, at.wall);
  silence(changed, at.wall);
  for (auto& m : mailings_)
    m.look(shown_, at.mono);
  looked_at_ = at.mono;
  return changed;
}

void board::silence(std::vector<alert>& list, timestamp now) const {
  for (auto& a : list)
    for (const auto& [id, s] : silences_)
      if (now < s.ends_at && covers(s, a))
        a.silenced_by = id;
}

std::optional<monotonic> board::looked_at() const {
  const std::lock_guard guard{mutex_};
  return looked_at_;
}

alerts_view board::view() const {
  const std::lock_guard guard{mutex_};
  alerts_view out{shown_, {}};
  for (const auto& [id, s] : silences_)
    out.silences.push_back(s);
  return out;
}

void board::put(alert_silence x) {
  const std::lock_guard guard{mutex_};
  auto id = x.id;
  silences_[std::move(id)] = std::move(x);
}

bool board::end_silence(const std::string& id) {
  const std::lock_guard guard{mutex_};
  return silences_.erase(id) > 0;
}

std::vector<std::string> board::expire_silences(timestamp now) {
  const std::lock_guard guard{mutex_};
  std::vector<std::string> out;
  for (const auto& [id, s] : silences_)
    if (s.ends_at <= now)
      out.push_back(id);
  for (const auto& id : out)
    silences_.erase(id);
  return out;
}

std::vector<board::letter> board::outgoing(monotonic now, bool evaluated) {
  const std::lock_guard guard{mutex_};
  std::vector<letter> out;
  for (std::size_t i = 0; i < mailings_.size(); ++i)
    if (auto what = mailings_[i].next(now, evaluated))
      out.push_back({i, mailings_[i].to(), std::move(*what)});
  return out;
}

void board::delivered(std::size_t receiver, timestamp at) {
  const std::lock_guard guard{mutex_};
  mailings_.at(receiver).delivered(at);
}

void board::failed(std::size_t receiver, const std::string& why,
                   monotonic now) {
  const std::lock_guard guard{mutex_};
  mailings_.at(receiver).failed(why, now);
}

void board::dropped(std::size_t receiver, const std::string& why) {
  const std::lock_guard guard{mutex_};
  mailings_.at(receiver).dropped(why);
}

void board::forget_under_way() {
  const std::lock_guard guard{mutex_};
  for (auto& m : mailings_)
    m.forget_under_way();
}

std::vector<receiver_view> board::receivers() const {
  const std::lock_guard guard{mutex_};
  std::vector<receiver_view> out;
  for (const auto& m : mailings_)
    out.push_back(m.view());
  return out;
}

}  // namespace closedpaw::monitoring::alerts
