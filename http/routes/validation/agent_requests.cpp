#include "http/routes/validation/agent_requests.hpp"

#include <algorithm>

#include "http/routes/validation/body.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

constexpr std::size_t most_command_bytes = 65'536;
constexpr double most_seconds = 3'600;

/// A text, or a list of texts that begins with the program.
bool is_command(const json& x) {
  if (x.is_string())
    return !x.get_ref<const std::string&>().empty();
  return x.is_array() && !x.empty() &&
         std::ranges::all_of(x, [](const json& part) {
           return part.is_string() && part.get_ref<const std::string&>().find(
                                          '\0') == std::string::npos;
         });
}

/// The body as one object, or the answer to what is none.
checked<json> read_object(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  if (!*body || !(*body)->is_object())
    errors.add({"body"}, "value is not a valid dict", "type_error.dict");
  if (!errors.empty())
    return errors.to_response();
  return std::move(**body);
}

}  // namespace

checked<create_agent> check_agent(const request& r) {
  auto body = read_object(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  create_agent out;
  for (auto& [name, value] : body->items())
    if (name == "limits" && (value.is_object() || value.is_null()))
      out.limits = value;
    else if (name == "skill_id" && value.is_string())
      out.skill_id = value.get<std::string>();
    else
      errors.add({"body", name},
                 "unknown, or of a wrong type; there are skill_id (a text) and "
                 "limits (an object)",
                 "value_error.extra");
  if (errors.empty())
    errors.check_bytes(out.skill_id, {"body", "skill_id"}, 64);
  if (!errors.empty())
    return errors.to_response();
  return out;
}

checked<execute_in_agent> check_execution(const request& r, const uuid& id) {
  auto body = read_object(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  execute_in_agent out;
  out.id = id;
  for (auto& [name, value] : body->items())
    if (name == "command" && is_command(value))
      out.command = value;
    else if (name == "timeout" && value.is_number() &&
             value.get<double>() > 0 && value.get<double>() <= most_seconds)
      out.timeout = std::chrono::milliseconds{
          static_cast<std::int64_t>(value.get<double>() * 1'000)};
    else
      errors.add({"body", name},
                 "unknown, or of a wrong type; there are command (a text, or a "
                 "list of texts) and timeout (seconds, at most 3600)",
                 "value_error.extra");
  if (errors.empty() && out.command.is_null())
    errors.missing({"body", "command"});
  if (errors.empty() && dump(out.command).size() > most_command_bytes)
    errors.add({"body", "command"}, "expected at most 65536 bytes",
               "value_error.any_str");
  if (!errors.empty())
    return errors.to_response();
  return out;
}

checked<stop_agent> check_stop(const request& r, const uuid& id) {
  field_errors errors;
  query_fields query{r.query, errors};
  stop_agent out;
  out.id = id;
  out.force = query.flag("force").value_or(false);
  if (!errors.empty())
    return errors.to_response();
  return out;
}

}  // namespace closedpaw::http
