#include <algorithm>
#include <array>
#include <vector>

#include "http/routes/inert_text.hpp"
#include "http/routes/tree_formats.hpp"

namespace closedpaw::http {

namespace {

constexpr std::size_t columns = 7;
using table_row = std::array<std::string, columns>;

std::string short_time(timestamp t) {
  return to_iso8601(t).substr(0, 19) + "Z";
}

std::string span_text(std::chrono::milliseconds span) {
  using namespace std::chrono;
  const auto s = duration_cast<seconds>(span).count();
  if (s >= 2L * 86400)
    return std::to_string(s / 86400) + "d";
  if (s >= 2L * 3600)
    return std::to_string(s / 3600) + "h";
  if (s >= 120)
    return std::to_string(s / 60) + "m";
  return s >= 1 ? std::to_string(s) + "s" : std::to_string(span.count()) + "ms";
}

std::string since_text(timestamp since, timestamp now) {
  using std::chrono::milliseconds;
  const auto age = std::chrono::duration_cast<milliseconds>(now - since);
  return span_text(std::max(age, milliseconds{0}));
}

std::string restarts_text(const node_snapshot& n) {
  auto text = std::to_string(n.restarts);
  if (n.intensity.used > 0)
    text += " (" + std::to_string(n.intensity.used) + " of " +
            std::to_string(n.intensity.limit) + ")";
  if (n.ineffective_restarts > 0)
    text += ", " + std::to_string(n.ineffective_restarts) + " in vain";
  return text;
}

std::string mailbox_text(const node_snapshot& n) {
  auto text = std::to_string(n.mailbox.depth);
  if (n.mailbox.depth > 0)
    text += ", oldest " + span_text(n.mailbox.oldest);
  return text;
}

std::string exit_text(const node_snapshot& n) {
  if (!n.last_exit)
    return "-";
  return short_time(n.last_exit->at) + " " + inert(n.last_exit->reason);
}

std::string mark_of(const node_snapshot& n) {
  if (is_broken(n) || !std::ranges::all_of(n.alerts, &alert::quiet))
    return "!! ";
  return n.alerts.empty() ? "   " : " ! ";
}

void add_rows(std::vector<table_row>& rows, const node_snapshot& n,
              const std::string& branch, const std::string& indent,
              timestamp now) {
  rows.push_back(
      {branch + inert(n.id), mark_of(n) + std::string{to_string(n.state)},
       since_text(n.state_since, now), restarts_text(n), mailbox_text(n),
       n.next_attempt ? short_time(*n.next_attempt) : "-", exit_text(n)});
  for (const auto& child : n.children) {
    const bool last = &child == &n.children.back();
    add_rows(rows, child, indent + (last ? "└─ " : "├─ "),
             indent + (last ? "   " : "│  "), now);
  }
}

void add_alert(std::string& out, const node_snapshot& n, const alert& x,
               timestamp now) {
  // Many name it themselves.
  const bool named = x.summary.starts_with(n.path + ' ');
  out += (x.quiet() ? " ! " : "!! ") + (named ? "" : inert(n.path) + ": ") +
         inert(x.summary) + " (" + x.rule + ") for " +
         since_text(x.firing_at.value_or(x.active_at), now);
  if (!x.cause.empty())
    out += ": " + inert(x.cause);
  if (!x.silenced_by.empty())
    out += "; silenced";
  else if (!x.inhibited_by.empty())
    out += "; follows from " + inert(x.inhibited_by);
  out += '\n';
}

struct tree_counts {
  std::size_t broken = 0;
  std::size_t alerts = 0;
  std::size_t all = 0;
};

void add_causes(std::string& out, tree_counts& counts, const node_snapshot& n,
                timestamp now) {
  ++counts.all;
  counts.alerts += n.alerts.size();
  if (is_broken(n)) {
    ++counts.broken;
    out += "!! " + inert(n.path) + " is " + std::string{to_string(n.state)} +
           " for " + since_text(n.state_since, now);
    if (n.last_exit)
      out += ": " + inert(n.last_exit->reason);
    if (n.next_attempt)
      out += "; next attempt " + short_time(*n.next_attempt);
    out += '\n';
  }
  for (const auto& x : n.alerts)
    add_alert(out, n, x, now);
  for (const auto& child : n.children)
    add_causes(out, counts, child, now);
}

std::string table_text(const std::vector<table_row>& rows) {
  std::array<std::size_t, columns> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], text_width(row[i]));
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < columns; ++i)
      out += row[i] + std::string(widths[i] - text_width(row[i]) + 2, ' ');
    out += row.back() + '\n';
  }
  return out;
}

}  // namespace

bool is_broken(const node_snapshot& node) {
  switch (node.state) {
    case node_state::recovering:
    case node_state::backoff:
    case node_state::hung:
    case node_state::failed:
      return true;
    case node_state::starting:
    case node_state::running:
    case node_state::stopping:
    case node_state::stopped:
      return false;
  }
  return true;
}

std::string tree_text(const node_snapshot& root, timestamp now) {
  std::string causes;
  tree_counts counts;
  add_causes(causes, counts, root, now);
  std::vector<table_row> rows{{"NODE", "   STATE", "FOR", "RESTARTS", "MAILBOX",
                               "NEXT ATTEMPT", "LAST EXIT"}};
  add_rows(rows, root, "", "", now);
  const auto alerts =
      counts.alerts == 0 ? "" : ", alerts: " + std::to_string(counts.alerts);
  return short_time(now) + "  " + std::to_string(counts.broken) + " of " +
         std::to_string(counts.all) + " nodes broken" + alerts + "\n" + causes +
         "\n" + table_text(rows);
}

}  // namespace closedpaw::http
