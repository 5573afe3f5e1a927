#include "actors/monitoring/alerts/engine.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "messages/model/hex.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::monitoring::alerts {

namespace {

constexpr std::chrono::minutes shown_after_end{15};
/// How much shorter the second window of a burn rate is.
constexpr int short_share = 12;

bool exceeds(double value, const alert_rule& r) {
  switch (r.comparison) {
    case alert_comparison::above:
      return value > r.threshold;
    case alert_comparison::at_least:
      return value >= r.threshold;
    case alert_comparison::below:
      return value < r.threshold;
  }
  return false;
}

double worse(double a, double b, const alert_rule& r) {
  return r.comparison == alert_comparison::below ? std::min(a, b)
                                                 : std::max(a, b);
}

std::string number_text(double x) {
  // Whole numbers as such, others with as much as a person reads.
  char text[40];
  const auto rounded = std::abs(x) >= 10 || x == std::round(x)
                           ? std::round(x)
                           : std::round(x * 100) / 100;
  const auto end = std::to_chars(std::begin(text), std::end(text), rounded).ptr;
  return {std::begin(text), end};
}

/// What followed from it ends a little later than it does: as long as a
/// window still shows it.
std::chrono::seconds linger_of(const alert_rule& r) {
  constexpr std::chrono::seconds least{30};
  if (r.measure == alert_measure::increase)
    return std::max(least, r.window);
  if (r.measure == alert_measure::burn_rate)
    return std::max(least, r.window / short_share);
  return least;
}

bool same(const alert_labels& a, const alert_labels& b,
          const std::vector<std::string>& names) {
  return kept(a, names) == kept(b, names);
}

}  // namespace

std::string fingerprint(const std::string& rule, const alert_labels& labels) {
  std::string text = rule;
  for (const auto& [name, value] : labels)
    text.append(1, '\0').append(name).append(1, '\0').append(value);
  return to_hex(sha256({text})).substr(0, 16);
}

std::string fill(const std::string& text, const alert_labels& labels,
                 double value) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find('{', at);
    const auto close = text.find('}', open);
    if (open == std::string::npos || close == std::string::npos)
      return out + text.substr(at);
    out.append(text, at, open - at);
    const auto name = text.substr(open + 1, close - open - 1);
    const auto label = labels.find(name);
    if (name == "value")
      out += number_text(value);
    else
      out += label == labels.end() ? "?" : label->second;
    at = close + 1;
  }
  return out;
}

engine::engine(std::vector<alert_rule> rules) : rules_{std::move(rules)} {
  for (const auto& r : rules_) {
    auto& h = histories_.emplace_back();
    if (r.measure == alert_measure::increase ||
        r.measure == alert_measure::burn_rate)
      h.of.emplace(r.by, r.window);
    if (r.measure == alert_measure::burn_rate)
      h.total.emplace(r.by, r.window);
  }
}

std::vector<alert> engine::evaluate(
    const std::vector<prometheus::MetricFamily>& now, moment at,
    const cause_finder& cause) {
  const samples here{now};
  look(here, at.mono);
  std::vector<alert> changed;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto holding = breached(i, here, at);
    for (const auto& [labels, value] : holding)
      hold(i, labels, value, at, cause, changed);
    release(i, holding, at, changed);
  }
  mark_consequences(at.mono);
  for (auto& x : changed)
    for (const auto& [key, l] : lives_)
      if (l.shown.fingerprint == x.fingerprint) {
        x.inhibited_by = l.shown.inhibited_by;
        x.held_back = l.shown.held_back;
      }
  return changed;
}

void engine::look(const samples& now, monotonic t) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (auto& h = histories_[i].of)
      h->take(now.select(rules_[i].of), t);
    if (auto& h = histories_[i].total)
      h->take(now.select(rules_[i].total), t);
  }
}

engine::values engine::breached(std::size_t rule, const samples& now,
                                moment at) const {
  const auto& r = rules_[rule];
  values found;
  switch (r.measure) {
    case alert_measure::absent:
      if (now.select(r.of).empty())
        found[{}] = 1;
      return found;
    case alert_measure::increase:
      for (const auto& group : histories_[rule].of->groups())
        found[group] = histories_[rule].of->increase(group, r.window);
      break;
    case alert_measure::burn_rate:
      found = burning(rule);
      break;
    default:
      found = worst(r, now, at.wall);
  }
  std::erase_if(found, [&r](const auto& x) { return !exceeds(x.second, r); });
  return found;
}

