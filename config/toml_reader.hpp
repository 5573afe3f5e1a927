#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/json.hpp"

/// TOML without meaning: values, their paths and where they stand. The only
/// part that knows toml++.
namespace closedpaw::config {

/// Counted from 1; 0 where there is none.
struct position {
  unsigned line = 0;
  unsigned column = 0;

  auto operator<=>(const position&) const = default;
};

struct raw_value {
  /// "http.listen"; "base_url" inside an entry.
  std::string path;
  /// A table is an empty object, a date or time is null.
  json value;
  position key_at;
  position value_at;
};

/// One `[[providers]]`, `[[channels]]`, `[[receivers]]` or `[[shippers]]`.
struct raw_entry {
  std::vector<raw_value> values;
  position at;
};

struct document {
  std::vector<raw_value> values;
  std::vector<raw_entry> providers;
  std::vector<raw_entry> channels;
  std::vector<raw_entry> receivers;
  std::vector<raw_entry> shippers;

  /// Null for what is no list of entries.
  std::vector<raw_entry>* entries_of(std::string_view path);
};

/// Whether it is a list of entries with a name and a type each.
bool is_entry_list(std::string_view path);

/// Tables for which `is_section` holds are entered, others are values. Fails
/// on a syntax error with "FILE:LINE:COL: not valid TOML: …".
result<document> read_toml(
    std::string_view text, const std::string& file,
    const std::function<bool(const std::string&)>& is_section);

/// One value as it would stand after "key ="; nothing if it is not one.
std::optional<json> read_toml_value(std::string_view text);

}  // namespace closedpaw::config
