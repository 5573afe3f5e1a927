#include <algorithm>

#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/later_requests.hpp"
#include "http/routes/views/status.hpp"

namespace closedpaw::http {

namespace {

using refusal_fn = std::optional<response> (*)(const request&);

rendering channels_view(const live_state& live, timestamp) {
  const auto stale = live.channels.stale_since();
  auto answer = json_reply(channels_json(live));
  mark_stale(answer, stale);
  return {std::move(answer), {}};
}

bool has_channel(const live_state& live, std::string_view name) {
  const auto channels = live.channels.get();
  return std::any_of(channels->begin(), channels->end(),
                     [name](const channel_view& c) { return c.name == name; });
}

// Validated as the original did, and answered 501.
route_handler later(std::string_view what, refusal_fn refusal = nullptr) {
  return [what, refusal](const request& r, const path_params& params,
                         const live_state& live) -> outcome {
    if (refusal)
      if (auto answer = refusal(r))
        return std::move(*answer);
    if (!params.empty() && !has_channel(live, param(params, "name")))
      return refuse(errc::not_found, "Channel not found");
    return not_built_yet(what);
  };
}

json later_operation(std::string_view id, std::string_view summary) {
  return operation{id, "channels", summary}
      .returns(200, "Done", free_object())
      .fails(501, "Not built yet")
      .take();
}

route register_route() {
  return {method::post, "/api/channels/register", access::admin,
          later("registering a channel while running", refuse_channel),
          operation{"registerChannel", "channels", "Add a channel"}
              .query("channel_type", string_schema(), "Which service", true)
              .query("name", string_schema(), "How it is called here", true)
              .query("enabled", boolean_schema(), "True unless given")
              .body(array_of(string_schema()), false)
              .returns(200, "Registered", free_object())
              .fails(400, "No such type")
              .fails(501, "Not built yet")
              .take()};
}

route bind_route() {
  return {method::post, "/api/channels/{name}/bind-user", access::admin,
          later("binding a user to a channel", refuse_binding),
          operation{"bindUser", "channels", "Allow a user on a channel"}
              .query("user_id", string_schema(), "The service's user id", true)
              .query("username", string_schema(), "For people")
              .returns(200, "Bound", free_object())
              .fails(501, "Not built yet")
              .take()};
}

route send_route() {
  return {method::post, "/api/channels/{name}/send", access::act,
          later("sending through a channel", refuse_message),
          operation{"sendMessage", "channels", "Send a message"}
              .body(free_object())
              .returns(200, "Sent", free_object())
              .fails(501, "Not built yet")
              .take()};
}

}  // namespace

std::vector<route> channels_routes() {
  return {{method::get, "/api/channels", access::read, cached(channels_view),
           operation{"listChannels", "channels", "The channels"}
               .returns(200, "All of them", ref("Channels"))
               .take()},
          register_route(),
          {method::post, "/api/channels/start", access::admin,
           later("starting channels"),
           later_operation("startChannels", "Start all enabled channels")},
          {method::post, "/api/channels/stop", access::admin,
           later("stopping channels"),
           later_operation("stopChannels", "Stop all channels")},
          bind_route(),
          send_route()};
}

}  // namespace closedpaw::http
