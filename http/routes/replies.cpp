#include "http/routes/replies.hpp"

namespace closedpaw::http {

response json_reply(const json& body, unsigned status) {
  return json_response(status, dump(body));
}

response json_text_reply(const json_text& body) {
  return json_response(200, body.str());
}

response text_reply(std::string_view media_type, std::string body) {
  response r;
  r.headers = {{"Content-Type", std::string{media_type}}};
  r.body = std::make_shared<const std::string>(std::move(body));
  return r;
}

response refuse(errc code, std::string message, const json& extra) {
  return error_response(failure{code, std::move(message), {}, extra});
}

}  // namespace closedpaw::http
