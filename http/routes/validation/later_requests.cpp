#include "http/routes/validation/later_requests.hpp"

#include <algorithm>
#include <array>

#include "http/routes/replies.hpp"
#include "http/routes/validation/body.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

constexpr std::array<std::string_view, 6> channel_types{
    "webui", "telegram", "discord", "slack", "matrix", "cli"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names,
               std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_name(const std::optional<std::string>& name, std::string_view field,
                field_errors& errors) {
  if (name && name->empty())
    errors.add(query_fields::loc(field),
               "ensure this value has at least 1 characters",
               "value_error.any_str.min_length", {{"limit_value", 1}});
}

std::optional<response> answer(const field_errors& errors) {
  return errors.empty() ? std::nullopt : std::optional{errors.to_response()};
}

}  // namespace

std::optional<response> refuse_channel(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  query_fields query{r.query, errors};
  const auto type = query.required_text("channel_type");
  const auto name = query.required_text("name");
  query.flag("enabled");
  if (*body)
    to_texts(**body, {"body"}, errors);
  if (!errors.empty())
    return answer(errors);
  if (!is_one_of(channel_types, *type))
    return refuse(errc::bad_request, "Invalid channel type: " + *type);
  check_name(name, "name", errors);
  return answer(errors);
}

std::optional<response> refuse_binding(const request& r) {
  field_errors errors;
  query_fields query{r.query, errors};
  check_name(query.required_text("user_id"), "user_id", errors);
  return answer(errors);
}

std::optional<response> refuse_message(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  if (*body)
    to_object(std::move(**body), {"body"}, errors);
  else
    errors.missing(json::array({"body"}));
  return answer(errors);
}

}  // namespace closedpaw::http
