#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace closedpaw::security {

/// What an address of an upstream may not be, against requests that are forged
/// through us (OWASP SSRF): never link-local (which has the clouds' metadata),
/// multicast or unspecified, never our own listener; private ones (RFC 1918,
/// RFC 4193, RFC 6598) only if allowed. Loopback is where local model servers
/// are. IPv4 within IPv6 counts as IPv4. The reason why it is refused, or
/// nothing. Pure.
std::optional<std::string> refuse_upstream(std::string_view ip,
                                           std::uint16_t port,
                                           bool allow_private,
                                           std::uint16_t own_port);

}  // namespace closedpaw::security
