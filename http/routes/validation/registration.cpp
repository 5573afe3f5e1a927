#include "http/routes/validation/registration.hpp"

#include <algorithm>

#include "http/routes/replies.hpp"
#include "http/routes/url_text.hpp"
#include "http/routes/validation/body.hpp"
#include "http/routes/validation/names.hpp"
#include "http/routes/validation/query.hpp"
#include "messages/model/provider_type.hpp"

namespace closedpaw::http {

namespace {

/// A member of the body, or else of the query.
class registration_fields {
 public:
  registration_fields(const request& r, const json& body, field_errors& errors)
      : query_{r.query, errors}, body_{body}, errors_{errors} {}

  std::optional<std::string> text(const char* name) {
    const auto it = body_.find(name);
    if (it == body_.end() || it->is_null())
      return query_.text(name);
    return to_text(*it, place{"body", name}, errors_);
  }

  std::optional<std::string> required(const char* name) {
    auto value = text(name);
    if (!value && !body_.contains(name))
      errors_.missing(body_.empty() ? query_fields::loc(name)
                                    : json{"body", name});
    return value;
  }

  /// Where it was given.
  json loc(const char* name) const {
    return body_.contains(name) ? json{"body", name} : query_fields::loc(name);
  }

 private:
  query_fields query_;
  const json& body_;
  field_errors& errors_;
};

/// It travels in a header field (RFC 9110 section 5.5).
void check_key(const std::string& key, const json& loc, field_errors& errors) {
  if (!std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; }))
    errors.add(loc,
               "expected visible ASCII without blanks; is there a line break "
               "at its end?",
               "value_error.str.regex");
}

}  // namespace

checked<register_provider> check_registration(const request& r) {
  json members = json::object();
  if (!r.body.empty()) {
    auto body = read_body(r);
    if (!body)
      return std::move(body).error();
    if (*body && !(**body).is_object())
      return refuse(errc::invalid_request, "the body must be a JSON object");
    if (*body)
      members = std::move(**body);
  }
  field_errors errors;
  registration_fields fields{r, members, errors};
  const auto type = fields.required("provider_type");
  const auto name = fields.required("name");
  auto key = fields.text("api_key");
  auto base_url = fields.text("base_url");
  auto model = fields.text("default_model");
  if (!errors.empty())
    return errors.to_response();
  if (!find_provider_type(*type))
    return refuse(errc::bad_request, "Invalid provider type: " + *type);
  check_name(*name, fields.loc("name"), errors);
  if (key)
    check_key(*key, fields.loc("api_key"), errors);
  if (base_url && !base_url->empty() && !is_http_url(*base_url))
    errors.add(fields.loc("base_url"),
               "invalid or missing URL scheme; write http://HOST:PORT",
               "value_error.url.scheme");
  if (!errors.empty())
    return errors.to_response();
  register_provider out{
      *name, *type, std::move(base_url), std::move(model), {}};
  if (key && !key->empty())
    out.api_key = secret_text{std::move(*key)};
  return out;
}

}  // namespace closedpaw::http
