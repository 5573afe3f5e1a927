#include "config/show.hpp"
#include "config/descriptor.hpp"
#include "config/load.hpp"
#include "config/url.hpp"

namespace closedpaw::config {

namespace {

json mask_all(const json& value) {
  if (value.is_string())
    return mask_credentials(value.get_ref<const std::string&>());
  if (!value.is_array())
    return value;
  auto masked = json::array();
  for (const auto& item : value)
    masked.push_back(mask_all(item));
  return masked;
}

json show(const provenance& x) {
  json shown{{"value", shown_value(x)}, {"origin", to_string(x.from)}};
  if (x.from == origin::file)
    shown["source"] = x.source + ":" + std::to_string(x.line);
  else if (!x.source.empty())
    shown["source"] = x.source;
  shown["reloadable"] = x.reloadable;
  return shown;
}

template <class Owner>
json show_entries(const loaded_config& config, const std::string& section,
                  const std::vector<Owner>& entries,
                  const std::vector<descriptor<Owner>>& table) {
  auto list = json::array();
  for (const auto& entry : entries) {
    auto one = json::object();
    for (const auto& d : table) {
      const auto key = section + "." + entry.name + "." + d.key;
      if (const auto found = config.origins.find(key);
          found != config.origins.end())
        one[d.key] = show(found->second);
    }
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

json shown_value(const provenance& x) {
  // An empty secret is none, which is no secret and good to know.
  if (x.secret)
    return x.value == json("") || x.value.is_null() ? x.value : json("***");
  return mask_all(x.value);
}

json to_json(const loaded_config& config) {
  auto all = json::object();
  for (const auto& d : setting_descriptors())
    if (const auto found = config.origins.find(d.key);
        found != config.origins.end())
      all[d.key] = show(found->second);
  return {
      {"file", config.file.empty() ? json{} : json(config.file)},
      {"settings", std::move(all)},
      {"providers", show_entries(config, "providers", config.values.providers,
                                 provider_descriptors())},
      {"channels", show_entries(config, "channels", config.values.channels,
                                channel_descriptors())},
      {"receivers", show_entries(config, "receivers", config.values.receivers,
                                 receiver_descriptors())},
      {"shippers", show_entries(config, "shippers", config.values.shippers,
                                shipper_descriptors())},
      {"warnings", config.warnings},
  };
}

}  // namespace closedpaw::config
