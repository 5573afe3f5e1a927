#include "messages/model/access_token.hpp"

#include <algorithm>
#include <array>

namespace closedpaw {

namespace {

constexpr std::array<std::string_view, scope_count> scope_names{
    "read", "act", "approve", "admin"};
constexpr std::string_view token_prefix = "cpt_";

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<timestamp> time_of(const json& row, const char* key) {
  const auto it = row.find(key);
  return it != row.end() && it->is_string()
             ? parse_iso8601(it->get_ref<const std::string&>())
             : std::nullopt;
}

}  // namespace

std::string_view to_string(scope x) {
  return scope_names.at(static_cast<std::size_t>(x));
}

std::optional<scope> parse_scope(std::string_view text) {
  const auto it = std::ranges::find(scope_names, text);
  if (it == scope_names.end())
    return std::nullopt;
  return static_cast<scope>(it - scope_names.begin());
}

std::vector<std::string> scope_set::names() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < scope_count; ++i)
    if (has(static_cast<scope>(i)))
      out.emplace_back(scope_names.at(i));
  return out;
}

json to_json(const access_token& x, timestamp now) {
  return {
      {"id", x.id},
      {"name", x.name},
      {"scopes", x.scopes.names()},
      {"created_at", to_iso8601(x.created_at)},
      {"created_by", x.created_by},
      {"expires_at", x.expires_at ? json(to_iso8601(*x.expires_at)) : json()},
      {"expired", x.expires_at && *x.expires_at <= now}};
}

json stored_form(const access_token& x) {
  auto row = to_json(x, x.created_at);
  row.erase("id");
  row.erase("expired");
  row["digest"] = x.digest;
  return row;
}

std::optional<access_token> access_token_from(const std::string& id,
                                              const json& row) {
  access_token out;
  out.id = id;
  const auto created =
      row.is_object() ? time_of(row, "created_at") : std::optional<timestamp>{};
  if (!created)
    return std::nullopt;
  out.created_at = *created;
  out.expires_at = time_of(row, "expires_at");
  // One whose end cannot be read would never end.
  if (!out.expires_at &&
      !(row.contains("expires_at") && row["expires_at"].is_null()))
    return std::nullopt;
  try {
    out.name = row.at("name").get<std::string>();
    out.digest = row.at("digest").get<std::string>();
    out.created_by = row.at("created_by").get<std::string>();
    for (const auto& name : row.at("scopes")) {
      const auto known = parse_scope(name.get<std::string>());
      if (!known)
        return std::nullopt;
      out.scopes.add(*known);
    }
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return out;
}

std::string to_string(const token_text& x) {
  return std::string{token_prefix} + x.id + '_' + x.secret.reveal();
}

std::optional<token_text> parse_token(std::string_view text) {
  if (!text.starts_with(token_prefix))
    return std::nullopt;
  text.remove_prefix(token_prefix.size());
  if (text.size() != token_id_length + 1 + token_secret_length ||
      text[token_id_length] != '_')
    return std::nullopt;
  const auto id = text.substr(0, token_id_length);
  const auto secret = text.substr(token_id_length + 1);
  if (!is_hex(id) || !is_hex(secret))
    return std::nullopt;
  return token_text{std::string{id}, secret_text{std::string{secret}}};
}

}  // namespace closedpaw
