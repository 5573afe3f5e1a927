#include "actors/outbound/calls.hpp"

#include <algorithm>

#include "http/client/url.hpp"
#include "messages/model/base64.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::outbound {

namespace {

failure not_allowed(const http::url& to,
                    const std::vector<std::string>& allowed) {
  std::string list;
  for (const auto& x : allowed)
    list += (list.empty() ? "" : ", ") + x;
  return {errc::forbidden,
          to.origin() + " is not among api_calls.allow (" +
              (list.empty() ? "which is empty" : list) +
              "); add it to the configuration and restart to call it",
          {},
          {}};
}

bool same_origin(const std::string& allowed, const http::url& to) {
  const auto known = http::parse_url(allowed);
  return known && known->secure == to.secure && known->host == to.host &&
         known->port == to.port;
}

bool is_utf8(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::ignore) ==
         json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

result<http::client_request> request_for(
    const call_api& call, const config::api_call_settings& allowed) {
  const auto to = http::parse_url(call.url);
  if (!to)
    return failure{
        to.error().code, "parameters.url: " + to.error().message, {}, {}};
  if (std::ranges::none_of(allowed.allow, [&](const std::string& x) {
        return same_origin(x, *to);
      }))
    return not_allowed(*to, allowed.allow);
  http::client_request out;
  out.method = call.method;
  out.url = call.url;
  out.headers = call.headers;
  out.body = call.body;
  out.timeouts.connect = std::min(out.timeouts.connect, allowed.timeout);
  out.timeouts.first_byte = allowed.timeout;
  out.timeouts.idle = allowed.timeout;
  out.timeouts.total = allowed.timeout;
  out.max_response_bytes = allowed.max_response_bytes;
  out.allow_private_addresses = allowed.allow_private_addresses;
  return out;
}

api_answer answer_of(const http::client_response& x) {
  auto headers = json::object();
  for (const auto& [name, value] : x.headers) {
    if (name == "set-cookie")
      continue;
    if (!headers.contains(name))
      headers[name] = value;
    else
      headers[name] = headers[name].get<std::string>() + ", " + value;
  }
  const bool text = is_utf8(x.body);
  return {json_text{
      json{{"status", x.status},
           {"headers", std::move(headers)},
           {"encoding", text ? "utf-8" : "base64"},
           {"body", text ? x.body : to_base64(x.body)},
           {"bytes", x.body.size()},
           {"sha256", to_hex(sha256({x.body}))},
           {"latency_ms",
            std::chrono::round<std::chrono::milliseconds>(x.timing.total)
                .count()}}}};
}

}  // namespace closedpaw::outbound
