#include "http/routes/validation/action_requests.hpp"

#include "http/routes/replies.hpp"
#include "http/routes/validation/body.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

using need = body_fields::need;

namespace {

// The original answers 500 to an operation that is no text.
void check_operation(action_type type, const json& parameters,
                     field_errors& errors) {
  if (type != action_type::file_operation)
    return;
  const auto it = parameters.find("operation");
  if (it != parameters.end() && !it->is_string())
    errors.add({"body", "parameters", "operation"}, "str type expected",
               "type_error.str");
}

std::optional<std::string> unless_empty(std::optional<std::string> text) {
  return text && text->empty() ? std::nullopt : text;
}

bool is_confirmation(std::string_view text) {
  return text.size() >= 8 && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<std::string> status_names() {
  std::vector<std::string> names;
  for (auto x : {action_status::pending, action_status::approved,
                 action_status::rejected, action_status::executing,
                 action_status::completed, action_status::failed})
    names.emplace_back(to_string(x));
  return names;
}

std::vector<std::string> fault_names() {
  std::vector<std::string> names;
  for (auto x : {fault_kind::throw_, fault_kind::hang, fault_kind::exit})
    names.emplace_back(to_string(x));
  return names;
}

}  // namespace

checked<submit_action> check_submit(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  const auto type = fields.text("action_type", need::required);
  auto parameters = fields.object("parameters", need::defaulted);
  auto skill = fields.text("skill_id", need::nullable);
  if (!errors.empty())
    return errors.to_response();
  const auto known = parse_action_type(*type);
  if (!known)
    return refuse(errc::bad_request, "Invalid action type: " + *type);
  submit_action command;
  command.request.type = *known;
  if (parameters)
    command.request.parameters = std::move(*parameters);
  command.request.skill_id = std::move(skill);
  check_operation(*known, command.request.parameters, errors);
  if (!errors.empty())
    return errors.to_response();
  return command;
}

checked<run_chat> check_chat(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  auto message = fields.text("message", need::required);
  auto model = fields.text("model", need::defaulted);
  const auto use_cloud = fields.flag("use_cloud", need::defaulted);
  if (!errors.empty())
    return errors.to_response();
  run_chat out;
  out.messages = {{"user", std::move(*message)}};
  out.model = unless_empty(std::move(model));
  out.use_cloud = use_cloud.value_or(false);
  return out;
}

checked<run_chat> check_chat_stream(const request& r) {
  auto out = check_chat(r);
  if (out)
    out->stream = true;
  return out;
}

checked<run_chat> check_multi_chat(const request& r) {
  field_errors errors;
  query_fields query{r.query, errors};
  auto message = query.required_text("message");
  if (!errors.empty())
    return errors.to_response();
  run_chat out;
  out.messages = {{"user", std::move(*message)}};
  out.model = query.filter("model");
  out.provider = query.filter("provider");
  out.form = chat_form::multi;
  return out;
}

checked<switch_model> check_switch(const request& r) {
  field_errors errors;
  query_fields query{r.query, errors};
  auto model = query.required_text("model");
  if (!errors.empty())
    return errors.to_response();
  if (model->empty())
    return refuse(errc::bad_request,
                  "No model specified: name one that GET /api/models lists");
  return switch_model{std::move(*model)};
}

checked<decide_action> check_decision(const request& r, std::string_view id) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  const auto approved = fields.flag("approved", need::required);
  auto user = fields.text("user_id", need::defaulted);
  auto confirm = fields.text("confirm", need::nullable);
  auto owner = fields.text("owner_secret", need::nullable);
  if (confirm && !is_confirmation(*confirm))
    errors.add({"body", "confirm"},
               "expected the first 8 to 64 digits of the action's digest",
               "value_error.str.regex");
  if (!errors.empty())
    return errors.to_response();
  const auto known = parse_uuid(id);
  if (!known)
    return refuse(errc::not_found, "Action not found or not pending");
  decide_action out{*known, *approved, std::move(user), std::move(confirm)};
  if (owner)
    out.owner_secret = secret_text{std::move(*owner)};
  return out;
}

checked<list_actions> check_list(const request& r) {
  field_errors errors;
  query_fields query{r.query, errors};
  const auto status = query.choice("status", status_names());
  const auto limit = query.integer("limit", 1, 1000);
  list_actions command;
  if (auto before = query.text("before")) {
    command.before = parse_uuid(*before);
    if (!command.before)
      errors.add(query.loc("before"), "value is not a valid uuid",
                 "type_error.uuid");
  }
  if (!errors.empty())
    return errors.to_response();
  if (status)
    command.status = parse_action_status(*status);
  command.limit = static_cast<std::uint32_t>(limit.value_or(command.limit));
  return command;
}

checked<inject_fault> check_fault(const request& r) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  auto path = fields.text("path", need::required);
  const auto kind = fields.text("kind", need::required);
  const auto known = kind ? parse_fault_kind(*kind) : std::nullopt;
  if (kind && !known)
    errors.not_permitted({"body", "kind"}, fault_names());
  if (!errors.empty())
    return errors.to_response();
  return inject_fault{std::move(*path), *known};
}

}  // namespace closedpaw::http