engine::values engine::worst(const alert_rule& r, const samples& now,
                             timestamp wall) const {
  const auto gather = [&](const metric_selector& from, bool best) {
    values out;
    for (const auto& s : now.select(from)) {
      auto value = s.value;
      if (r.measure == alert_measure::age)
        value = std::chrono::duration<double>(wall.time_since_epoch()).count() -
                value;
      auto [it, fresh] = out.try_emplace(s.kept(r.by), value);
      if (!fresh)
        it->second =
            best ? std::max(it->second, value) : worse(it->second, value, r);
    }
    return out;
  };
  auto out = gather(r.of, false);
  if (r.measure != alert_measure::ratio)
    return out;
  const auto totals = gather(r.total, true);
  values ratios;
  for (const auto& [labels, part] : out)
    if (const auto total = totals.find(labels);
        total != totals.end() && total->second > 0)
      ratios[labels] = part / total->second;
  return ratios;
}

engine::values engine::burning(std::size_t rule) const {
  const auto& r = rules_[rule];
  const auto& h = histories_[rule];
  const auto rate = [&](const alert_labels& group, std::chrono::seconds w) {
    const auto total = h.total->increase(group, w);
    if (total <= 0)
      return 0.0;
    const auto share = h.of->increase(group, w) / total;
    return (r.good ? 1 - share : share) / (1 - r.objective);
  };
  values out;
  const auto brief = r.window / short_share;
  for (const auto& group : h.total->groups())
    if (h.total->increase(group, brief) >= r.least)
      out[group] = std::min(rate(group, r.window), rate(group, brief));
  return out;
}

void engine::hold(std::size_t rule, const alert_labels& labels, double value,
                  moment at, const cause_finder& cause,
                  std::vector<alert>& changed) {
  const auto& r = rules_[rule];
  auto [it, fresh] = lives_.try_emplace({rule, labels});
  auto& x = it->second;
  auto& a = x.shown;
  x.gone.reset();
  if (fresh || a.state == alert_state::resolved) {
    a = {};
    a.fingerprint = fingerprint(r.name, labels);
    a.rule = r.name;
    a.severity = r.severity;
    a.labels = labels;
    a.runbook = fill(r.runbook, labels, value);
    a.node = fill(r.node, labels, value);
    a.active_at = at.wall;
    x.since = at.mono;
    x.fires_since.reset();
  }
  a.value = value;
  a.summary = fill(r.summary, labels, value);
  if (a.state == alert_state::firing || at.mono - x.since < r.for_)
    return;
  a.state = alert_state::firing;
  a.firing_at = at.wall;
  x.fires_since = at.mono;
  a.cause = cause(r.name, labels);
  changed.push_back(a);
}

void engine::release(std::size_t rule, const values& holding, moment at,
                     std::vector<alert>& changed) {
  for (auto it = lives_.begin(); it != lives_.end();) {
    const bool concerned =
        it->first.first == rule && !holding.contains(it->first.second);
    if (concerned && let_go(it->second, rules_[rule], at, changed))
      it = lives_.erase(it);
    else
      ++it;
  }
}

// True for what is to be forgotten.
bool engine::let_go(life& x, const alert_rule& r, moment at,
                    std::vector<alert>& changed) const {
  auto& a = x.shown;
  if (a.state == alert_state::pending)
    return true;
  if (!x.gone)
    x.gone = at.mono;
  if (a.state == alert_state::resolved)
    return at.mono - *x.gone > shown_after_end;
  if (at.mono - *x.gone < r.keep)
    return false;
  a.state = alert_state::resolved;
  a.held_back = false;
  a.resolved_at = at.wall;
  changed.push_back(a);
  return false;
}

void engine::mark_consequences(monotonic now) {
  for (auto& [key, x] : lives_) {
    const auto& r = rules_[key.first];
    if (x.shown.state == alert_state::resolved)
      continue;
    x.shown.inhibited_by = cause_among_alerts(r, x, now);
    x.shown.held_back = x.fires_since && now - *x.fires_since < r.notify_after;
  }
}

std::string engine::cause_among_alerts(const alert_rule& r, const life& x,
                                       monotonic now) const {
  for (const auto& [key, other] : lives_) {
    const auto& cause = rules_[key.first];
    const auto equal = r.inhibited_by.find(cause.name);
    if (equal == r.inhibited_by.end() ||
        !same(x.shown.labels, other.shown.labels, equal->second))
      continue;
    // One that is about to fire is a cause as well.
    const bool over = other.shown.state == alert_state::resolved;
    const bool lingers = x.shown.inhibited_by == cause.name && other.gone &&
                         now - *other.gone < linger_of(r);
    if (!over || lingers)
      return cause.name;
  }
  return {};
}

std::vector<alert> engine::alerts() const {
  std::vector<alert> out;
  for (const auto& [key, x] : lives_)
    out.push_back(x.shown);
  const auto rank = [](const alert& x) {
    return std::pair{x.state == alert_state::firing    ? 0
                     : x.state == alert_state::pending ? 1
                                                       : 2,
                     -static_cast<int>(x.severity)};
  };
  std::ranges::stable_sort(out, {}, rank);
  return out;
}

}  // namespace closedpaw::monitoring::alerts
