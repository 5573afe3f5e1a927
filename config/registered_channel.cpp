#include "config/registered_channel.hpp"

#include "config/descriptor.hpp"
#include "messages/model/channel_type.hpp"

namespace closedpaw::config {

namespace {

failure wrong_channel(const std::string& text) {
  return {errc::bad_request, text, {}, {}};
}

}  // namespace

result<channel_settings> registered_channel(const std::string& name,
                                            const json& row) {
  channel_settings out;
  out.registered = true;
  json members = row.is_object() ? row : json::object();
  members["name"] = name;
  for (const auto& d : channel_descriptors()) {
    const auto it = members.find(d.key);
    if (it == members.end())
      continue;
    if (auto fault = d.assign(out, *it))
      return wrong_channel(d.key + " " + *fault + "; expected " + d.expected);
  }
  const auto* type = find_channel_type(out.type);
  if (!type)
    return wrong_channel("type is missing");
  if (out.base_url.empty())
    out.base_url = type->default_base_url;
  if (out.base_url.empty() && type->needs_base_url)
    return failure{errc::invalid_request,
                   "base_url is needed, since channels of type " + out.type +
                       " have no address of their own",
                   {},
                   {}};
  return out;
}

}  // namespace closedpaw::config
