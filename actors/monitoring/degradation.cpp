#include "actors/monitoring/degradation.hpp"

namespace closedpaw::monitoring {

namespace {

using causes = std::vector<std::string>;

bool is_trouble(node_state s) {
  return s == node_state::backoff || s == node_state::hung ||
         s == node_state::failed || s == node_state::recovering;
}

void look_at_nodes(const node_snapshot& n, causes& out) {
  if (is_trouble(n.state)) {
    auto text = n.path + " is " + std::string{to_string(n.state)} + " since " +
                to_iso8601(n.state_since);
    if (n.last_exit)
      text += ": " + n.last_exit->reason;
    if (n.next_attempt)
      text += "; next attempt " + to_iso8601(*n.next_attempt);
    out.push_back(std::move(text));
  }
  for (const auto& c : n.children)
    look_at_nodes(c, out);
}

void look_at_provider(const provider_view& p, timestamp now, causes& out) {
  if (!p.enabled)
    return;
  if (p.last_error) {
    auto text = "provider " + p.name + " fails: " + p.last_error->message;
    if (p.last_success)
      text += "; last success " + to_iso8601(*p.last_success);
    else
      text += "; it never answered";
    out.push_back(std::move(text));
  } else if (!p.last_success) {
    out.push_back("provider " + p.name + " has not answered yet");
  } else if (now - *p.last_success > p.freshness) {
    out.push_back("provider " + p.name + " has not answered since " +
                  to_iso8601(*p.last_success));
  }
}

bool is_trouble(channel_state s) {
  return s != channel_state::connected && s != channel_state::quiet &&
         s != channel_state::stopped;
}

/// One sentence for each that is to run and does not work; for those that have
/// lost their service, one for all: that is the network, or the machine slept.
void look_at_channels(const channel_places& places, timestamp now,
                      causes& out) {
  causes cut_off;
  std::string names;
  for (const auto& place : places) {
    const auto view = place.view->get();
    const auto verdict = judge(place, now);
    if (!is_trouble(verdict.state))
      continue;
    auto text = "channel " + place.name + " is " +
                std::string{to_string(verdict.state)};
    if (verdict.since)
      text += " since " + to_iso8601(*verdict.since);
    text += ": " + verdict.why;
    const auto& lost = view->receiving;
    if (!lost || lost->why.code != errc::unreachable) {
      out.push_back(std::move(text));
      continue;
    }
    cut_off.push_back(std::move(text));
    names += (names.empty() ? "" : ", ") + place.name;
  }
  if (cut_off.size() > 1)
    out.push_back(std::to_string(cut_off.size()) +
                  " channels do not reach their services (" + names +
                  "); the first: " + cut_off.front());
  else if (!cut_off.empty())
    out.push_back(std::move(cut_off.front()));
}

void look_at_shippers(const live_state& live, causes& out) {
  for (const auto& place : live.shippers) {
    const auto x = place->get();
    if (!x->trouble.empty())
      out.push_back("shipper " + x->name + " does not get on since " +
                    to_iso8601(x->trouble_since.value_or(timestamp{})) + ": " +
                    x->trouble + "; " +
                    std::to_string(events_behind(*x, live.log_size.load())) +
                    " events wait");
    if (!x->metrics_trouble.empty())
      out.push_back(
          "shipper " + x->name +
          " does not get metrics to its target: " + x->metrics_trouble);
  }
}

void look_at_agents(const isolation_report& x, causes& out) {
  // Empty until the first trial has ended.
  if (!x.chosen.empty() || x.runtimes.empty())
    return;
  std::string text =
      "no isolation works here, so no agent starts and no skill "
      "runs";
  for (const auto& r : x.runtimes)
    text += "; " + r.name + ": " + (r.installed ? r.why_not : "not installed");
  out.push_back(std::move(text));
}

}  // namespace

std::vector<std::string> degraded_because(const live_state& live,
                                          const node_snapshot& root,
                                          timestamp now) {
  causes out;
  if (const auto mode = live.mode.get(); mode->mode != operating_mode::normal)
    out.push_back("nothing new is begun: " + explain(*mode));
  if (auto storage = live.storage.get(); storage->refusing)
    out.push_back("the audit log refuses: " + storage->refusing->message);
  if (const auto found = live.verification.get(); !found->damage.empty())
    out.push_back("the audit log is damaged: " + found->damage);
  if (const auto vault = live.vault.get(); vault->locked)
    out.push_back("the vault is locked since " + to_iso8601(vault->since) +
                  ": " + vault->why);
  const auto anchor = live.anchor.get();
  if (!anchor->file_trouble.empty())
    out.push_back("the audit log's heads are not anchored: " +
                  anchor->file_trouble);
  if (!anchor->webhook_trouble.empty())
    out.push_back("the audit log's heads do not reach their webhook: " +
                  anchor->webhook_trouble);
  look_at_nodes(root, out);
  const auto providers = live.providers.get();
  for (const auto& p : *providers)
    look_at_provider(*p->get(), now, out);
  look_at_channels(*live.channels.get(), now, out);
  look_at_agents(live.agents.get()->isolation, out);
  look_at_shippers(live, out);
  for (const auto& why : live.notices)
    out.push_back(why);
  return out;
}

}  // namespace closedpaw::monitoring
