#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/action_requests.hpp"

namespace closedpaw::http {

namespace {

route chat_route() {
  return {method::post, "/api/chat", access::act, checking(check_chat), [] {
            return operation{"chat", "chat",
                             "Say something to a model and wait"}
                .body(ref("ChatRequest"))
                .returns(200, "What the model said", ref("ChatReply"))
                .returns(202, "Not ended yet; ask for the action later",
                         ref("ChatReply"))
                .fails(404, "No such model")
                .fails(502, "The model server failed")
                .fails(504, "The model server took too long")
                .take();
          }};
}

route stream_route() {
  return {method::post, "/api/chat/stream", access::act,
          checking(check_chat_stream), [] {
            return operation{
                "chatStream", "chat",
                "Say something to a model and read while it answers"}
                .describe(
                    "Server-sent events: delta {text} as often as needed, "
                    "usage, then end {action_id, model, provider, "
                    "finish_reason} or error {detail, code}. What goes "
                    "wrong before the first delta has its own status. A "
                    "client that goes away ends the request upstream.")
                .body(ref("ChatRequest"))
                .returns(200, "The answer as it is made", string_schema(),
                         "text/event-stream")
                .fails(404, "No such model")
                .fails(502, "The model server failed")
                .fails(504, "The model server took too long")
                .take();
          }};
}

route multi_route() {
  return {method::post, "/api/chat/multi", access::act,
          checking(check_multi_chat), [] {
            return operation{"chatMulti", "chat", "Chat with a named provider"}
                .query("message", string_schema(), "What to say", true)
                .query("provider", string_schema(), "Else the default one")
                .query("model", string_schema(), "Else the provider's default")
                .returns(200, "What the model said", free_object())
                .fails(404, "No such provider or model")
                .fails(424, "The provider has no key, or refused it")
                .fails(502, "The provider failed")
                .take();
          }};
}

}  // namespace

std::vector<route> chat_routes() {
  return {chat_route(), stream_route(), multi_route()};
}

}  // namespace closedpaw::http
