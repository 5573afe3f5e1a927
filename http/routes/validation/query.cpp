#include "http/routes/validation/query.hpp"

#include <algorithm>

#include "http/routes/url_text.hpp"

namespace closedpaw::http {

namespace {

/// What comes before the separator; `rest` goes on after it.
std::string_view take_until(char separator, std::string_view& rest) {
  const auto at = rest.find(separator);
  const auto head = rest.substr(0, at);
  rest = at == rest.npos ? std::string_view{} : rest.substr(at + 1);
  return head;
}

}  // namespace

query_list parse_query(std::string_view raw) {
  query_list list;
  while (!raw.empty()) {
    auto value = take_until('&', raw);
    if (value.empty())
      continue;
    const auto name = take_until('=', value);
    list.emplace_back(decode_query(name), decode_query(value));
  }
  return list;
}

std::string replace_in_query(std::string_view raw, std::string_view name,
                             std::string_view value) {
  std::string out;
  for (const auto& [key, old] : parse_query(raw))
    if (key != name)
      out += encode_query(key) + "=" + encode_query(old) + "&";
  return out + encode_query(name) + "=" + encode_query(value);
}

std::optional<std::string> query_fields::text(std::string_view name) const {
  const auto it =
      std::find_if(list_.rbegin(), list_.rend(),
                   [name](const auto& pair) { return pair.first == name; });
  return it == list_.rend() ? std::nullopt : std::optional{it->second};
}

std::optional<std::string> query_fields::required_text(std::string_view name) {
  auto value = text(name);
  if (!value)
    errors_.missing(loc(name));
  return value;
}

std::optional<std::string> query_fields::filter(std::string_view name) const {
  auto value = text(name);
  return value && !value->empty() ? value : std::nullopt;
}

std::optional<bool> query_fields::flag(std::string_view name) {
  auto value = text(name);
  return value ? to_bool(*value, {"query", name}, errors_) : std::nullopt;
}

std::optional<std::int64_t> query_fields::integer(std::string_view name,
                                                  std::int64_t low,
                                                  std::int64_t high) {
  auto given = text(name);
  auto value =
      given ? to_integer(*given, {"query", name}, errors_) : std::nullopt;
  if (!value || (*value >= low && *value <= high))
    return value;
  const bool small = *value < low;
  const auto limit = small ? low : high;
  errors_.add(loc(name),
              std::string{"ensure this value is "} +
                  (small ? "greater" : "less") + " than or equal to " +
                  std::to_string(limit),
              small ? "value_error.number.not_ge" : "value_error.number.not_le",
              {{"limit_value", limit}});
  return std::nullopt;
}

std::optional<std::string> query_fields::choice(
    std::string_view name, const std::vector<std::string>& permitted) {
  auto value = text(name);
  if (!value ||
      std::find(permitted.begin(), permitted.end(), *value) != permitted.end())
    return value;
  errors_.not_permitted(loc(name), permitted);
  return std::nullopt;
}

}  // namespace closedpaw::http
