#include "messages/model/supervision.hpp"

#include <algorithm>

namespace closedpaw {

namespace {

json time_or_null(const std::optional<timestamp>& t) {
  return t ? json(to_iso8601(*t)) : json();
}

json exit_json(const std::optional<exit_record>& x) {
  if (!x)
    return nullptr;
  return {{"reason", x->reason}, {"at", to_iso8601(x->at)}};
}

json exchange_json(const std::optional<exchange_record>& x) {
  if (!x)
    return nullptr;
  return {{"at", to_iso8601(x->at)}, {"ok", x->ok}, {"detail", x->detail}};
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

json alert_json(const alert& x) {
  return {{"rule", x.rule},
          {"severity", to_string(x.severity)},
          {"since", time_or_null(x.firing_at)},
          {"summary", x.summary},
          {"cause", text_or_null(x.cause)},
          {"runbook", x.runbook},
          {"silenced_by", text_or_null(x.silenced_by)},
          {"inhibited_by", text_or_null(x.inhibited_by)}};
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

json to_json(const node_snapshot& n) {
  json out = {
      {"id", n.id},
      {"path", n.path},
      {"type", to_string(n.type)},
      {"state", to_string(n.state)},
      {"state_since", to_iso8601(n.state_since)},
      {"restart", to_string(n.restart)},
      {"strategy", n.strategy ? json(to_string(*n.strategy)) : json()},
      {"intensity",
       {{"used", n.intensity.used},
        {"limit", n.intensity.limit},
        {"period_s", n.intensity.period.count() / 1000.0}}},
      {"restarts", n.restarts},
      {"ineffective_restarts", n.ineffective_restarts},
      {"incarnation", n.incarnation},
      {"last_exit", exit_json(n.last_exit)},
      {"next_attempt", time_or_null(n.next_attempt)},
      {"last_recovery_ms",
       n.last_recovery ? json(n.last_recovery->count()) : json()},
      {"uptime_s", n.uptime.count() / 1000.0},
      {"mailbox",
       {{"depth", n.mailbox.depth}, {"oldest_ms", n.mailbox.oldest.count()}}},
      {"messages", n.messages},
      {"busy_ms", n.busy.count()},
      {"handler_ms", n.handler.count()},
      {"last_exchange", exchange_json(n.last_exchange)},
      {"alerts", json::array()},
      {"children", json::array()},
  };
  for (const auto& x : n.alerts)
    out["alerts"].push_back(alert_json(x));
  for (const auto& child : n.children)
    out["children"].push_back(to_json(child));
  return out;
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
