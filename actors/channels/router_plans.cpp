#include <algorithm>

#include "actors/channels/policy/pairing.hpp"
#include "actors/channels/policy/records.hpp"
#include "actors/channels/router_state.hpp"
#include "config/registered_channel.hpp"

namespace closedpaw::channels {

namespace {

failure no_such_channel() {
  return {errc::not_found, "Channel not found", {}, {}};
}

json stored_row(const register_channel& c) {
  json row{{"type", c.type}};
  if (c.base_url && !c.base_url->empty())
    row["base_url"] = *c.base_url;
  if (c.open)
    row["open"] = *c.open;
  return row;
}

json shown_settings(const config::channel_settings& c) {
  return {{"type", c.type},
          {"base_url", c.base_url},
          {"open", c.open},
          {"enabled", c.enabled}};
}

json shown_user(const channel_access& access, const std::string& id) {
  const auto it = access.users.find(id);
  if (it == access.users.end())
    return {};
  return {{"name", it->second.name}, {"approves", it->second.approves}};
}

json user_row(const std::string& id, const channel_user& user) {
  auto row = to_json(user);
  row["id"] = id;
  return row;
}

/// One of the file is only given its secrets, and users.
bool changes_settings(const register_channel& c,
                      const config::channel_settings& known) {
  return c.type != known.type ||
         (c.base_url && !c.base_url->empty() &&
          *c.base_url != known.base_url) ||
         (c.open && *c.open != known.open) || c.enabled != known.enabled;
}

}  // namespace

result<config::channel_settings> router_state::registered_form(
    const register_channel& c) const {
  const auto* known = find_channel(table_, c.name);
  if (!known || known->settings.registered) {
    auto made = config::registered_channel(c.name, stored_row(c));
    if (made)
      made->enabled = c.enabled;
    return made;
  }
  if (changes_settings(c, known->settings))
    return failure{errc::conflict,
                   "channel " + c.name +
                       " is in the configuration file; change it there and "
                       "restart (a registration of the same type stores its "
                       "token and binds users)",
                   {},
                   {}};
  return known->settings;
}

// What redirects data is audited before and after; a token that was meant for
// another address does not follow to the new one.
result<router_state::planned<std::string>> router_state::plan_registration(
    const registration& r) {
  const auto& c = r.asked.command;
  const auto& who = r.asked.context;
  const auto* known = find_channel(table_, c.name);
  change out;
  auto& unit = out.unit;
  const bool moved = known && (known->settings.type != r.wanted.type ||
                               known->settings.base_url != r.wanted.base_url);
  json after = shown_settings(r.wanted);
  after["secrets"] = !r.sealed.empty() ? "set"
                     : moved           ? "discarded"
                     : known           ? "unchanged"
                                       : "none";
  unit.events.push_back(change_event(
      "channels." + c.name, known ? shown_settings(known->settings) : json(),
      after, who.peer, who.request_id, args_.now()));
  if (r.wanted.registered) {
    unit.registry.push_back({registration_key(c.name), stored_row(c)});
    unit.registry.push_back({switch_key(c.name), json(c.enabled)});
  }
  auto old = args_.stored(std::string{vault_prefix} + secret_name(c.name, {}));
  if (!old)
    return old.error();
  if (moved || !known)
    for (const auto& [key, row] : *old)
      unit.registry.push_back({key, std::nullopt});
  // With it the account would stay the old one.
  if (r.sealed.contains("password") && !r.sealed.contains("token"))
    unit.registry.push_back(
        {std::string{vault_prefix} + secret_name(c.name, "token"),
         std::nullopt});
  // Where it had got to, and whom it owes, was another service's.
  if (moved)
    for (const auto& prefix : {cursor_key(c.name), seen_prefix(c.name),
                               outbox_prefix(c.name), turns_prefix(c.name)}) {
      auto rows = args_.stored(prefix);
      if (!rows)
        return rows.error();
      for (const auto& [key, row] : *rows)
        if (key == prefix || prefix.ends_with('/'))
          unit.registry.push_back({key, std::nullopt});
    }
  for (const auto& [secret, sealed] : r.sealed)
    unit.registry.push_back(
        {std::string{vault_prefix} + secret_name(c.name, secret),
         json(sealed)});
  for (const auto& id : c.allowed_users) {
    const channel_user user{{}, false, false, args_.now()};
    if (known && known->access.users.contains(id))
      continue;
    unit.registry.push_back({user_key(c.name, id), user_row(id, user)});
    unit.events.push_back(change_event("channels." + c.name + ".users." + id,
                                       json(), user_row(id, user), who.peer,
                                       who.request_id, args_.now()));
  }
  out.renewed = {c.name};
  return planned<std::string>{std::move(out), c.name};
}

result<router_state::planned<std::string>> router_state::plan_removal(
    const ask<remove_channel>& q) {
  const auto& which = q.command.name;
  const auto* known = find_channel(table_, which);
  if (!known)
    return no_such_channel();
  if (!known->settings.registered)
    return failure{errc::conflict,
                   "channel " + which +
                       " is in the configuration file; remove it there and "
                       "restart",
                   {},
                   {}};
  change out;
  out.unit.events.push_back(
      change_event("channels." + which, shown_settings(known->settings), json(),
                   q.context.peer, q.context.request_id, args_.now()));
  out.unit.registry.push_back({registration_key(which), std::nullopt});
  out.unit.registry.push_back({switch_key(which), std::nullopt});
  out.unit.registry.push_back({cursor_key(which), std::nullopt});
  for (const auto& prefix :
       {users_prefix(which), pairings_prefix(which), seen_prefix(which),
        outbox_prefix(which), turns_prefix(which),
        std::string{vault_prefix} + secret_name(which, {})}) {
    auto rows = args_.stored(prefix);
    if (!rows)
      return rows.error();
    for (const auto& [key, row] : *rows)
      out.unit.registry.push_back({key, std::nullopt});
  }
  return planned<std::string>{std::move(out), which};
}

result<router_state::planned<std::uint32_t>> router_state::plan_switch(
    const ask<switch_channels>& q) {
  const auto& c = q.command;
  if (c.name && !find_channel(table_, *c.name))
    return no_such_channel();
  change out;
  std::uint32_t concerned = 0;
  for (const auto& x : table_) {
    const auto& s = x.settings;
    if (c.name && s.name != *c.name)
      continue;
    ++concerned;
    out.unit.events.push_back(change_event(
        "channels." + s.name + ".enabled", json(s.enabled), json(c.started),
        q.context.peer, q.context.request_id, args_.now()));
    out.unit.registry.push_back({switch_key(s.name), json(c.started)});
    // A start of what was held back, or has failed, is a start; one that runs
    // is left alone.
    if (c.started && !(s.enabled && args_.is_running(s.name)))
      out.renewed.push_back(s.name);
  }
  return planned<std::uint32_t>{std::move(out), concerned};
}

result<router_state::planned<std::string>> router_state::plan_binding(
    const ask<bind_channel_user>& q) {
  const auto& c = q.command;
  const auto* known = find_channel(table_, c.channel);
  if (!known)
    return no_such_channel();
  const auto before = shown_user(known->access, c.user);
  if (!c.bound && before.is_null())
    return failure{errc::not_found, "User not found", {}, {}};
  if (!c.bound && known->access.users.at(c.user).configured)
    return failure{errc::conflict,
                   "user " + c.user +
                       " is in the configuration file; remove them there and "
                       "restart",
                   {},
                   {}};
  change out;
  std::optional<json> row;
  if (c.bound)
    row = user_row(c.user, {c.username, c.approves, false, args_.now()});
  out.unit.events.push_back(change_event(
      "channels." + c.channel + ".users." + c.user, before,
      row.value_or(json()), q.context.peer, q.context.request_id, args_.now()));
  out.unit.registry.push_back({user_key(c.channel, c.user), std::move(row)});
  return planned<std::string>{std::move(out), c.user};
}

result<router_state::planned<std::string>> router_state::plan_pairing(
    const ask<begin_pairing>& q) {
  const auto& c = q.command;
  const auto* known = find_channel(table_, c.channel);
  if (!known)
    return no_such_channel();
  if (const auto* held = pairing_of(known->access, c.sender, args_.now()))
    return planned<std::string>{{}, held->code};
  if (auto why = refuse_pairing(known->access, args_.now()))
    return failure{errc::too_many_requests, *why, {}, {}};
  const channel_pairing fresh{pairing_code(args_.random()), c.sender,
                              c.sender_name, args_.now() + pairing_lifetime};
  change out;
  // Without the code: whoever reads the log is not to confirm it.
  out.unit.events.push_back(channel_event(
      c.channel, "pairing_started", principal_of(c.channel, c.sender),
      {{"sender_name", c.sender_name}}, args_.now()));
  for (const auto& [code, x] : known->access.pairings)
    if (x.expires <= args_.now())
      out.unit.registry.push_back({pairing_key(c.channel, code), std::nullopt});
  out.unit.registry.push_back(
      {pairing_key(c.channel, fresh.code), to_json(fresh)});
  return planned<std::string>{std::move(out), fresh.code};
}

result<router_state::planned<std::string>> router_state::plan_confirmation(
    const ask<confirm_pairing>& q) {
  const auto code = normal_code(q.command.code);
  for (const auto& x : table_) {
    const auto* found = find_pairing(x.access, code, args_.now());
    if (!found)
      continue;
    const auto& channel = x.settings.name;
    const auto row =
        user_row(found->sender,
                 {found->sender_name, q.command.approves, false, args_.now()});
    change out;
    out.unit.events.push_back(
        change_event("channels." + channel + ".users." + found->sender,
                     shown_user(x.access, found->sender), row, q.context.peer,
                     q.context.request_id, args_.now()));
    out.unit.registry.push_back({user_key(channel, found->sender), row});
    out.unit.registry.push_back({pairing_key(channel, code), std::nullopt});
    return planned<std::string>{std::move(out), channel + ':' + found->sender};
  }
  return failure{errc::not_found,
                 "no such code, or it has expired; the stranger can write "
                 "again and gets a new one",
                 {},
                 {}};
}

}  // namespace closedpaw::channels
