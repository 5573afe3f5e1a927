#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/action_requests.hpp"
#include "http/routes/validation/later_requests.hpp"

namespace closedpaw::http {

namespace {

route chat_route() {
  return {method::post, "/api/chat", access::act, checking(check_chat),
          operation{"chat", "chat", "Say something to a model and wait"}
              .body(ref("ChatRequest"))
              .returns(200, "What the model said", ref("ChatReply"))
              .returns(202, "Not ended yet; ask for the action later",
                       ref("ChatReply"))
              .fails(404, "No such model")
              .fails(502, "The model server failed")
              .fails(504, "The model server took too long")
              .take()};
}

route multi_route() {
  return {method::post, "/api/chat/multi", access::act,
          [](const request& r, const path_params&, const live_state&) {
            if (auto refusal = refuse_multi_chat(r))
              return outcome{std::move(*refusal)};
            return outcome{not_built_yet("chat with a named provider")};
          },
          operation{"chatMulti", "chat", "Chat with a named provider"}
              .query("message", string_schema(), "What to say", true)
              .query("provider", string_schema(), "Else the default one")
              .query("model", string_schema(), "Else the provider's default")
              .fails(501, "Not built yet")
              .returns(200, "What the model said", free_object())
              .take()};
}

}  // namespace

std::vector<route> chat_routes() {
  return {chat_route(), multi_route()};
}

}  // namespace closedpaw::http
