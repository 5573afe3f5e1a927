#include "config/descriptor.hpp"

#include <algorithm>

namespace closedpaw::config {

namespace {

template <class Owner>
setting_ref refer(const descriptor<Owner>& d, std::string_view key,
                  Owner& owner) {
  return {
      .key = std::string{key},
      .is_text = d.is_text,
      .is_list = d.is_list,
      .expected = d.expected,
      .reloadable = d.when == takes_effect::at_once,
      .secret = d.privacy == secrecy::secret,
      .read = [&d, &owner] { return d.read(owner); },
      .assign = [&d,
                 &owner](const json& value) { return d.assign(owner, value); },
  };
}

template <class Owner>
void bind_entries(std::vector<setting_ref>& all, const std::string& section,
                  const std::vector<descriptor<Owner>>& table,
                  std::vector<Owner>& entries) {
  for (auto& entry : entries)
    for (const auto& d : table)
      all.push_back(refer(d, section + "." + entry.name + "." + d.key, entry));
}

}  // namespace

std::vector<setting_ref> all_settings(settings& values) {
  std::vector<setting_ref> all;
  for (const auto& d : setting_descriptors())
    all.push_back(refer(d, d.key, values));
  bind_entries(all, "providers", provider_descriptors(), values.providers);
  bind_entries(all, "channels", channel_descriptors(), values.channels);
  bind_entries(all, "receivers", receiver_descriptors(), values.receivers);
  bind_entries(all, "shippers", shipper_descriptors(), values.shippers);
  return all;
}

std::optional<setting_ref> find_setting(settings& values,
                                        std::string_view key) {
  for (auto& ref : all_settings(values))
    if (ref.key == key)
      return std::move(ref);
  return std::nullopt;
}

json read_setting(const settings& values, std::string_view key) {
  auto copy = values;
  const auto ref = find_setting(copy, key);
  return ref ? ref->read() : json{};
}

std::vector<std::string> known_sections() {
  std::vector<std::string> sections{"providers", "channels", "receivers",
                                    "shippers"};
  // "security.prompts.enabled" is in two.
  for (const auto& key : known_keys())
    for (auto dot = key.find('.'); dot != std::string::npos;
         dot = key.find('.', dot + 1)) {
      const auto section = key.substr(0, dot);
      if (std::find(sections.begin(), sections.end(), section) ==
          sections.end())
        sections.push_back(section);
    }
  return sections;
}

std::vector<std::string> known_keys() {
  std::vector<std::string> keys;
  for (const auto& d : setting_descriptors())
    keys.push_back(d.key);
  return keys;
}

}  // namespace closedpaw::config
