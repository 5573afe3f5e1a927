#include <algorithm>

#include "config/assembly.hpp"
#include "config/complaints.hpp"
#include "config/nearest.hpp"
#include "messages/model/channel_type.hpp"
#include "messages/model/provider_type.hpp"
#include "messages/model/syslog_target.hpp"

// What one value has to do with another.
namespace closedpaw::config {

void assembly::resolve_data_dir() {
  auto& dir = out_.values.storage.data_dir;
  if (auto path = absolute_path(dir, env_))
    dir = *path;
  else
    complain_about("storage.data_dir",
                   "there is no home directory for ~ (HOME is not set); "
                   "expected an absolute path");
}

void assembly::resolve_base_urls() {
  for (auto& p : out_.values.providers) {
    if (!p.base_url.empty())
      continue;
    const auto* type = find_provider_type(p.type);
    if (type && !type->default_base_url.empty())
      p.base_url = type->default_base_url;
    else if (type)
      complain_about("providers." + p.name + ".base_url",
                     "missing; expected an address, since providers of type " +
                         p.type + " have none of their own");
  }
}

void assembly::resolve_channel_urls() {
  for (auto& c : out_.values.channels) {
    const auto* type = find_channel_type(c.type);
    if (!c.base_url.empty() || !type)
      continue;
    c.base_url = type->default_base_url;
    if (type->needs_base_url)
      complain_about("channels." + c.name + ".base_url",
                     "missing; expected an address, since channels of type " +
                         c.type + " have none of their own");
  }
}

void assembly::check_remote() {
  const auto& remote = out_.values.remote;
  if (remote.listen.host.empty())
    return;
  const auto need = [&](const char* key, bool missing, const char* what) {
    if (missing)
      complain_about(std::string{"http.remote."} + key,
                     std::string{"missing; expected "} + what +
                         ", since http.remote.listen is set");
  };
  if (remote.max_connections >= out_.values.http.max_connections)
    complain_about("http.remote.max_connections",
                   "leaves no connection to this machine; expected less than "
                   "http.max_connections");
  need("names", remote.names.empty(), "what other machines call this one");
  need("certificate_file", remote.certificate_file.empty(), "a PEM file");
  need("key_file", remote.key_file.empty(), "the certificate's key, PEM");
}

void assembly::check_receivers() {
  for (const auto& x : out_.values.receivers) {
    const auto need = [&](const char* key, const std::string& value) {
      if (value.empty())
        complain_about("receivers." + x.name + "." + key,
                       "missing; receivers of type " + x.type + " need it");
    };
    if (x.type == "channel") {
      need("channel", x.channel);
      need("conversation", x.conversation);
    } else if (x.type != "log") {
      need("url", x.url);
    }
  }
}

void assembly::check_shippers() {
  for (const auto& x : out_.values.shippers) {
    const auto wrong = [&](const char* key, const std::string& what) {
      complain_about("shippers." + x.name + "." + key, what);
    };
    const auto target = parse_syslog_target(x.url);
    if (x.url.empty())
      wrong("url", "missing; shippers need it");
    else if ((x.type == "syslog") != target.has_value())
      wrong("url", "does not fit the type; expected " +
                       std::string{x.type == "syslog"
                                       ? "udp://, tcp://, tls:// or unix://"
                                       : "an http or https URL"});
    if (!x.ca_file.empty() &&
        (!target || target->over != syslog_transport::tls))
      wrong("ca_file", "only syslog over TLS (tls://) uses it");
  }
}

// A provider may be registered later, and one that was may be gone.
void assembly::look_at_fallbacks() {
  if (!registered_known_)
    return;
  const auto& all = out_.values.providers;
  for (const auto& text : out_.values.chat.fallbacks) {
    const auto name = text.substr(0, text.find('/'));
    if (std::none_of(all.begin(), all.end(),
                     [&](const auto& p) { return p.name == name; }))
      out_.warnings.push_back("chat.fallbacks: no provider is named " + name +
                              ", so it stands in for nobody");
  }
}

void assembly::resolve_default_provider() {
  auto& name = out_.values.default_provider;
  const auto& all = out_.values.providers;
  if (name.empty()) {
    const auto enabled = std::find_if(all.begin(), all.end(),
                                      [](const auto& p) { return p.enabled; });
    if (!all.empty())
      name = enabled == all.end() ? all.front().name : enabled->name;
    return;
  }
  std::vector<std::string> names;
  for (const auto& provider : all)
    names.push_back(provider.name);
  if (registered_known_ &&
      std::find(names.begin(), names.end(), name) == names.end())
    complain_about("providers.default",
                   "no provider has this name; expected " + join(names));
}

void assembly::check_order(const std::string& smaller,
                           const std::string& larger) {
  const auto low = find_setting(out_.values, smaller)->read();
  const auto high = find_setting(out_.values, larger)->read();
  if (low <= high)
    return;
  const bool blame_larger = out_.origins[smaller].from == origin::builtin;
  complain_about(blame_larger ? larger : smaller,
                 low.dump() + " for " + smaller + " is more than " +
                     high.dump() + " for " + larger +
                     "; expected at most that");
}

}  // namespace closedpaw::config
