#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The texts for keys that are not known.
namespace closedpaw::config {

/// "unknown key; did you mean http.listen?"
std::string unknown_key(const std::string& key,
                        const std::vector<std::string>& known);

/// For a path of the file, which may name a section.
std::string unknown_in_file(const std::string& path);

}  // namespace closedpaw::config
