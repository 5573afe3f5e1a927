#include "actors/security/request_policy.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <set>

namespace closedpaw::security {

namespace {

constexpr std::array loopback_names{"127.0.0.1", "localhost", "[::1]"};

/// The headers that decide, gathered in one pass.
struct findings {
  std::optional<std::string_view> host;
  std::optional<std::string_view> origin;
  std::optional<std::string_view> content_type;
  std::string_view proxy;
  std::string_view fetch_site;
  bool event_stream = false;
  bool websocket = false;
};

findings look_at(const request_view& request) {
  findings out;
  for (const auto& [name, value] : request.headers) {
    if (name == "host")
      out.host = value;
    else if (name == "origin")
      out.origin = value;
    else if (name == "content-type")
      out.content_type = value;
    else if (name == "sec-fetch-site")
      out.fetch_site = value;
    else if (name == "forwarded" || name == "via" ||
             name.starts_with("x-forwarded-"))
      out.proxy = name;
    else if (name == "accept")
      out.event_stream |= boost::icontains(value, "text/event-stream");
    else if (name == "upgrade")
      out.websocket |= boost::icontains(value, "websocket");
  }
  return out;
}

bool changes_state(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH" ||
         method == "DELETE";
}

/// What the Fetch standard lets a page send without asking us first.
bool is_simple_type(std::string_view type) {
  const auto essence = boost::algorithm::trim_copy(
      std::string{type.substr(0, type.find_first_of(";,"))});
  return boost::iequals(essence, "text/plain") ||
         boost::iequals(essence, "application/x-www-form-urlencoded") ||
         boost::iequals(essence, "multipart/form-data");
}

/// Text of a client's for a message: printable and short.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 100))
    out += c >= ' ' && c < 0x7f && c != '\'' ? c : '?';
  return out + (text.size() > 100 ? "…'" : "'");
}

failure forbidden(std::string message) {
  return {.code = errc::forbidden, .message = std::move(message)};
}

std::optional<failure> check_host(const request_view& request,
                                  const findings& found, const policy& ours) {
  for (const auto host : {found.host, request.authority}) {
    if (!host || host_allowed(*host, ours))
      continue;
    return forbidden("Host " + quoted(*host) +
                     " is not this daemon's: use one of " +
                     boost::algorithm::join(ours.hosts, ", "));
  }
  return std::nullopt;
}

// Written otherwise (%65vents) it may be any of them.
bool is_event_stream(std::string_view path) {
  return path.find('%') != std::string_view::npos || path == "/api/events" ||
         (path.starts_with("/api/channels/") && path.ends_with("/stream"));
}

std::optional<failure> check_origin(const request_view& request,
                                    const findings& found, const policy& ours) {
  const bool guarded = changes_state(request.method) || found.event_stream ||
                       found.websocket || is_event_stream(request.path);
  if (!guarded)
    return std::nullopt;
  if (found.origin) {
    if (origin_allowed(*found.origin, ours))
      return std::nullopt;
    return forbidden("Origin " + quoted(*found.origin) +
                     " is foreign: add it to http.allowed_origins if it is "
                     "your frontend");
  }
  if (boost::iequals(found.fetch_site, "cross-site"))
    return forbidden(
        "the browser says that another site sent this request "
        "(Sec-Fetch-Site: cross-site)");
  return std::nullopt;
}

std::optional<failure> check_body_type(const request_view& request,
                                       const findings& found) {
  if (request.method != "POST" || !request.has_body)
    return std::nullopt;
  const auto bad = [](std::string message) {
    return failure{.code = errc::bad_request, .message = std::move(message)};
  };
  if (!found.content_type || found.content_type->empty()) {
    if (!found.origin)
      return std::nullopt;
    return bad(
        "a body from a page needs a Content-Type: send "
        "application/json");
  }
  if (is_simple_type(*found.content_type))
    return bad("Content-Type " + quoted(*found.content_type) +
               " is refused, since any web page may send it: send "
               "application/json");
  return std::nullopt;
}

}  // namespace

policy make_policy(std::uint16_t port, std::vector<std::string> frontends,
                   const std::string& address) {
  policy out;
  out.origins = std::move(frontends);
  std::set<std::string> names{loopback_names.begin(), loopback_names.end()};
  names.insert(address.find(':') == address.npos ? address
                                                 : '[' + address + ']');
  for (const auto& name : names) {
    const auto with_port = name + ":" + std::to_string(port);
    out.hosts.push_back(with_port);
    out.origins.push_back("http://" + with_port);
    if (port == 80) {
      out.hosts.push_back(name);
      out.origins.push_back("http://" + name);
    }
  }
  return out;
}

policy make_remote_policy(std::uint16_t port,
                          const std::vector<std::string>& names) {
  policy out;
  for (const auto& name : names) {
    const auto with_port = name + ":" + std::to_string(port);
    out.hosts.push_back(with_port);
    out.origins.push_back("https://" + with_port);
    if (port == 443) {
      out.hosts.push_back(name);
      out.origins.push_back("https://" + name);
    }
  }
  return out;
}

bool host_allowed(std::string_view host, const policy& ours) {
  // The exact spelling first: nearly all, and no locale is asked.
  return std::ranges::find(ours.hosts, host) != ours.hosts.end() ||
         std::ranges::any_of(ours.hosts, [host](const std::string& ok) {
           return boost::iequals(ok, host);
         });
}

bool origin_allowed(std::string_view origin, const policy& ours) {
  // "null" is what sandboxed frames and files send: anybody's.
  return origin != "null" &&
         std::ranges::find(ours.origins, origin) != ours.origins.end();
}

std::optional<failure> check_request(const request_view& request,
                                     const policy& ours) {
  const auto found = look_at(request);
  if (auto refused = check_host(request, found, ours))
    return refused;
  if (!found.proxy.empty())
    return forbidden("header " + quoted(found.proxy) +
                     " is refused: no proxy is trusted");
  if (auto refused = check_origin(request, found, ours))
    return refused;
  return check_body_type(request, found);
}

}  // namespace closedpaw::security
