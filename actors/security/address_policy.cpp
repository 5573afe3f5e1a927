#include "actors/security/address_policy.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

namespace closedpaw::security {

namespace {

namespace ip = boost::asio::ip;

ip::address unmapped(const ip::address& x) {
  if (!x.is_v6())
    return x;
  const auto v6 = x.to_v6();
  if (v6.is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, v6);
  const auto bytes = v6.to_bytes();
  const auto v4_at = [&bytes](std::size_t i) {
    return ip::address_v4{{bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]}};
  };
  constexpr std::array<unsigned char, 12> nat64{0, 0x64, 0xff, 0x9b};
  if (std::equal(nat64.begin(), nat64.end(), bytes.begin()))
    return v4_at(12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02)
    return v4_at(2);
  return x;
}

bool within(const ip::address_v4& x, std::uint32_t net, int bits) {
  return (x.to_uint() ^ net) >> (32 - bits) == 0;
}

/// Amazon's, which is in the private range.
bool is_metadata(const ip::address_v6& x) {
  return x == ip::make_address_v6("fd00:ec2::254");
}

bool is_link_local(const ip::address& x) {
  return x.is_v4() ? within(x.to_v4(), 0xA9FE0000, 16)
                   : x.to_v6().is_link_local() || is_metadata(x.to_v6());
}

bool is_private(const ip::address& x) {
  if (x.is_v6()) {
    const auto bytes = x.to_v6().to_bytes();
    return (bytes[0] & 0xFE) == 0xFC || x.to_v6().is_site_local();
  }
  const auto v4 = x.to_v4();
  return within(v4, 0x0A000000, 8) || within(v4, 0xAC100000, 12) ||
         within(v4, 0xC0A80000, 16) || within(v4, 0x64400000, 10);
}

bool is_ours(const ip::address& x, std::uint16_t port,
             const own_listeners& own) {
  if (x.is_loopback() && port == own.port)
    return true;
  if (own.remote_port == 0 || port != own.remote_port)
    return false;
  boost::system::error_code ec;
  const auto ours = ip::make_address(own.remote_host, ec);
  return !ec && (unmapped(ours) == x ||
                 (ours.is_unspecified() && (x.is_loopback() || is_private(x))));
}

}  // namespace

std::optional<std::string> refuse_upstream(std::string_view text,
                                           std::uint16_t port,
                                           bool allow_private,
                                           const own_listeners& own) {
  boost::system::error_code ec;
  const auto parsed = ip::make_address(text, ec);
  if (ec)
    return "it is no IP address";
  const auto address = unmapped(parsed);
  if (is_ours(address, port, own))
    return "it is the daemon's own";
  if (is_link_local(address))
    return "it is link-local, where clouds keep their metadata";
  if (address.is_multicast() || address.is_unspecified() ||
      (address.is_v4() && within(address.to_v4(), 0, 8)))
    return "it is no address of a single server";
  if (is_private(address) && !allow_private)
    return "it is private; allow_private_addresses = true (of "
           "provider_defaults, of the channel, of api_calls, or of sandbox) "
           "permits that";
  return std::nullopt;
}

}  // namespace closedpaw::security
