#include "actors/providers/codec/request_body.hpp"

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
