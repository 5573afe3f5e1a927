#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace closedpaw {

/// Wall-clock time in UTC, in microseconds as the original records it.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Where a component reads the wall clock; injected, so that tests own time.
using wall_clock = timestamp (*)();

/// The system's wall clock.
timestamp system_now();

/// "2026-11-24T06:28:50.162726": UTC without a suffix, the form that the
/// original's clients parse (Python's datetime.isoformat of a naive UTC time).
std::string to_iso8601(timestamp t);

/// Reads RFC 3339 with or without zone ("Z", "+01:00"), fraction or time part;
/// a missing zone means UTC.
std::optional<timestamp> parse_iso8601(std::string_view text);

}  // namespace closedpaw
