#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace closedpaw {

/// Where a TCP connection goes.
struct destination {
  /// Lower case, without brackets and without the root's dot.
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const destination&) const = default;
};

/// "host:port", an IPv6 address in brackets.
std::string to_string(const destination& x);

/// The target of a CONNECT request (RFC 9110, section 9.3.6). Nothing where it
/// is malformed. Pure.
std::optional<destination> destination_from(std::string_view text);

/// A destination whose host may begin with "*.", which stands for one label or
/// more. Pure.
bool is_destination_rule(std::string_view text);

/// Whether such a rule has it. Pure.
bool allows(std::string_view rule, const destination& to);

}  // namespace closedpaw
