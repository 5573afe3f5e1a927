#include "config/registered_provider.hpp"

#include "config/descriptor.hpp"
#include "messages/model/provider_type.hpp"

namespace closedpaw::config {

namespace {

failure wrong(const std::string& text) {
  return {errc::bad_request, text, {}, {}};
}

}  // namespace

result<provider_settings> registered_provider(const std::string& name,
                                              const json& row) {
  provider_settings out;
  out.registered = true;
  json members = row.is_object() ? row : json::object();
  members["name"] = name;
  for (const auto& d : provider_descriptors()) {
    const auto it = members.find(d.key);
    if (it == members.end())
      continue;
    if (auto fault = d.assign(out, *it))
      return wrong(d.key + " " + *fault + "; expected " + d.expected);
  }
  const auto* type = find_provider_type(out.type);
  if (!type)
    return wrong("type is missing");
  if (out.base_url.empty())
    out.base_url = type->default_base_url;
  if (out.base_url.empty())
    return wrong("base_url is needed, since providers of type " + out.type +
                 " have no address of their own");
  return out;
}

}  // namespace closedpaw::config
