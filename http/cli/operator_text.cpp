#include "http/cli/operator_text.hpp"

#include <vector>

#include "http/routes/inert_text.hpp"

namespace closedpaw::cli {

namespace {

/// So that providers and channels still fit on the first screen.
constexpr std::size_t most_causes = 6;
constexpr std::size_t most_alerts = 4;

std::string text_at(const json& x, const char* key) {
  const auto it = x.find(key);
  return it != x.end() && it->is_string()
             ? http::inert(it->get_ref<const std::string&>())
             : std::string{};
}

const json& list_at(const json& x, const char* key) {
  static const json none = json::array();
  const auto it = x.find(key);
  return it != x.end() && it->is_array() ? *it : none;
}

std::string since_text(const json& x, const char* key, timestamp now) {
  const auto t = parse_iso8601(text_at(x, key));
  return t ? age_text(now - *t) : std::string{"?"};
}

std::string padded(std::string text, std::size_t width) {
  const auto n = http::text_width(text);
  if (n < width)
    text.append(width - n, ' ');
  return text;
}

void add_alert(const json& a, timestamp now, std::string& out) {
  const auto state = text_at(a, "state");
  const auto* key = state == "resolved" ? "resolved_at"
                    : state == "firing" ? "firing_at"
                                        : "active_at";
  out += "  " + padded(state == "firing" ? text_at(a, "severity") : state, 9) +
         padded(text_at(a, "rule"), 20) + padded(since_text(a, key, now), 8) +
         text_at(a, "summary");
  if (const auto by = text_at(a, "inhibited_by"); !by.empty())
    out += " (follows from " + by + ")";
  if (!text_at(a, "silenced_by").empty())
    out += " (silenced)";
  out += '\n';
}

std::string firing_line(const json& alerts) {
  std::size_t firing = 0;
  std::size_t pending = 0;
  for (const auto& a : list_at(alerts, "alerts")) {
    firing += text_at(a, "state") == "firing" ? 1 : 0;
    pending += text_at(a, "state") == "pending" ? 1 : 0;
  }
  return std::to_string(firing) + " firing, " + std::to_string(pending) +
         " pending";
}

/// Those that somebody is told of, by name: the rest follows from them.
void add_firing(const json& alerts, timestamp now, std::string& out) {
  std::size_t shown = 0;
  std::size_t more = 0;
  for (const auto& a : list_at(alerts, "alerts")) {
    if (text_at(a, "state") != "firing" || !text_at(a, "inhibited_by").empty())
      continue;
    if (++shown <= most_alerts)
      add_alert(a, now, out);
    else
      ++more;
  }
  if (more > 0)
    out += "  … and " + std::to_string(more) + " more: closedpaw alerts\n";
}

void add_causes(const json& causes, std::string& out) {
  for (std::size_t i = 0; i < causes.size() && i < most_causes; ++i)
    if (causes[i].is_string())
      out +=
          "  ! " + http::inert(causes[i].get_ref<const std::string&>()) + "\n";
  if (causes.size() > most_causes)
    out += "  … and " + std::to_string(causes.size() - most_causes) +
           " more: GET /api/status\n";
}

void add_parts(const json& status, const char* key, const char* title,
               std::string& out) {
  const auto it = status.find(key);
  if (it == status.end() || !it->is_object())
    return;
  out += title;
  bool first = true;
  for (const auto& [name, x] : it->items()) {
    out += (first ? "" : ", ") + http::inert(name) + " " + text_at(x, "state");
    first = false;
  }
  out += first ? "none\n" : "\n";
}

}  // namespace

std::string age_text(std::chrono::microseconds x) {
  using namespace std::chrono;
  const auto s = std::max<std::int64_t>(floor<seconds>(x).count(), 0);
  if (s < 120)
    return std::to_string(s) + " s";
  if (s < 7'200)
    return std::to_string(s / 60) + " min";
  return s < 172'800 ? std::to_string(s / 3600) + " h"
                     : std::to_string(s / 86400) + " d";
}

std::string status_text(const json& status, const json& alerts, timestamp now) {
  const auto& causes = list_at(status, "degraded_because");
  std::string out;
  if (const auto mode = text_at(status, "mode");
      !mode.empty() && mode != "normal")
    out = mode == "panic" ? "PANIC: nothing acts. " : "DRAINING. ";
  out += causes.empty() ? std::string{"works"}
                        : "DEGRADED by " + std::to_string(causes.size()) +
                              (causes.size() == 1 ? " cause" : " causes");
  out += ", version " + text_at(status, "version") + ", up " +
         since_text(status, "started_at", now) + "\n";
  add_causes(causes, out);
  out += "alerts:    " + firing_line(alerts) + "\n";
  add_firing(alerts, now, out);
  add_parts(status, "providers", "providers: ", out);
  add_parts(status, "channels", "channels:  ", out);
  if (const auto it = status.find("shippers");
      it != status.end() && !it->empty())
    add_parts(status, "shippers", "shippers:  ", out);
  const auto count = [&status](const char* key) {
    const auto it = status.find(key);
    return it != status.end() && it->is_number_integer()
               ? std::to_string(it->get<std::int64_t>())
               : std::string{"?"};
  };
  out += "actions:   " + count("pending_actions") + " wait for approval, " +
         count("executing_actions") + " are executed\n";
  out += "audit:     " + text_at(status, "durability") + ", " +
         text_at(status, "durability_note") + "\n";
  return out;
}

std::string alerts_text(const json& alerts, timestamp now) {
  std::string out = firing_line(alerts) + "\n";
  for (const auto& a : list_at(alerts, "alerts")) {
    add_alert(a, now, out);
    if (text_at(a, "state") == "resolved")
      continue;
    if (const auto cause = text_at(a, "cause"); !cause.empty())
      out += "            " + cause + "\n";
    out += "            -> " + text_at(a, "runbook") + "\n";
  }
  for (const auto& s : list_at(alerts, "silences"))
    out += "silence " + text_at(s, "id") + " until " + text_at(s, "ends_at") +
           " by " + text_at(s, "created_by") + ": " + text_at(s, "comment") +
           "\n";
  for (const auto& r : list_at(alerts, "receivers"))
    if (const auto why = text_at(r, "trouble"); !why.empty())
      out += "receiver " + text_at(r, "name") + " fails: " + why + "\n";
  return out;
}

}  // namespace closedpaw::cli
