#include "config/set_argument.hpp"

#include "config/toml_reader.hpp"

namespace closedpaw::config {

json parse_set_value(std::string_view text, bool is_text, bool is_list) {
  const bool is_quoted = text.starts_with('"') || text.starts_with('\'');
  if (is_text && !is_quoted)
    return text;
  if (is_list && text.empty())
    return json::array();
  auto value = read_toml_value(text).value_or(json(text));
  if (is_list && value.is_string())
    return json::array({std::move(value)});
  return value;
}

}  // namespace closedpaw::config
