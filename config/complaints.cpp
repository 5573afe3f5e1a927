#include "config/complaints.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/descriptor.hpp"
#include "config/nearest.hpp"
#include "config/toml_reader.hpp"

namespace closedpaw::config {

namespace {

/// For "providers.openai.api_key" and the like: where it belongs.
std::optional<std::string> secret_of(const std::string& key) {
  constexpr std::array<std::string_view, 8> secrets{
      "api_key", "apikey",    "key",      "token",
      "secret",  "app_token", "password", "bot_token"};
  const auto first = key.find('.');
  const auto last = key.rfind('.');
  if (first == last ||
      std::ranges::find(secrets, std::string_view{key}.substr(last + 1)) ==
          secrets.end())
    return std::nullopt;
  const auto section = key.substr(0, first);
  const auto owner = key.substr(first + 1, last - first - 1);
  if (section == "providers")
    return "providers/" + owner + "/api_key";
  if (section == "channels")
    return "channels/" + owner +
           (key.ends_with("bot_token") ? "/token" : '/' + key.substr(last + 1));
  return std::nullopt;
}

}  // namespace

std::string unknown_key(const std::string& key,
                        const std::vector<std::string>& known) {
  if (const auto name = secret_of(key))
    return "secrets are kept in the vault, and never in a file or an option; "
           "remove it, treat it as known to others, and store a new one: "
           "closedpaw vault set " +
           *name;
  if (const auto meant = nearest(key, known))
    return "unknown key; did you mean " + *meant + "?";
  const auto prefix = key.substr(0, key.rfind('.') + 1);
  std::vector<std::string> siblings;
  std::copy_if(known.begin(), known.end(), std::back_inserter(siblings),
               [&](const std::string& x) { return x.starts_with(prefix); });
  if (siblings.empty() || prefix.empty())
    return "unknown key; the sections are " + join(known_sections());
  return "unknown key; the keys there are " + join(siblings);
}

std::string unknown_in_file(const std::string& path) {
  const auto sections = known_sections();
  if (is_entry_list(path))
    return "not a list of entries; expected [[" + path +
           "]] with a name and a type, once for each";
  if (std::find(sections.begin(), sections.end(), path) != sections.end())
    return "not a section; expected [" + path + "]";
  if (path.find('.') == std::string::npos) {
    if (const auto meant = nearest(path, sections))
      return "unknown section; did you mean " + *meant + "?";
    return "unknown section; the sections are " + join(sections);
  }
  return unknown_key(path, known_keys());
}

}  // namespace closedpaw::config
