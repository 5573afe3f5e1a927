#include "http/routes/about_channel.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/conversation_requests.hpp"
#include "messages/model/channel_type.hpp"

namespace closedpaw::http {

namespace {

/// Where users come to us; what is said on others goes to their service.
std::optional<response> refuse_unless_local(const live_state& live,
                                            std::string_view name) {
  const auto places = live.channels.get();
  const auto* place = find_place(*places, name);
  if (!place)
    return no_such_channel();
  const auto* type = find_channel_type(place->type);
  if (type && type->local)
    return std::nullopt;
  return refuse(errc::conflict,
                "channel " + place->name + " speaks to " + place->type +
                    ", and its users write there; channels of type webui and "
                    "cli are written to and followed here");
}

outcome post(const request& r, const path_params& params,
             const live_state& live) {
  const auto name = param(params, "name");
  auto c = check_post(r, name);
  if (!c)
    return std::move(c).error();
  if (auto no = refuse_unless_local(live, name))
    return std::move(*no);
  return to_outcome(std::move(c));
}

outcome follow(channel_feeds& feeds, const request& r,
               const path_params& params, const live_state& live) {
  const auto name = param(params, "name");
  if (auto no = refuse_unless_local(live, name))
    return std::move(*no);
  return open_stream(feeds.of(std::string{name}), r);
}

route post_route() {
  return {method::post, "/api/channels/{name}/messages", access::act, post, [] {
            return operation{"postMessage", "channels",
                             "Write to a local channel"}
                .describe(
                    "An object with text, and if wanted conversation "
                    "(\"main\" unless given) and id: the same id is never "
                    "taken twice, so a client may send again. Answered "
                    "once it is recorded; the answer is read by GET or "
                    "from the stream, as the message that refers to "
                    "message_id.")
                .body(free_object())
                .returns(202, "Recorded, and will be answered", free_object())
                .fails(403, "The allowlist has others")
                .fails(404, "No such channel")
                .fails(409, "Its users write to a service")
                .fails(429, "Too many messages")
                .fails(503, "The channel is stopped, or the audit log refuses")
                .take();
          }};
}

route read_route() {
  return {method::get, "/api/channels/{name}/messages", access::read,
          about_channel(check_reading), [] {
            return operation{"listMessages", "channels", "What was said"}
                .query("conversation", string_schema(), "\"main\" unless given")
                .query("after", string_schema(),
                       "Only what follows the message of this id")
                .query("limit", integer_schema(1, most_turns_read),
                       "50 unless given; without `after` the last ones")
                .returns(200, "Oldest first; `more` if others follow",
                         free_object())
                .fails(404, "No such channel")
                .take();
          }};
}

route stream_route(channel_feeds& feeds) {
  return {method::get, "/api/channels/{name}/stream", access::read,
          [&feeds](const request& r, const path_params& params,
                   const live_state& live) {
            return follow(feeds, r, params, live);
          },
          [] {
            return operation{"followChannel", "channels",
                             "What is said, as it is said"}
                .describe(
                    "Server-sent events: `delta` {conversation, refers_to, "
                    "text} while a model writes, `message` (as in the list) "
                    "once something is recorded. With Last-Event-ID what was "
                    "missed comes first, or an event of type gap.")
                .header("Last-Event-ID", string_schema(),
                        "The id of the last event that was seen")
                .returns(200, "A stream without end", string_schema(),
                         "text/event-stream")
                .fails(404, "No such channel")
                .fails(409, "Its users write to a service")
                .fails(503, "All streams are taken")
                .take();
          }};
}

}  // namespace

std::vector<route> conversations_routes(channel_feeds& feeds) {
  return {post_route(), read_route(), stream_route(feeds)};
}

}  // namespace closedpaw::http
