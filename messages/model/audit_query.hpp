#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/audit_event.hpp"

namespace closedpaw {

/// A page of the audit log, newest first unless it is ascending. All given
/// filters must match.
struct audit_query {
  /// 1 to 1000.
  std::uint32_t limit = 100;
  /// Only sequences below; the cursor of the previous page.
  std::optional<std::uint64_t> before;
  /// Only sequences above; the page is the newest such, or, ascending, the
  /// oldest.
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
  /// Oldest first, for whoever reads on from where they were.
  bool ascending = false;
  /// What cannot be read is left out and counted, where else it is an error.
  bool skip_unreadable = false;
};

struct audit_page {
  std::vector<stored_event> events;
  /// Where the next older page begins (its `before`); none at the end.
  std::optional<std::uint64_t> next_before;
  /// Of an ascending page: the last sequence that was looked at, which is where
  /// the next page begins (its `after`); none where nothing was. `more`: there
  /// is something behind it.
  std::optional<std::uint64_t> last_examined;
  bool more = false;
  /// What was left out; see audit_query::skip_unreadable.
  std::vector<std::uint64_t> unreadable;
};

/// At most this many events are examined for one page, and it ends with the
/// event that makes it so long.
inline constexpr std::uint32_t max_examined_per_page = 10'000;
inline constexpr std::size_t max_page_bytes = std::size_t{4} << 20;

}  // namespace closedpaw
