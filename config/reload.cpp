#include "config/reload.hpp"

#include <set>

#include "config/nearest.hpp"
#include "config/show.hpp"

namespace closedpaw::config {

namespace {

template <class Owner>
std::vector<std::string> names_of(const std::vector<Owner>& entries) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const auto& entry : entries)
    names.push_back(entry.name);
  return names;
}

void add_order(std::vector<change>& changes, const std::string& section,
               const std::vector<std::string>& before,
               const std::vector<std::string>& after) {
  const bool same_names = std::set(before.begin(), before.end()) ==
                          std::set(after.begin(), after.end());
  if (same_names && before != after)
    changes.push_back({section, before, after, false});
}

}  // namespace

std::vector<change> diff(const loaded_config& before,
                         const loaded_config& after) {
  std::set<std::string> keys;
  for (const auto* side : {&before, &after})
    for (const auto& [key, ignored] : side->origins)
      keys.insert(key);
  const provenance nothing;
  const auto at = [&](const loaded_config& side,
                      const std::string& key) -> const provenance& {
    const auto found = side.origins.find(key);
    return found == side.origins.end() ? nothing : found->second;
  };
  std::vector<change> changes;
  for (const auto& key : keys) {
    const auto& old_one = at(before, key);
    const auto& new_one = at(after, key);
    if (old_one.value == new_one.value)
      continue;
    // An entry that came or went takes a restart, whatever the key.
    changes.push_back({key, shown_value(old_one), shown_value(new_one),
                       old_one.reloadable && new_one.reloadable});
  }
  add_order(changes, "providers", names_of(before.values.providers),
            names_of(after.values.providers));
  add_order(changes, "channels", names_of(before.values.channels),
            names_of(after.values.channels));
  add_order(changes, "receivers", names_of(before.values.receivers),
            names_of(after.values.receivers));
  add_order(changes, "shippers", names_of(before.values.shippers),
            names_of(after.values.shippers));
  return changes;
}

result<std::vector<change>> plan_reload(const loaded_config& before,
                                        const loaded_config& after) {
  auto changes = diff(before, after);
  std::vector<std::string> stuck;
  for (const auto& x : changes)
    if (!x.reloadable)
      stuck.push_back(x.key);
  if (stuck.empty())
    return changes;
  return failure{
      .code = errc::conflict,
      .message = "the configuration was not reloaded and the old one stays: " +
                 join(stuck) + (stuck.size() == 1 ? " needs" : " need") +
                 " a restart; restart the daemon or undo that change",
  };
}

}  // namespace closedpaw::config
