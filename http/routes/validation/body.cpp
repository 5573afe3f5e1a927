#include "http/routes/validation/body.hpp"

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <locale>

#include "http/routes/replies.hpp"
#include "http/routes/url_text.hpp"

namespace closedpaw::http {

namespace {

bool says_json(std::string_view content_type) {
  if (content_type == "application/json")
    return true;
  std::string type{content_type.substr(0, content_type.find(';'))};
  boost::algorithm::trim(type, std::locale::classic());
  boost::algorithm::to_lower(type, std::locale::classic());
  if (type.empty())
    return true;
  return type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

// Python counts characters, the parser bytes.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

response syntax_error(std::string_view body, const json_error& error) {
  const auto before = body.substr(0, std::min(error.offset, body.size()));
  const auto pos = characters(before);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto line_start = before.rfind('\n') + 1;
  const auto column = 1 + characters(before.substr(line_start));
  field_errors errors;
  errors.add(json::array({"body", pos}),
             error.message + ": line " + std::to_string(line) + " column " +
                 std::to_string(column) + " (char " + std::to_string(pos) + ")",
             "value_error.jsondecode",
             {{"msg", error.message},
              {"pos", pos},
              {"lineno", line},
              {"colno", column}});
  return errors.to_response();
}

}  // namespace

checked<std::optional<json>> read_body(const request& r) {
  using body = std::optional<json>;
  if (r.body.empty())
    return {boost::system::in_place_value, body{}};
  if (!says_json(r.header_value("content-type")))
    return {boost::system::in_place_value, body{json::binary({})}};
  auto parsed = parse_json(r.body);
  // JSON text is UTF-8, so this is asked only about what is no JSON.
  if (!parsed && valid_utf8(r.body) != r.body)
    return refuse(errc::bad_request, "There was an error parsing the body",
                  {{"cause", "the body is not valid UTF-8"}});
  if (!parsed)
    return syntax_error(r.body, parsed.error());
  if (parsed->is_null())
    return {boost::system::in_place_value, body{}};
  return {boost::system::in_place_value, body{std::move(*parsed)}};
}

body_fields::body_fields(std::optional<json> body, field_errors& errors)
    : errors_{errors} {
  constexpr place whole{"body"};
  if (body)
    fields_ = to_object(std::move(*body), whole, errors_);
  else
    errors_.missing(whole.loc());
}

json* body_fields::value(const char* name, need n) {
  if (!fields_)
    return nullptr;
  const auto it = fields_->find(name);
  if (it == fields_->end()) {
    if (n == need::required)
      errors_.missing({"body", name});
    return nullptr;
  }
  if (it->is_null()) {
    if (n != need::nullable)
      errors_.null({"body", name});
    return nullptr;
  }
  return &*it;
}

std::optional<std::string> body_fields::text(const char* name, need n) {
  const auto* v = value(name, n);
  return v ? to_text(*v, {"body", name}, errors_) : std::nullopt;
}

std::optional<bool> body_fields::flag(const char* name, need n) {
  const auto* v = value(name, n);
  return v ? to_bool(*v, {"body", name}, errors_) : std::nullopt;
}

std::optional<json> body_fields::object(const char* name, need n) {
  auto* v = value(name, n);
  return v ? to_object(std::move(*v), {"body", name}, errors_) : std::nullopt;
}

}  // namespace closedpaw::http
