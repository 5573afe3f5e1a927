#include "http/server/openai_error.hpp"

#include "messages/model/redaction.hpp"

namespace closedpaw::http {

namespace {

std::string_view type_of(errc code) {
  switch (code) {
    case errc::invalid_request:
    case errc::bad_request:
    case errc::not_found:
    case errc::payload_too_large:
    case errc::headers_too_large:
    case errc::conflict:
    case errc::method_not_allowed:
      return "invalid_request_error";
    case errc::too_many_requests:
    case errc::overloaded:
      return "rate_limit_error";
    case errc::unauthenticated:
    case errc::forbidden:
    case errc::upstream_refused:
      return "authentication_error";
    default:
      return "server_error";
  }
}

}  // namespace

json openai_error_member(const failure& why, json param) {
  json out{{"message", redact(why.message)},
           {"type", type_of(why.code)},
           {"param", std::move(param)},
           {"code", to_string(why.code)}};
  if (why.extra.is_object() && why.extra.contains("action_id"))
    out["action_id"] = why.extra["action_id"].get<std::string>();
  return out;
}

}  // namespace closedpaw::http
