#include "actors/monitoring/alerts/causes.hpp"

#include <algorithm>

namespace closedpaw::monitoring::alerts {

namespace {

std::string of_node(const node_snapshot* n) {
  if (!n)
    return {};
  std::string out;
  if (n->last_exit)
    out = n->last_exit->reason;
  if (n->last_exchange && !n->last_exchange->ok)
    out += (out.empty() ? "" : "; ") + n->last_exchange->detail;
  return out;
}

std::string of_provider(const live_state& live, const std::string& name) {
  const auto all = live.providers.get();
  for (const auto& place : *all)
    if (const auto p = place->get(); p->name == name && p->last_error)
      return p->last_error->message;
  return {};
}

std::string of_channel(const live_state& live, const std::string& name) {
  const auto all = live.channels.get();
  for (const auto& place : *all) {
    if (place.name != name)
      continue;
    if (auto why = judge(place, live.now()).why; !why.empty())
      return why;
    const auto view = place.view->get();
    for (const auto* part : {&view->sending, &view->recording})
      if (*part)
        return (*part)->why.message;
  }
  return {};
}

}  // namespace

std::string cause_of(const live_state& live, const node_snapshot& root,
                     const std::string& rule, const alert_labels& labels) {
  const auto label = [&labels](const char* name) -> const std::string* {
    const auto it = labels.find(name);
    return it == labels.end() ? nullptr : &it->second;
  };
  // It names its node as well.
  if (const auto* where = label("where")) {
    const auto anchor = live.anchor.get();
    return *where == "file" ? anchor->file_trouble : anchor->webhook_trouble;
  }
  if (const auto* path = label("path"))
    return of_node(find_node(root, *path));
  if (const auto* provider = label("provider"))
    return of_provider(live, *provider);
  if (const auto* channel = label("channel"))
    return of_channel(live, *channel);
  if (const auto* receiver = label("receiver")) {
    const auto all = live.receivers.get();
    const auto it = std::ranges::find(*all, *receiver, &receiver_view::name);
    return it == all->end() ? std::string{} : it->trouble;
  }
  if (const auto* shipper = label("shipper")) {
    for (const auto& place : live.shippers)
      if (const auto x = place->get(); x->name == *shipper)
        return x->trouble.empty() ? x->metrics_trouble : x->trouble;
    return {};
  }
  if (label("mode"))
    return explain(*live.mode.get());
  if (rule == "NetworkLost") {
    const auto all = live.channels.get();
    for (const auto& place : *all)
      if (auto why = of_channel(live, place.name); !why.empty())
        return place.name + ": " + why;
  }
  if (rule == "VaultLocked")
    return live.vault.get()->why;
  if (rule == "AuditDamaged")
    return live.verification.get()->damage;
  if (const auto storage = live.storage.get();
      storage->refusing && rule.starts_with("Audit"))
    return storage->refusing->message;
  return {};
}

}  // namespace closedpaw::monitoring::alerts
