#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/sources.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::config {

enum class origin : std::uint8_t { builtin, file, persisted, command_line };

/// "default", "file", "persisted", "set".
std::string_view to_string(origin x);

/// A value and where it came from.
struct provenance {
  json value;
  origin from = origin::builtin;
  /// The file's path as it was given, "store", "--set", "--listen", …
  std::string source;
  /// Counted from 1, in the file only.
  unsigned line = 0;
  unsigned column = 0;
  /// Takes effect without a restart.
  bool reloadable = false;
  bool secret = false;

  bool operator==(const provenance&) const = default;
};

struct loaded_config {
  settings values;
  /// By full key: "http.listen", "providers.ollama.base_url".
  std::map<std::string, provenance> origins;
  /// The file that was read, if any.
  std::string file;
  /// Persisted values that no longer fit and were left out; for the log.
  std::vector<std::string> warnings;
};

/// Reads and checks everything. The failure's message has every error, one per
/// line: "closedpaw.toml:12:3: http.listn: unknown key; did you mean
/// http.listen?". Persisted values never stop a start, they become warnings.
/// They live in the store whose place the configuration says, so the daemon
/// loads once without and once with them. Blocks on the file; any thread.
result<loaded_config> load(const sources& from);

/// The body of GET /api/config, secrets and credentials masked:
/// {"file", "settings": {key: {"value", "origin", "source", "reloadable"}},
/// "providers": [{"name": {…}, …}], "channels": […], "warnings": […]}.
json to_json(const loaded_config& config);

}  // namespace closedpaw::config
