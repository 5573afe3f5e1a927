#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace closedpaw::security {

/// Where we listen ourselves; 0 for nowhere.
struct own_listeners {
  // NOLINTNEXTLINE(google-explicit-constructor): most have the first only.
  own_listeners(std::uint16_t local, std::uint16_t remote = 0,
                std::string_view remote_address = {})
      : port{local}, remote_port{remote}, remote_host{remote_address} {}

  std::uint16_t port;
  std::uint16_t remote_port;
  /// "0.0.0.0" and "::" stand for all addresses of this machine, of which the
  /// public ones are not known here: what asks there needs a token all the
  /// same.
  std::string_view remote_host;
};

/// What an address of an upstream may not be, against requests that are forged
/// through us (OWASP SSRF): never link-local (which has the clouds' metadata),
/// multicast or unspecified, never our own listener; private ones (RFC 1918,
/// RFC 4193, RFC 6598) only if allowed. Loopback is where local model servers
/// are. IPv4 within IPv6 (mapped, RFC 6052's well-known prefix, 6to4) counts as
/// IPv4. The reason why it is refused, or
/// nothing. Pure.
std::optional<std::string> refuse_upstream(std::string_view ip,
                                           std::uint16_t port,
                                           bool allow_private,
                                           const own_listeners& own);

}  // namespace closedpaw::security
