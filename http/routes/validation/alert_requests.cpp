#include "http/routes/validation/alert_requests.hpp"

#include "http/routes/validation/body.hpp"

namespace closedpaw::http {

namespace {

constexpr std::size_t most_matchers = 16;
constexpr std::size_t most_values = 64;
constexpr std::size_t most_bytes = 512;
constexpr std::int64_t longest_silence_s = 30LL * 24 * 3600;

void no_text(field_errors& errors, json loc) {
  errors.add(std::move(loc), "str type expected", "type_error.str");
}

void read_values(const json& from, const json& loc, label_condition& to,
                 field_errors& errors) {
  const auto one = from.find("value");
  const auto many = from.find("values");
  auto list = json::array();
  if (one != from.end())
    list.push_back(*one);
  else if (many != from.end() && many->is_array())
    list = *many;
  if (list.empty() || list.size() > most_values) {
    errors.add(loc, "expected a value, or 1 to 64 values", "value_error.list");
    return;
  }
  for (const auto& v : list)
    if (v.is_string() && v.get_ref<const std::string&>().size() <= most_bytes)
      to.values.push_back(v.get<std::string>());
    else
      no_text(errors, loc);
}

label_condition read_matcher(const json& from, const json& loc,
                             field_errors& errors) {
  label_condition out;
  if (!from.is_object()) {
    errors.add(loc, "value is not a valid dict", "type_error.dict");
    return out;
  }
  if (const auto name = from.find("name");
      name != from.end() && name->is_string()) {
    out.name = name->get<std::string>();
    errors.check_bytes(out.name, loc, most_bytes);
  } else {
    no_text(errors, loc);
  }
  read_values(from, loc, out, errors);
  if (const auto negated = from.find("negated"); negated != from.end()) {
    if (negated->is_boolean())
      out.negated = negated->get<bool>();
    else
      errors.add(loc, "value could not be parsed to a boolean",
                 "type_error.bool");
  }
  return out;
}

void read_matchers(const json& body, alert_silence& to, field_errors& errors) {
  const auto list = body.find("matchers");
  if (list == body.end() || !list->is_array() || list->empty() ||
      list->size() > most_matchers) {
    errors.add({"body", "matchers"},
               "expected a list of 1 to 16 conditions on labels, such as "
               "{\"name\": \"alertname\", \"value\": \"ProviderDown\"}",
               "value_error.list");
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i)
    to.matchers.push_back(
        read_matcher((*list)[i], {"body", "matchers", i}, errors));
}

}  // namespace

checked<silence_alerts> check_silence(const request& r, timestamp now) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  const auto object = body->value_or(json::object());
  if (!object.is_object()) {
    errors.add({"body"}, "value is not a valid dict", "type_error.dict");
    return errors.to_response();
  }
  silence_alerts out;
  read_matchers(object, out.what, errors);
  const auto seconds = object.find("duration_s");
  if (seconds == object.end())
    errors.missing({"body", "duration_s"});
  else if (!seconds->is_number_integer() || *seconds < 1 ||
           *seconds > longest_silence_s)
    errors.add({"body", "duration_s"}, "expected 1 to 2592000 seconds",
               "value_error.number.not_in_range");
  const auto comment = object.find("comment");
  if (comment == object.end() || !comment->is_string())
    errors.missing({"body", "comment"});
  else
    errors.check_bytes(comment->get_ref<const std::string&>(),
                       {"body", "comment"}, most_bytes);
  if (!errors.empty())
    return errors.to_response();
  out.what.id = to_string(make_uuid(now));
  out.what.starts_at = now;
  out.what.ends_at = now + std::chrono::seconds{seconds->get<std::int64_t>()};
  out.what.comment = comment->get<std::string>();
  return out;
}

}  // namespace closedpaw::http
