#include "actors/monitoring/alerts/letters.hpp"

#include <algorithm>

#include "http/routes/inert_text.hpp"

namespace closedpaw::monitoring::alerts {

namespace {

/// RFC 3339.
std::string zulu(timestamp t) {
  return to_iso8601(t) + "Z";
}

bool fires(const alert& x) {
  return x.state == alert_state::firing;
}

json alertmanager_alert(const alert& x, timestamp now,
                        std::chrono::seconds valid_for) {
  const auto end = fires(x) ? now + valid_for : x.resolved_at.value_or(now);
  json labels = x.labels;
  labels["alertname"] = x.rule;
  labels["severity"] = to_string(x.severity);
  labels["source"] = "closedpaw";
  json notes{{"summary", x.summary}, {"runbook", x.runbook}};
  if (!x.cause.empty())
    notes["description"] = x.cause;
  return {
      {"labels", std::move(labels)},
      {"annotations", std::move(notes)},
      // It refuses what ends before it began, as after a clock was set back.
      {"startsAt", zulu(std::min(x.firing_at.value_or(x.active_at), end))},
      {"endsAt", zulu(end)}};
}

std::string line_of(const alert& x) {
  std::string word{fires(x) ? to_string(x.severity) : "resolved"};
  std::ranges::transform(word, word.begin(), [](unsigned char c) {
    return static_cast<char>(std::toupper(c));
  });
  auto out = "[" + word + "] " + x.rule + ": " + x.summary;
  if (fires(x) && !x.cause.empty())
    out += "\n  " + x.cause;
  return out;
}

std::string escape_slack(std::string_view text) {
  std::string out;
  for (const char c : text)
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  return out;
}

}  // namespace

std::string alertmanager_body(const notification& x, timestamp now,
                              std::chrono::seconds valid_for) {
  auto out = json::array();
  for (const auto& a : x.alerts)
    out.push_back(alertmanager_alert(a, now, valid_for));
  // Always there: whoever no longer hears of it knows that we are gone.
  alert watchdog;
  watchdog.rule = "Watchdog";
  watchdog.severity = alert_severity::info;
  watchdog.state = alert_state::firing;
  watchdog.summary = "the daemon evaluates its alerts";
  watchdog.active_at = now;
  out.push_back(alertmanager_alert(watchdog, now, valid_for));
  return dump(out);
}

std::string webhook_body(const notification& x, const std::string& receiver,
                         timestamp now) {
  auto alerts = json::array();
  for (const auto& a : x.alerts)
    alerts.push_back(to_json(a));
  const bool any = std::ranges::any_of(x.alerts, fires);
  return dump({{"version", 1},
               {"source", "closedpaw"},
               {"receiver", receiver},
               {"status", any ? "firing" : "resolved"},
               {"sent_at", to_iso8601(now)},
               {"alerts", std::move(alerts)}});
}

std::string slack_body(const notification& x) {
  return dump({{"text", escape_slack(plain_text(x))}});
}

std::string plain_text(const notification& x) {
  std::string out;
  for (const auto& a : x.alerts) {
    if (!out.empty())
      out += '\n';
    auto text = line_of(a);
    // Line by line: what comes from elsewhere must not begin one of its own.
    const auto cut = text.find("\n  ");
    out += http::inert(text.substr(0, cut));
    if (cut != std::string::npos)
      out += "\n  " + http::inert(text.substr(cut + 3));
  }
  return out;
}

}  // namespace closedpaw::monitoring::alerts
