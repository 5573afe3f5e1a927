#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/audit_event.hpp"

namespace closedpaw {

/// A page of the audit log, newest first. All given filters must match.
struct audit_query {
  /// 1 to 1000.
  std::uint32_t limit = 100;
  /// Only sequences below; the cursor of the previous page.
  std::optional<std::uint64_t> before;
  /// Only sequences above; the page is the newest such.
  std::optional<std::uint64_t> after;
  std::optional<timestamp> since;
  std::optional<timestamp> until;
  std::optional<std::string> action_type;
  std::optional<std::string> status;
  std::optional<std::string> outcome;
  std::optional<std::string> level;
  /// principal::id
  std::optional<std::string> user;
  std::optional<uuid> action_id;
  /// Case-insensitive substring of the stored bytes' details.
  std::optional<std::string> text;
};

struct audit_page {
  std::vector<stored_event> events;
  /// Where the next older page begins (its `before`); none at the end.
  std::optional<std::uint64_t> next_before;
};

/// At most this many events are examined for one page.
inline constexpr std::uint32_t max_examined_per_page = 10'000;

}  // namespace closedpaw
