#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace closedpaw {

enum class syslog_transport : std::uint8_t { udp, tcp, tls, unix_socket };

/// Where syslog messages go.
struct syslog_target {
  /// RFC 5426, RFC 6587 (octet counting), RFC 5425, or a local socket.
  syslog_transport over = syslog_transport::udp;
  /// A name or an address without brackets.
  std::string host;
  std::uint16_t port = 514;
  /// Of a local socket.
  std::string path;

  bool operator==(const syslog_target&) const = default;
};

/// "udp://HOST[:514]", "tcp://HOST[:514]", "tls://HOST[:6514]" or
/// "unix:///PATH"; nothing for anything else.
std::optional<syslog_target> parse_syslog_target(std::string_view url);

std::string to_string(const syslog_target& x);

/// The number of a facility's name ("local0", "audit"), or nothing (RFC 5424,
/// 6.2.1).
std::optional<unsigned> facility_number(std::string_view name);

}  // namespace closedpaw
