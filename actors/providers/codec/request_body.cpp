#include "actors/providers/codec/request_body.hpp"

#include "messages/model/json_fields.hpp"

namespace closedpaw::providers::codec {

http_request post_json(std::string path, const json_text& body,
                       const chat_request& q, std::string accept) {
  http_request out{"POST",
                   std::move(path),
                   {{"content-type", "application/json"},
                    {"accept", q.stream_id.empty() ? std::move(accept)
                                                   : "text/event-stream"}},
                   body.str()};
  if (!q.request_id.empty()) {
    out.headers.emplace_back("x-request-id", q.request_id);
  }
  return out;
}

std::string response_type(const chat_request& q) {
  if (q.options.response_format == json_text{}) {
    return "text";
  }
  auto out = text_or_empty(q.options.response_format.value(), "type");
  return out.empty() ? "text" : out;
}

json response_schema(const chat_request& q) {
  if (q.options.response_format == json_text{}) {
    return {};
  }
  const auto format = q.options.response_format.value();
  const auto* described = object_in(format, "json_schema");
  const auto* schema = described ? object_in(*described, "schema") : nullptr;
  return schema ? *schema : json();
}

json no_parameters() {
  return {{"type", "object"}, {"properties", json::object()}};
}

bool names_an_image(const chat_request& q) {
  for (const auto& x : q.messages) {
    for (const auto& part : x.parts) {
      if (!part.image_url.empty() && !read_inline_image(part.image_url)) {
        return true;
      }
    }
  }
  return false;
}

bool is_instruction(const chat_message& x) {
  return x.role == "system" || x.role == "developer";
}

std::string plain_role(const chat_message& x) {
  return is_instruction(x) ? "system" : x.role;
}

std::string instructions(const chat_request& q) {
  std::string out;
  for (const auto& x : q.messages) {
    if (!is_instruction(x)) {
      continue;
    }
    out.append(out.empty() ? "" : "\n\n").append(x.content);
  }
  return out;
}

}  // namespace closedpaw::providers::codec
