#include "http/egress/egress_rules.hpp"

#include <ifaddrs.h>
#include <netdb.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/status.hpp>
#include <memory>

namespace closedpaw::http {

namespace {

namespace ip = boost::asio::ip;

/// IPv4 within IPv6 counts as IPv4; nothing where it is no address.
std::optional<ip::address> address_from(std::string_view text) {
  boost::system::error_code no_address;
  const auto out = ip::make_address(text, no_address);
  if (no_address)
    return std::nullopt;
  if (out.is_v6() && out.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, out.to_v6());
  return out;
}

unsigned status_of(const failure& why) {
  switch (why.code) {
    case errc::forbidden:
      return 403;
    case errc::timeout:
      return 504;
    case errc::overloaded:
      return 503;
    default:
      return 502;
  }
}

}  // namespace

std::optional<failure> refuse_destination(const std::vector<std::string>& rules,
                                          const destination& to) {
  if (std::ranges::any_of(rules, [&](const auto& x) { return allows(x, to); }))
    return std::nullopt;
  return failure{
      errc::forbidden,
      to_string(to) +
          " is not among sandbox.network_allow; its owner can add it "
          "to the configuration and restart",
      {},
      {}};
}

std::vector<std::string> own_addresses() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0)
    return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> held{all, ::freeifaddrs};
  std::vector<std::string> out;
  for (const auto* x = all; x != nullptr; x = x->ifa_next) {
    if (x->ifa_addr == nullptr)
      continue;
    const auto family = x->ifa_addr->sa_family;
    const socklen_t size = family == AF_INET    ? sizeof(sockaddr_in)
                           : family == AF_INET6 ? sizeof(sockaddr_in6)
                                                : 0;
    char text[NI_MAXHOST];
    if (size > 0 && ::getnameinfo(x->ifa_addr, size, text, sizeof text, nullptr,
                                  0, NI_NUMERICHOST) == 0)
      // The zone of a link-local one is no part of the address.
      out.push_back(std::string{text}.substr(0, std::string{text}.find('%')));
  }
  return out;
}

address_judge without_names_of_here(address_judge next, const destination& to,
                                    std::vector<std::string> own) {
  const bool may_be_here =
      to.host == "localhost" || address_from(to.host).has_value();
  return [next = std::move(next), own = std::move(own), may_be_here](
             std::string_view text, std::uint16_t port,
             bool allow_private) -> std::optional<std::string> {
    const auto address = address_from(text);
    const bool is_here =
        address && (address->is_loopback() ||
                    std::ranges::find(own, address->to_string()) != own.end());
    if (is_here && !may_be_here)
      return "its name leads to this machine";
    return next ? next(text, port, allow_private) : std::nullopt;
  };
}

std::string refusal_of(const failure& why) {
  return refusal_of(status_of(why), why.message);
}

std::string refusal_of(unsigned status, std::string text) {
  namespace beast_http = boost::beast::http;
  text += '\n';
  return "HTTP/1.1 " + std::to_string(status) + ' ' +
         std::string{
             beast_http::obsolete_reason(beast_http::int_to_status(status))} +
         "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close"
         "\r\nContent-Length: " +
         std::to_string(text.size()) + "\r\n\r\n" + text;
}

}  // namespace closedpaw::http
