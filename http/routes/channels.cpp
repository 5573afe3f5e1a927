#include <algorithm>

#include "http/routes/about_channel.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/channel_requests.hpp"
#include "http/routes/validation/query.hpp"
#include "http/routes/views/channels.hpp"

namespace closedpaw::http {

response no_such_channel() {
  return refuse(errc::not_found, "Channel not found");
}

const channel_place* find_place(const channel_places& places,
                                std::string_view name) {
  const auto it = std::ranges::find(places, name, &channel_place::name);
  return it == places.end() ? nullptr : &*it;
}

namespace {

outcome list(const request& r, const path_params&, const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  const bool with_detail = query.flag("detail").value_or(false);
  if (!errors.empty())
    return errors.to_response();
  auto answer = json_reply(with_detail ? channels_detail(live, live.now())
                                       : channels_json(live));
  mark_stale(answer, live.channels.stale_since());
  return answer;
}

outcome one(const request&, const path_params& params, const live_state& live) {
  auto found = one_channel(live, param(params, "name"), live.now());
  return found.is_null() ? no_such_channel() : json_reply(found);
}

route register_route() {
  return {method::post, "/api/channels/register", access::owner,
          checking(check_channel), [] {
            return operation{"registerChannel", "channels", "Add a channel"}
                .describe(
                    "The body is the original's list of user ids, or an "
                    "object: allowed_users, token (kept encrypted and "
                    "never shown; for matrix user and password will do), "
                    "base_url, open. It survives a restart. "
                    "A channel of that name that was registered before is "
                    "replaced; one that the configuration file has is "
                    "given its token and users this way.")
                .query("channel_type", string_schema(), "Which service", true)
                .query("name", string_schema(), "How it is called here", true)
                .query("enabled", boolean_schema(), "True unless given")
                .body(json::object(), false)
                .returns(200, "Registered", free_object())
                .fails(400, "No such type, or an address that does not fit")
                .fails(409, "The configuration file has another of that name")
                .take();
          }};
}

template <bool Started>
json switch_operation() {
  return operation{Started ? "startChannels" : "stopChannels", "channels",
                   Started ? "Start channels" : "Stop channels"}
      .query("name", string_schema(), "Only this one")
      .returns(200, "Done, and so after a restart", free_object())
      .fails(404, "No such channel")
      .take();
}

route switch_route(bool started) {
  const auto* path = started ? "/api/channels/start" : "/api/channels/stop";
  return {method::post, path, access::admin,
          [started](const request& r, const path_params&, const live_state&) {
            return to_outcome(check_switch(r, started));
          },
          started ? switch_operation<true> : switch_operation<false>};
}

route bind_route() {
  return {
      method::post, "/api/channels/{name}/bind-user", access::owner,
      about_channel(check_binding), [] {
        return operation{"bindUser", "channels", "Allow a user on a channel"}
            .query("user_id", string_schema(), "The service's user id", true)
            .query("username", string_schema(), "For people")
            .query("approves", boolean_schema(),
                   "May approve and reject, in a private conversation")
            .returns(200, "Bound", free_object())
            .fails(404, "No such channel")
            .take();
      }};
}

route unbind_route() {
  return {method::del, "/api/channels/{name}/users/{user_id}", access::admin,
          [](const request&, const path_params& params, const live_state&) {
            bind_channel_user out;
            out.channel = param(params, "name");
            out.user = param(params, "user_id");
            out.bound = false;
            return outcome{command{std::move(out)}};
          },
          [] {
            return operation{"unbindUser", "channels", "Disallow a user"}
                .returns(200, "Unbound", free_object())
                .fails(404, "No such channel, or no such user there")
                .fails(409, "The configuration file has them")
                .take();
          }};
}

route pair_route() {
  return {method::post, "/api/channels/pair", access::owner,
          checking(check_pairing), [] {
            return operation{"confirmPairing", "channels",
                             "Bind the stranger who was shown this code"}
                .describe(
                    "A stranger who writes to a channel is shown a code, "
                    "which holds for ten minutes.")
                .body(free_object())
                .returns(200, "Bound", free_object())
                .fails(404, "No such code, or it has expired")
                .take();
          }};
}

route remove_route() {
  return {method::del, "/api/channels/{name}", access::admin,
          [](const request&, const path_params& params, const live_state&) {
            return outcome{
                command{remove_channel{std::string{param(params, "name")}}}};
          },
          [] {
            return operation{
                "removeChannel", "channels",
                "Forget a channel that was registered, and all of it"}
                .returns(200, "Forgotten", free_object())
                .fails(404, "No such channel")
                .fails(409, "It is in the configuration file")
                .take();
          }};
}

route send_route() {
  return {method::post, "/api/channels/{name}/send", access::act,
          about_channel(check_message), [] {
            return operation{"sendMessage", "channels", "Say something unasked"}
                .describe(
                    "An object with conversation (the service's id) and "
                    "text. Answered once it is recorded: it is said as "
                    "soon as the service takes it, also after a restart.")
                .body(free_object())
                .returns(202, "Recorded, and will be said", free_object())
                .fails(404, "No such channel")
                .fails(503, "The channel is stopped")
                .take();
          }};
}

}  // namespace

std::vector<route> channels_routes() {
  return {{method::get, "/api/channels", access::read, list,
           [] {
             return operation{"listChannels", "channels", "The channels"}
                 .query("detail", boolean_schema(),
                        "With state, times, errors and counts")
                 .returns(200, "All of them", ref("Channels"))
                 .take();
           }},
          {method::get, "/api/channels/{name}", access::read, one,
           [] {
             return operation{
                 "getChannel", "channels",
                 "One channel, its users and the strangers that wait"}
                 .returns(200, "The channel", free_object())
                 .fails(404, "No such channel")
                 .take();
           }},
          register_route(),
          switch_route(true),
          switch_route(false),
          pair_route(),
          bind_route(),
          unbind_route(),
          remove_route(),
          send_route()};
}

}  // namespace closedpaw::http
