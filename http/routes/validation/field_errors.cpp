#include "http/routes/validation/field_errors.hpp"

#include "http/routes/replies.hpp"

namespace closedpaw::http {

void field_errors::add(json loc, std::string_view msg, std::string_view type,
                       json ctx) {
  json error = {{"loc", std::move(loc)}, {"msg", msg}, {"type", type}};
  if (!ctx.is_null())
    error["ctx"] = std::move(ctx);
  errors_.push_back(std::move(error));
}

void field_errors::not_permitted(json loc,
                                 const std::vector<std::string>& permitted) {
  std::string msg = "value is not a valid enumeration member; permitted: ";
  for (const auto& value : permitted) {
    if (&value != &permitted.front())
      msg += ", ";
    msg += "'" + value + "'";
  }
  add(std::move(loc), msg, "type_error.enum", {{"enum_values", permitted}});
}

response field_errors::to_response() const {
  return json_reply(
      {{"detail", errors_}, {"code", to_string(errc::invalid_request)}},
      http_status(errc::invalid_request));
}

}  // namespace closedpaw::http
