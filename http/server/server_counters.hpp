#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace closedpaw::http {

/// Why a connection or a request was not served.
enum class refused_by : std::uint8_t {
  /// Another user's connection.
  peer,
  /// Host, Origin, proxy headers or content type.
  policy,
  /// Not HTTP as we read it.
  malformed,
  /// Header block or body above its limit.
  too_large,
  /// The client was too slow to send.
  slow_client,
  /// Too many connections or streams.
  overload,
  /// No answer within the request's deadline.
  deadline,
  /// One whose user cannot be told: as a rule it has left already.
  unknown_peer,
};

inline constexpr std::size_t refused_by_count = 8;

/// A stable name, fit for a metric's label.
std::string_view to_string(refused_by x);

/// A moment's copy of what the server counts.
struct server_counters {
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t accepted_total = 0;
  std::uint64_t requests_total = 0;
  /// accept() that failed, for want of file descriptors as a rule.
  std::uint64_t accept_errors_total = 0;
  /// By refused_by.
  std::array<std::uint64_t, refused_by_count> refused_total{};
};

}  // namespace closedpaw::http
