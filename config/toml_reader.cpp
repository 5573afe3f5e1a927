#include "config/toml_reader.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace closedpaw::config {

namespace {

position to_position(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

json to_json(const toml::node& node) {
  if (const auto* array = node.as_array()) {
    auto list = json::array();
    for (const auto& item : *array)
      list.push_back(to_json(item));
    return list;
  }
  if (node.is_table())
    return json::object();
  if (const auto* text = node.as_string())
    return text->get();
  if (const auto* number = node.as_integer())
    return number->get();
  if (const auto* number = node.as_floating_point())
    return number->get();
  if (const auto* flag = node.as_boolean())
    return flag->get();
  return nullptr;
}

/// Quoted where TOML would quote it, so that "a.b" is not taken for a path.
std::string to_path(std::string_view key) {
  const bool bare =
      !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= '0' && c <= '9') || c == '_' || c == '-';
      });
  if (bare)
    return std::string{key};
  return json(key).dump(-1, ' ', true, json::error_handler_t::replace);
}

class reader {
 public:
  explicit reader(const std::function<bool(const std::string&)>& is_section)
      : is_section_{is_section} {}

  document read(const toml::table& root) {
    read_table(root, "");
    return std::move(doc_);
  }

 private:
  void read_table(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const auto path = prefix + to_path(key.str());
      if (prefix.empty() && read_entries(path, node))
        continue;
      if (node.is_table() && is_section_(path))
        read_table(*node.as_table(), path + ".");
      else
        doc_.values.push_back(to_raw(path, key, node));
    }
  }

  /// False unless this is a list of entries that hold nothing but tables.
  bool read_entries(const std::string& path, const toml::node& node) {
    const auto* array = node.as_array();
    auto* entries = doc_.entries_of(path);
    if (array == nullptr || entries == nullptr)
      return false;
    if (!array->empty() && !array->is_homogeneous(toml::node_type::table))
      return false;
    for (const auto& item : *array) {
      raw_entry entry{.values = {}, .at = to_position(item.source())};
      for (const auto& [key, value] : *item.as_table())
        entry.values.push_back(to_raw(to_path(key.str()), key, value));
      entries->push_back(std::move(entry));
    }
    return true;
  }

  static raw_value to_raw(const std::string& path, const toml::key& key,
                          const toml::node& node) {
    return {.path = path,
            .value = to_json(node),
            .key_at = to_position(key.source()),
            .value_at = to_position(node.source())};
  }

  const std::function<bool(const std::string&)>& is_section_;
  document doc_;
};

}  // namespace

std::vector<raw_entry>* document::entries_of(std::string_view path) {
  if (path == "providers")
    return &providers;
  if (path == "channels")
    return &channels;
  if (path == "shippers")
    return &shippers;
  return path == "receivers" ? &receivers : nullptr;
}

bool is_entry_list(std::string_view path) {
  return document{}.entries_of(path) != nullptr;
}

result<document> read_toml(
    std::string_view text, const std::string& file,
    const std::function<bool(const std::string&)>& is_section) {
  // Debian's libtomlplusplus is compiled to throw.
  try {
    return reader{is_section}.read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto at = to_position(error.source());
    return failure{
        .code = errc::bad_request,
        .message = file + ":" + std::to_string(at.line) + ":" +
                   std::to_string(at.column) +
                   ": not valid TOML: " + std::string{error.description()},
    };
  }
}

std::optional<json> read_toml_value(std::string_view text) {
  try {
    const auto table = toml::parse("x = " + std::string{text});
    const auto* node = table.get("x");
    if (table.size() != 1 || node == nullptr)
      return std::nullopt;
    return to_json(*node);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

}  // namespace closedpaw::config
