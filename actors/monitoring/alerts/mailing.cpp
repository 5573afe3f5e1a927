#include "actors/monitoring/alerts/mailing.hpp"

#include <algorithm>

namespace closedpaw::monitoring::alerts {

namespace {

bool is_at(const alert_labels& labels, const char* name,
           const std::string& value) {
  const auto it = labels.find(name);
  return it != labels.end() && it->second == value;
}

}  // namespace

mailing::mailing(config::receiver_settings to, times when)
    : to_{std::move(to)}, times_{when}, backoff_{when.retry_min} {
  view_.name = to_.name;
  view_.type = to_.type;
}

bool mailing::concerns(const alert& x) const {
  if (x.severity <
      parse_severity(to_.min_severity).value_or(alert_severity::warning))
    return false;
  // Never by way of what has failed.
  if (is_at(x.labels, "receiver", to_.name))
    return false;
  return to_.type != "channel" ||
         (!is_at(x.labels, "channel", to_.channel) &&
          !is_at(x.labels, "path", "root/channels/" + to_.channel));
}

void mailing::look(const std::vector<alert>& all, monotonic now) {
  firing_.clear();
  for (const auto& x : all) {
    const bool quiet =
        x.held_back || !x.inhibited_by.empty() || !x.silenced_by.empty();
    if (x.state != alert_state::firing || !concerns(x))
      continue;
    const auto known = told_.find(x.fingerprint);
    // An Alertmanager takes what it no longer hears of for resolved.
    if (!quiet || known != told_.end())
      firing_[x.fingerprint] = x;
    if (known == told_.end()) {
      if (!quiet)
        news_[x.fingerprint] = x;
      else
        news_.erase(x.fingerprint);
    } else {
      known->second.last = x;
      if (!quiet && now - known->second.at >= times_.repeat_interval)
        news_[x.fingerprint] = x;
    }
  }
  const auto fires = [&all](const std::string& id) {
    return std::ranges::any_of(all, [&id](const alert& x) {
      return x.fingerprint == id && x.state == alert_state::firing;
    });
  };
  // What was over before anybody was told is no news.
  std::erase_if(news_, [&](const auto& x) {
    return x.second.state == alert_state::firing && !fires(x.first);
  });
  for (auto it = told_.begin(); it != told_.end();) {
    if (fires(it->first)) {
      ++it;
      continue;
    }
    auto over = std::move(it->second.last);
    const auto as_shown =
        std::ranges::find(all, it->first, &alert::fingerprint);
    if (as_shown != all.end())
      over = *as_shown;
    over.state = alert_state::resolved;
    if (to_.send_resolved)
      news_[it->first] = std::move(over);
    it = told_.erase(it);
  }
  if (news_.empty())
    first_news_.reset();
  else if (!first_news_)
    first_news_ = now;
}

bool mailing::is_due(monotonic now) const {
  if (first_news_ && now - *first_news_ >= times_.group_wait)
    return true;
  return to_.type == "alertmanager" &&
         (!last_resend_ || now - *last_resend_ >= times_.resend);
}

std::optional<notification> mailing::next(monotonic now, bool evaluated) {
  if (sending_ || now < not_before_)
    return std::nullopt;
  // What it hears from us says that alerts are evaluated.
  if (to_.type == "alertmanager" && !evaluated)
    return std::nullopt;
  if (!under_way_) {
    if (!is_due(now))
      return std::nullopt;
    under_way_ = compose(now);
  }
  sending_ = true;
  return under_way_;
}

notification mailing::compose(monotonic now) {
  notification out;
  if (to_.type == "alertmanager") {
    for (const auto& [id, x] : firing_)
      news_.try_emplace(id, x);
    last_resend_ = now;
  }
  for (const auto& [id, x] : news_) {
    if (x.state == alert_state::firing)
      told_[id] = {x, now};
    out.alerts.push_back(x);
  }
  std::ranges::stable_sort(out.alerts, {}, [](const alert& x) {
    return std::pair{x.state, -static_cast<int>(x.severity)};
  });
  news_.clear();
  first_news_.reset();
  return out;
}

void mailing::delivered(timestamp at) {
  under_way_.reset();
  sending_ = false;
  backoff_ = times_.retry_min;
  not_before_ = {};
  ++view_.delivered;
  view_.last_success = at;
  view_.trouble.clear();
}

void mailing::failed(const std::string& why, monotonic now) {
  sending_ = false;
  not_before_ = now + backoff_;
  backoff_ = std::min(2 * backoff_, times_.retry_max);
  ++view_.failed;
  view_.trouble = why;
}

void mailing::dropped(const std::string& why) {
  view_.dropped += under_way_ ? under_way_->alerts.size() : 0;
  under_way_.reset();
  sending_ = false;
  ++view_.failed;
  view_.trouble = why;
}

void mailing::forget_under_way() {
  sending_ = false;
}

receiver_view mailing::view() const {
  auto out = view_;
  out.waiting = news_.size() + (under_way_ ? under_way_->alerts.size() : 0);
  return out;
}

}  // namespace closedpaw::monitoring::alerts
