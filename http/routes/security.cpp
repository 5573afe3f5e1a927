#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/body.hpp"

namespace closedpaw::http {

namespace {

outcome validate(const request& r, const path_params&, const live_state& live) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  const auto text = fields.text("text", body_fields::need::required);
  if (!errors.empty())
    return errors.to_response();
  return json_reply(live.explain_text(*text));
}

json validate_operation() {
  operation op{"validateText", "security",
               "What a text from outside reads like, without acting on it"};
  op.describe(
        "threat_level is none, low, medium, high or critical, score 0 to 1. "
        "matched names rules, structural signals and the classifier. sanitized "
        "is the text without what is disguised or matched by a rule.")
      .body({{"type", "object"},
             {"required", json::array({"text"})},
             {"properties", {{"text", string_schema()}}}})
      .returns(200, "The verdict", free_object());
  return op.take();
}

}  // namespace

std::vector<route> security_routes() {
  return {{method::post, "/api/security/validate", access::read, validate,
           validate_operation}};
}

}  // namespace closedpaw::http
