#include "actors/channels/policy/table.hpp"

#include <algorithm>

#include "actors/channels/policy/records.hpp"
#include "config/registered_channel.hpp"
#include "messages/model/channel_type.hpp"

namespace closedpaw::channels {

namespace {

std::string text_at(const json& row, const char* name) {
  const auto it = row.find(name);
  return it != row.end() && it->is_string() ? it->get<std::string>()
                                            : std::string{};
}

bool flag_at(const json& row, const char* name) {
  const auto it = row.find(name);
  return it != row.end() && it->is_boolean() && it->get<bool>();
}

std::optional<timestamp> time_at(const json& row, const char* name) {
  const auto it = row.find(name);
  if (it == row.end() || !it->is_number_integer())
    return std::nullopt;
  return timestamp{std::chrono::microseconds{it->get<std::int64_t>()}};
}

/// Calls f with what follows the prefix, for each row that has it.
template <class F>
void each_below(const std::map<std::string, json>& rows,
                const std::string& prefix, F f) {
  for (auto it = rows.lower_bound(prefix);
       it != rows.end() && it->first.starts_with(prefix); ++it)
    f(it->first.substr(prefix.size()), it->second);
}

channel_access access_of(const config::channel_settings& c,
                         const std::map<std::string, json>& rows) {
  channel_access out;
  out.open = c.open;
  each_below(rows, users_prefix(c.name), [&](const auto&, const json& row) {
    if (auto id = text_at(row, "id"); !id.empty())
      out.users[id] = {text_at(row, "name"), flag_at(row, "approves"), false,
                       time_at(row, "bound_at")};
  });
  for (const auto& id : c.allowed_users)
    out.users[id].configured = true;
  // Who reaches a local one may use the API as well.
  const auto* type = find_channel_type(c.type);
  if (type && type->local && out.users.empty())
    out.open = true;
  each_below(rows, pairings_prefix(c.name),
             [&](const std::string& code, const json& row) {
               out.pairings[code] = {
                   code, text_at(row, "sender"), text_at(row, "sender_name"),
                   time_at(row, "expires").value_or(timestamp{})};
             });
  return out;
}

}  // namespace

const channel_entry* find_channel(const channel_table& table,
                                  const std::string& name) {
  const auto it = std::ranges::find_if(
      table, [&](const channel_entry& x) { return x.settings.name == name; });
  return it == table.end() ? nullptr : &*it;
}

std::vector<std::string> table_prefixes() {
  return {std::string{registrations_prefix}, std::string{switches_prefix},
          std::string{users_table}, std::string{pairings_table}};
}

channel_table assemble(const std::vector<config::channel_settings>& configured,
                       const std::map<std::string, json>& rows) {
  channel_table out;
  for (const auto& c : configured)
    out.push_back({c, {}, 0});
  each_below(rows, std::string{registrations_prefix},
             [&](const std::string& name, const json& row) {
               // The file has the last word about what it names.
               if (find_channel(out, name))
                 return;
               if (auto made = config::registered_channel(name, row))
                 out.push_back({std::move(*made), {}, 0});
             });
  for (auto& x : out) {
    if (const auto it = rows.find(switch_key(x.settings.name));
        it != rows.end() && it->second.is_boolean())
      x.settings.enabled = it->second.get<bool>();
    x.access = access_of(x.settings, rows);
  }
  return out;
}

json to_json(const channel_user& x) {
  json row{{"name", x.name}, {"approves", x.approves}};
  if (x.bound_at)
    row["bound_at"] = x.bound_at->time_since_epoch().count();
  return row;
}

json to_json(const channel_pairing& x) {
  return {{"sender", x.sender},
          {"sender_name", x.sender_name},
          {"expires", x.expires.time_since_epoch().count()}};
}

}  // namespace closedpaw::channels
