#include "config/rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "config/url.hpp"
#include "messages/model/alert.hpp"
#include "messages/model/channel_type.hpp"
#include "messages/model/destination.hpp"
#include "messages/model/provider_type.hpp"
#include "messages/model/syslog_target.hpp"

namespace closedpaw::config {

namespace {

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1)
    return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6);
}

bool has_control_or_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
}

}  // namespace

problem parse_address(std::string_view text, endpoint& out) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return "has no port";
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (digits.empty() || error != std::errc{} || stop != end)
    return "has no port from 0 to 65535 after the last colon";
  std::string host{text.substr(0, colon)};
  const bool bracketed =
      host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return "has an IPv6 address without brackets";
  if (host == "localhost")
    host = "127.0.0.1";
  out = {std::move(host), port};
  return std::nullopt;
}

problem parse_listen(std::string_view text, endpoint& out) {
  endpoint found;
  if (auto wrong = parse_address(text, found))
    return wrong;
  if (!is_loopback(found.host))
    return "is not a loopback address; other machines come in over TLS and "
           "with a token: http.remote.listen";
  out = std::move(found);
  return std::nullopt;
}

problem check_host_name(std::string_view text) {
  const bool fits =
      !text.empty() && text.size() <= 253 &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.[]:") ==
          std::string_view::npos;
  return fits ? std::nullopt
              : problem{"is not a name or address in lower case"};
}

problem check_base_url(std::string_view text) {
  const auto url = parse_url(text);
  if (!url)
    return "is not a URL";
  if (url->scheme != "http" && url->scheme != "https")
    return "is not an http or https URL";
  if (url->has_user)
    return "has credentials, which do not belong in an address";
  if (url->has_query || url->has_fragment)
    return "has a query or a fragment";
  return std::nullopt;
}

problem check_optional_base_url(std::string_view text) {
  return text.empty() ? std::nullopt : check_base_url(text);
}

problem check_origin(std::string_view text) {
  const auto url = parse_url(text);
  if (!url || (url->scheme != "http" && url->scheme != "https"))
    return "is not an http or https origin";
  if (url->has_user || url->has_query || url->has_fragment || url->has_path)
    return "has more than scheme, host and port";
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return c >= 'A' && c <= 'Z'; }))
    return "is not in lower case, and a browser's always is";
  return std::nullopt;
}

problem check_destination(std::string_view text) {
  if (!is_destination_rule(text))
    return "is not a host and a port, such as api.example.org:443";
  return std::nullopt;
}

problem check_runtime(std::string_view text) {
  for (const char* known : {"gvisor", "kata", "oci", "bubblewrap"})
    if (text == known)
      return std::nullopt;
  return "is none of gvisor, kata, oci, bubblewrap";
}

problem check_limit(std::string_view text) {
  for (const char* known : {"memory_bytes", "cpus", "processes"})
    if (text == known)
      return std::nullopt;
  return "is none of memory_bytes, cpus, processes";
}

problem check_name(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  const bool fits = !text.empty() && text.size() <= 64 && plain(text.front()) &&
                    std::all_of(text.begin(), text.end(), [&](char c) {
                      return plain(c) || c == '_' || c == '-';
                    });
  if (!fits)
    return "is not a name";
  // "providers.default" is a setting of its own.
  if (text == "default")
    return "is a reserved word";
  return std::nullopt;
}

problem check_channel_name(std::string_view text) {
  if (text == "router")
    return "is the name of the channels' own owner; choose another";
  return check_name(text);
}

problem check_label(std::string_view text) {
  if (text.empty())
    return "is empty";
  return check_optional_label(text);
}

problem check_optional_label(std::string_view text) {
  if (text.size() > 256)
    return "is longer than 256 bytes";
  if (has_control_or_space(text))
    return "has a space or a control character";
  return std::nullopt;
}

problem check_directory(std::string_view text) {
  const bool rooted =
      text.starts_with('/') || text == "~" || text.starts_with("~/");
  if (!rooted)
    return "is not an absolute path";
  if (text.find('\0') != std::string_view::npos)
    return "has a zero byte";
  return std::nullopt;
}

problem check_optional_path(std::string_view text) {
  if (text.empty() || text.starts_with('/'))
    return std::nullopt;
  return "is not an absolute path";
}

problem check_program_directory(std::string_view text) {
  if (!text.starts_with('/'))
    return "is not an absolute path";
  const auto unquotable = [](unsigned char c) {
    return c < ' ' || c == '\'' || c == 0x7f;
  };
  if (std::ranges::any_of(text, unquotable))
    return "has a quote or a control character";
  return std::nullopt;
}

problem check_provider_type(std::string_view text) {
  if (find_provider_type(text))
    return std::nullopt;
  return "is not a known type";
}

problem check_channel_type(std::string_view text) {
  if (find_channel_type(text))
    return std::nullopt;
  return "is not a known type";
}

problem check_receiver_type(std::string_view text) {
  for (const char* known :
       {"log", "webhook", "alertmanager", "slack", "channel"})
    if (text == known)
      return std::nullopt;
  return "is not a known type";
}

problem check_shipper_type(std::string_view text) {
  if (text == "syslog" || text == "otlp")
    return std::nullopt;
  return "is not a known type";
}

problem check_shipper_url(std::string_view text) {
  if (text.empty() || parse_syslog_target(text))
    return std::nullopt;
  return check_base_url(text);
}

problem check_severity(std::string_view text) {
  if (parse_severity(text))
    return std::nullopt;
  return "is not a severity";
}

}  // namespace closedpaw::config
