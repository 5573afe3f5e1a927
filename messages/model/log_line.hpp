#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "messages/model/json.hpp"
#include "messages/model/time.hpp"

namespace closedpaw {

/// One line of the daemon's own log, which is not the audit log.
struct log_line {
  /// From 1 on, without gaps.
  std::uint64_t number = 0;
  timestamp time{};
  /// As config::log_level.
  std::uint8_t severity = 0;
  std::string component;
  std::string text;
  json fields;
};

/// GET /api/logs: the newest that fit, or, after a number, the oldest; in their
/// order.
struct log_query {
  std::optional<std::string> component;
  std::uint8_t min_severity = 0;
  /// Only higher numbers.
  std::uint64_t after = 0;
  std::size_t limit = 200;
};

/// POST /api/logs/level: for so long only.
struct raise_log_level {
  std::string component;
  std::uint8_t severity = 0;
  std::chrono::seconds lasts{600};
};

}  // namespace closedpaw
