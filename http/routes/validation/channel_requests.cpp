#include "http/routes/validation/channel_requests.hpp"

#include <algorithm>
#include <array>

#include "http/routes/replies.hpp"
#include "http/routes/url_text.hpp"
#include "http/routes/validation/body.hpp"
#include "http/routes/validation/names.hpp"
#include "http/routes/validation/query.hpp"
#include "messages/model/channel_type.hpp"

namespace closedpaw::http {

namespace {

/// Any service's user id or conversation fits.
constexpr std::size_t longest_id = 255;
/// What is shown in many parts is spam.
constexpr std::size_t longest_message = 65'536;

constexpr std::array<std::string_view, 7> object_members{
    "allowed_users", "token",    "app_token", "user",
    "password",      "base_url", "open"};

bool is_ours(const json& body) {
  return body.is_object() && !body.empty() &&
         std::ranges::all_of(body.items(), [](const auto& x) {
           return std::ranges::find(object_members, x.key()) !=
                  object_members.end();
         });
}

void check_id(std::string_view id, std::string_view field,
              field_errors& errors) {
  if (id.empty())
    errors.add(query_fields::loc(field),
               "ensure this value has at least 1 characters",
               "value_error.any_str.min_length", {{"limit_value", 1}});
  else if (id.size() > longest_id)
    errors.add(query_fields::loc(field),
               "ensure this value has at most 255 characters",
               "value_error.any_str.max_length", {{"limit_value", longest_id}});
}

// Tokens travel in a path or in a header field (RFC 9110 section 5.5).
void read_secret(const json& body, const char* name, register_channel& to,
                 field_errors& errors) {
  const auto it = body.find(name);
  if (it == body.end() || it->is_null())
    return;
  const auto value = to_text(*it, place{"body", name}, errors);
  if (!value)
    return;
  const auto fits = [](char c) {
    return c > ' ' && c < 0x7f && c != '/' && c != '?' && c != '#' && c != '%';
  };
  if (value->empty() || !std::ranges::all_of(*value, fits))
    errors.add(json{"body", name},
               "expected the service's token as it gave it to you; is there a "
               "line break at its end?",
               "value_error.str.regex");
  else
    to.secrets[name] = secret_text{*value};
}

// They travel in a body only.
void read_login(const json& body, register_channel& to, field_errors& errors) {
  constexpr std::size_t longest = 1000;
  for (const char* name : {"user", "password"}) {
    const auto it = body.find(name);
    if (it == body.end() || it->is_null())
      continue;
    const auto value = to_text(*it, place{"body", name}, errors);
    if (!value)
      continue;
    errors.check_bytes(*value, {"body", name}, longest);
    to.secrets[name] = secret_text{*value};
  }
  if (to.secrets.contains("user") != to.secrets.contains("password"))
    errors.add(json{"body", "password"}, "user and password go together",
               "value_error.missing");
}

void read_object(const json& body, register_channel& to, field_errors& errors) {
  if (const auto users = body.find("allowed_users");
      users != body.end() && !users->is_null())
    to.allowed_users = to_texts(*users, place{"body", "allowed_users"}, errors)
                           .value_or(std::vector<std::string>{});
  if (const auto open = body.find("open"); open != body.end())
    to.open = to_bool(*open, place{"body", "open"}, errors);
  if (const auto url = body.find("base_url"); url != body.end()) {
    to.base_url = to_text(*url, place{"body", "base_url"}, errors);
    if (to.base_url && !to.base_url->empty() && !is_http_url(*to.base_url))
      errors.add(json{"body", "base_url"},
                 "invalid or missing URL scheme; write http://HOST:PORT",
                 "value_error.url.scheme");
  }
  read_secret(body, "token", to, errors);
  read_secret(body, "app_token", to, errors);
  read_login(body, to, errors);
}

}  // namespace

checked<register_channel> check_channel(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  query_fields query{r.query, errors};
  register_channel out;
  const auto type = query.required_text("channel_type");
  const auto name = query.required_text("name");
  out.enabled = query.flag("enabled").value_or(true);
  if (*body && is_ours(**body))
    read_object(**body, out, errors);
  else if (*body)
    out.allowed_users =
        to_texts(**body, {"body"}, errors).value_or(std::vector<std::string>{});
  for (const auto& id : out.allowed_users)
    check_id(id, "allowed_users", errors);
  if (!errors.empty())
    return errors.to_response();
  if (!find_channel_type(*type))
    return refuse(errc::bad_request, "Invalid channel type: " + *type);
  if (out.secrets.contains("password") && !find_channel_type(*type)->logs_in)
    errors.add(json{"body", "password"},
               "channels of type " + *type + " have no password",
               "value_error.extra");
  check_name(*name, query_fields::loc("name"), errors);
  if (*name == "router")
    errors.add(query_fields::loc("name"),
               "the name of the channels' own owner; choose another",
               "value_error.str.regex");
  if (!errors.empty())
    return errors.to_response();
  out.type = *type;
  out.name = *name;
  return out;
}

checked<switch_channels> check_switch(const request& r, bool started) {
  field_errors errors;
  const query_fields query{r.query, errors};
  return switch_channels{query.filter("name"), started};
}

checked<bind_channel_user> check_binding(const request& r,
                                         std::string_view channel) {
  field_errors errors;
  query_fields query{r.query, errors};
  bind_channel_user out;
  out.channel = channel;
  out.user = query.required_text("user_id").value_or("");
  if (errors.empty())
    check_id(out.user, "user_id", errors);
  out.username = query.text("username").value_or("");
  out.approves = query.flag("approves").value_or(false);
  if (!errors.empty())
    return errors.to_response();
  return out;
}

checked<confirm_pairing> check_pairing(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  confirm_pairing out;
  out.code = fields.text("code", body_fields::need::required).value_or("");
  out.approves =
      fields.flag("approves", body_fields::need::nullable).value_or(false);
  if (!errors.empty())
    return errors.to_response();
  return out;
}

checked<send_to_channel> check_message(const request& r,
                                       std::string_view channel) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  send_to_channel out;
  out.channel = channel;
  out.conversation =
      fields.text("conversation", body_fields::need::required).value_or("");
  out.text = fields.text("text", body_fields::need::required).value_or("");
  if (errors.empty()) {
    errors.check_bytes(out.text, {"body", "text"}, longest_message);
    errors.check_bytes(out.conversation, {"body", "conversation"}, longest_id);
  }
  if (!errors.empty())
    return errors.to_response();
  return out;
}

}  // namespace closedpaw::http
