#include <algorithm>
#include <cctype>
#include <chrono>

#include "actors/security/login_sessions.hpp"
#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/body.hpp"
#include "http/routes/validation/coerce.hpp"

namespace closedpaw::http {

namespace {

using need = body_fields::need;

constexpr std::size_t longest_name = 64;
constexpr std::int64_t longest_life_s = std::int64_t{10} * 365 * 86'400;

bool is_name(std::string_view x) {
  return !x.empty() && std::ranges::all_of(x, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

std::vector<std::string> scope_names() {
  return scope_set::all().names();
}

outcome list_tokens(const request&, const path_params&,
                    const live_state& live) {
  auto all = json::array();
  const auto tokens = live.tokens.get();
  for (const auto& x : *tokens)
    all.push_back(to_json(x, live.now()));
  return json_reply(all);
}

/// The scopes of the body. Nobody gives away more than they have.
scope_set read_scopes(const json& body, const request& r,
                      field_errors& errors) {
  const auto it = body.find("scopes");
  if (it == body.end()) {
    errors.add({"body", "scopes"}, "field required", "value_error.missing");
    return {};
  }
  scope_set out;
  const auto names = to_texts(*it, place{"body", "scopes"}, errors);
  for (const auto& one : names.value_or(std::vector<std::string>{})) {
    if (const auto known = parse_scope(one))
      out.add(*known);
    else
      errors.not_permitted({"body", "scopes"}, scope_names());
  }
  if (errors.empty() && out.empty())
    errors.add({"body", "scopes"}, "expected at least one scope",
               "value_error.list.min_items");
  if (errors.empty() && !r.scopes.covers(out))
    errors.add({"body", "scopes"}, "a token gives no scope that it lacks",
               "value_error");
  return out;
}

std::optional<std::chrono::seconds> read_lifetime(const json& body,
                                                  field_errors& errors) {
  const auto it = body.find("expires_in_s");
  if (it == body.end() || it->is_null())
    return std::nullopt;
  const auto seconds = it->is_number_integer() ? it->get<std::int64_t>() : 0;
  if (seconds < 1 || seconds > longest_life_s)
    errors.add(
        {"body", "expires_in_s"},
        "expected a whole number from 1 to " + std::to_string(longest_life_s),
        "value_error.number");
  return std::chrono::seconds{seconds};
}

outcome create_token(const request& r, const path_params&, const live_state&) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{*body, errors};
  manage_token what;
  what.name = fields.text("name", need::required).value_or("");
  if (errors.empty()) {
    errors.check_bytes(what.name, {"body", "name"}, longest_name);
    if (!is_name(what.name))
      errors.add({"body", "name"},
                 "expected letters, digits, dots, dashes and underscores",
                 "value_error.str.regex");
    what.scopes = read_scopes(**body, r, errors);
    what.lifetime = read_lifetime(**body, errors);
  }
  if (!errors.empty())
    return errors.to_response();
  return command{std::move(what)};
}

outcome revoke_token(const request&, const path_params& params,
                     const live_state&) {
  manage_token what;
  what.id = param(params, "id");
  return command{std::move(what)};
}

std::string cookie_of(const std::string& value, std::int64_t seconds) {
  return std::string{security::login_cookie} + '=' + value +
         "; Path=/; Max-Age=" + std::to_string(seconds) +
         "; Secure; HttpOnly; SameSite=Strict";
}

outcome who_am_i(const request& r, const path_params&, const live_state&) {
  return json_reply({{"user", r.peer.id}, {"scopes", r.scopes.names()}});
}

outcome log_in(const request& r, const path_params&, const live_state& live) {
  if (r.token_id.empty())
    return refuse(errc::bad_request,
                  "A session begins with a token (Authorization: Bearer …); on "
                  "the daemon's own machine none is needed");
  const auto value = live.log_in(r.token_id);
  if (!value)
    return error_response(value.error());
  auto answer =
      json_reply({{"user", r.peer.id}, {"scopes", r.scopes.names()}}, 201);
  answer.headers.emplace_back(
      "Set-Cookie",
      cookie_of(
          *value,
          std::chrono::seconds{security::login_sessions::longest}.count()));
  return answer;
}

outcome log_out(const request& r, const path_params&, const live_state& live) {
  live.log_out(
      security::cookie_value(r.header_value("cookie"), security::login_cookie));
  auto answer = json_reply({{"status", "success"}});
  answer.headers.emplace_back("Set-Cookie", cookie_of("", 0));
  return answer;
}

}  // namespace

std::vector<route> tokens_routes() {
  return {
      {method::get, "/api/tokens", access::admin, list_tokens,
       [] {
         return operation{
             "listTokens", "security",
             "Who may come in from other machines; never the secrets"}
             .returns(200, "The tokens", array_of(free_object()))
             .take();
       }},
      {method::post, "/api/tokens", access::admin, create_token,
       [] {
         return operation{"createToken", "security", "Let somebody in"}
             .describe(
                 "name, scopes (read, act, approve, admin; none implies "
                 "another) and expires_in_s, without which it does not "
                 "end. token is told this once.")
             .body(free_object())
             .returns(200, "Recorded; with the token", free_object())
             .fails(409, "There is one of that name, or there are too many")
             .fails(503, "The audit log refuses")
             .take();
       }},
      {method::del, "/api/tokens/{id}", access::admin, revoke_token,
       [] {
         return operation{"revokeToken", "security",
                          "Let nobody in with it any more"}
             .returns(200, "Recorded, and in force", free_object())
             .fails(404, "Token not found")
             .take();
       }},
      {method::get, "/api/sessions", access::read, who_am_i,
       [] {
         return operation{"whoAmI", "security", "Who asks, and what they may"}
             .returns(200, "The user and its scopes", free_object())
             .take();
       }},
      {method::post, "/api/sessions", access::read, log_in,
       [] {
         return operation{"logIn", "security",
                          "Begin a browser's session with a token"}
             .describe(
                 "The cookie lasts 12 hours, and 30 minutes unused; a "
                 "restart and the token's end are its own.")
             .returns(201, "It has begun", free_object())
             .fails(400, "No token was sent")
             .take();
       }},
      {method::del, "/api/sessions", access::read, log_out,
       [] {
         return operation{"logOut", "security", "End the session"}
             .returns(200, "It is over", free_object())
             .take();
       }},
  };
}

}  // namespace closedpaw::http
