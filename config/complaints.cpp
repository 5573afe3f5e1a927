#include "config/complaints.hpp"

#include <algorithm>

#include "config/descriptor.hpp"
#include "config/nearest.hpp"
#include "config/toml_reader.hpp"

namespace closedpaw::config {

std::string unknown_key(const std::string& key,
                        const std::vector<std::string>& known) {
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
