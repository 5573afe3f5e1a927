#include "messages/model/supervision.hpp"

#include <algorithm>

#include "messages/model/json_writer.hpp"

namespace closedpaw {

namespace {

void write_time(json_writer& w, std::string_view key,
                const std::optional<timestamp>& t) {
  if (t)
    w.text(key, to_iso8601(*t));
  else
    w.null(key);
}

void write_text_or_null(json_writer& w, std::string_view key,
                        const std::string& text) {
  if (text.empty())
    w.null(key);
  else
    w.text(key, text);
}

void write_exit(json_writer& w, const std::optional<exit_record>& x) {
  if (!x)
    return w.null("last_exit");
  w.object("last_exit", [&](json_writer& inner) {
    inner.text("reason", x->reason);
    inner.text("at", to_iso8601(x->at));
  });
}

void write_exchange(json_writer& w, const std::optional<exchange_record>& x) {
  if (!x)
    return w.null("last_exchange");
  w.object("last_exchange", [&](json_writer& inner) {
    inner.text("at", to_iso8601(x->at));
    inner.value("ok", x->ok);
    inner.text("detail", x->detail);
  });
}

void write_seconds(json_writer& w, std::string_view key,
                   std::chrono::milliseconds x) {
  auto digits = std::to_string(1'000 + x.count() % 1'000).substr(1);
  while (digits.size() > 1 && digits.back() == '0')
    digits.pop_back();
  w.value(key,
          json_text::trusted(std::to_string(x.count() / 1'000) + '.' + digits));
}

}  // namespace

std::string_view to_string(node_state x) {
  switch (x) {
    case node_state::starting:
      return "starting";
    case node_state::running:
      return "running";
    case node_state::recovering:
      return "recovering";
    case node_state::backoff:
      return "backoff";
    case node_state::hung:
      return "hung";
    case node_state::failed:
      return "failed";
    case node_state::stopping:
      return "stopping";
    case node_state::stopped:
      return "stopped";
  }
  return "unknown";
}

std::string_view to_string(node_type x) {
  return x == node_type::supervisor ? "supervisor" : "worker";
}

std::string_view to_string(restart_strategy x) {
  switch (x) {
    case restart_strategy::one_for_one:
      return "one_for_one";
    case restart_strategy::one_for_all:
      return "one_for_all";
    case restart_strategy::rest_for_one:
      return "rest_for_one";
  }
  return "unknown";
}

std::string_view to_string(restart_kind x) {
  switch (x) {
    case restart_kind::permanent:
      return "permanent";
    case restart_kind::transient:
      return "transient";
    case restart_kind::temporary:
      return "temporary";
  }
  return "unknown";
}

std::string_view to_string(fault_kind x) {
  switch (x) {
    case fault_kind::throw_:
      return "throw";
    case fault_kind::hang:
      return "hang";
    case fault_kind::exit:
      return "exit";
  }
  return "unknown";
}

std::optional<fault_kind> parse_fault_kind(std::string_view text) {
  for (auto kind : {fault_kind::throw_, fault_kind::hang, fault_kind::exit})
    if (to_string(kind) == text)
      return kind;
  return std::nullopt;
}

namespace {

void append_alert(std::string& out, const alert& x) {
  json_writer w{out};
  w.text("rule", x.rule);
  w.text("severity", to_string(x.severity));
  write_time(w, "since", x.firing_at);
  w.text("summary", x.summary);
  write_text_or_null(w, "cause", x.cause);
  w.text("runbook", x.runbook);
  write_text_or_null(w, "silenced_by", x.silenced_by);
  write_text_or_null(w, "inhibited_by", x.inhibited_by);
  w.end();
}

/// The node of the path, or the one nearest to it.
node_snapshot& nearest(node_snapshot& root, const std::string& path) {
  auto* at = &root;
  for (;;) {
    const auto below =
        std::ranges::find_if(at->children, [&path](const node_snapshot& child) {
          return path == child.path || path.starts_with(child.path + '/');
        });
    if (below == at->children.end())
      return *at;
    at = &*below;
  }
}

}  // namespace

node_snapshot with_alerts(node_snapshot root, const std::vector<alert>& all) {
  for (const auto& x : all)
    if (x.state == alert_state::firing)
      nearest(root, x.node).alerts.push_back(x);
  return root;
}

namespace {

void append_node(std::string& out, const node_snapshot& n) {
  json_writer w{out};
  w.text("id", n.id);
  w.text("path", n.path);
  w.text("type", to_string(n.type));
  w.text("state", to_string(n.state));
  w.text("state_since", to_iso8601(n.state_since));
  w.text("restart", to_string(n.restart));
  if (n.strategy)
    w.text("strategy", to_string(*n.strategy));
  else
    w.null("strategy");
  w.object("intensity", [&](json_writer& inner) {
    inner.value("used", n.intensity.used);
    inner.value("limit", n.intensity.limit);
    write_seconds(inner, "period_s", n.intensity.period);
  });
  w.value("restarts", n.restarts);
  w.value("ineffective_restarts", n.ineffective_restarts);
  w.value("incarnation", n.incarnation);
  write_exit(w, n.last_exit);
  write_time(w, "next_attempt", n.next_attempt);
  if (n.last_recovery)
    w.value("last_recovery_ms", n.last_recovery->count());
  else
    w.null("last_recovery_ms");
  write_seconds(w, "uptime_s", n.uptime);
  w.object("mailbox", [&](json_writer& inner) {
    inner.value("depth", n.mailbox.depth);
    inner.value("oldest_ms", n.mailbox.oldest.count());
  });
  w.value("messages", n.messages);
  w.value("busy_ms", n.busy.count());
  w.value("handler_ms", n.handler.count());
  write_exchange(w, n.last_exchange);
  w.array("alerts", n.alerts, append_alert);
  w.array("children", n.children, append_node);
  w.end();
}

}  // namespace

json_text to_json(const node_snapshot& n) {
  std::string out;
  append_node(out, n);
  return json_text::trusted(std::move(out));
}

const node_snapshot* find_node(const node_snapshot& root,
                               std::string_view path) {
  if (root.path == path)
    return &root;
  for (const auto& child : root.children)
    if (const auto* found = find_node(child, path))
      return found;
  return nullptr;
}

}  // namespace closedpaw
