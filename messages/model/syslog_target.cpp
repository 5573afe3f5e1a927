#include "messages/model/syslog_target.hpp"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace closedpaw {

namespace {

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::ranges::all_of(text, [](unsigned char c) {
           return c > ' ' && c < 127 && c != '/' && c != '@' && c != '?' &&
                  c != '#' && c != '[' && c != ']';
         });
}

/// Takes ":PORT" off the end, or leaves the port as it is.
bool take_port(std::string_view& text, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  if (colon == std::string_view::npos ||
      (bracket != std::string_view::npos && colon < bracket))
    return true;
  const auto digits = text.substr(colon + 1);
  const auto* end = digits.data() + digits.size();
  const auto [stop, ec] = std::from_chars(digits.data(), end, port);
  text = text.substr(0, colon);
  return ec == std::errc{} && stop == end && port != 0;
}

}  // namespace

std::optional<syslog_target> parse_syslog_target(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == std::string_view::npos)
    return std::nullopt;
  const auto scheme = url.substr(0, mark);
  auto rest = url.substr(mark + 3);
  syslog_target out;
  if (scheme == "unix") {
    out.over = syslog_transport::unix_socket;
    out.port = 0;
    out.path = rest;
    const bool fits = rest.starts_with('/') &&
                      rest.size() < sizeof(sockaddr_un::sun_path) &&
                      rest.find('\0') == std::string_view::npos;
    return fits ? std::optional{std::move(out)} : std::nullopt;
  }
  if (scheme == "tcp")
    out.over = syslog_transport::tcp;
  else if (scheme == "tls")
    out.over = syslog_transport::tls;
  else if (scheme != "udp")
    return std::nullopt;
  if (out.over == syslog_transport::tls)
    out.port = 6514;
  if (!take_port(rest, out.port))
    return std::nullopt;
  if (rest.starts_with('[') && rest.ends_with(']'))
    rest = rest.substr(1, rest.size() - 2);
  if (!is_host(rest))
    return std::nullopt;
  out.host = rest;
  return out;
}

std::string to_string(const syslog_target& x) {
  if (x.over == syslog_transport::unix_socket)
    return "unix://" + x.path;
  const char* scheme = x.over == syslog_transport::udp   ? "udp://"
                       : x.over == syslog_transport::tcp ? "tcp://"
                                                         : "tls://";
  const bool v6 = x.host.find(':') != std::string::npos;
  return scheme + (v6 ? "[" + x.host + "]" : x.host) + ":" +
         std::to_string(x.port);
}

std::optional<unsigned> facility_number(std::string_view name) {
  constexpr std::array<std::string_view, 24> facilities{
      "kern",   "user",   "mail",   "daemon", "auth",     "syslog",
      "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
      "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
      "local2", "local3", "local4", "local5", "local6",   "local7"};
  const auto it = std::ranges::find(facilities, name);
  if (it == facilities.end())
    return std::nullopt;
  return static_cast<unsigned>(it - facilities.begin());
}

}  // namespace closedpaw
