#pragma once

#include <optional>
#include <vector>

#include "actors/storage/store/snapshot.hpp"
#include "messages/model/action.hpp"

namespace closedpaw::storage {

struct action_query {
  std::optional<action_status> status;
  /// 1 to 1000.
  std::uint32_t limit = 100;
  /// Only older ones; the cursor of the previous page.
  std::optional<uuid> before;
};

struct action_page {
  /// Newest first.
  std::vector<action> actions;
  /// Where the next older page begins (its `before`); none at the end.
  std::optional<uuid> next_before;
};

/// Rows that one page looks at, at most.
inline constexpr std::uint32_t max_actions_examined = 10'000;

/// All of these: any thread; storage_failed when a row is not readable.

result<std::optional<action>> get_action(read_access store, const uuid& id);

/// Ends early, with a cursor, when it looked at max_actions_examined rows.
/// Pending, approved and executing actions are found through their index.
result<action_page> list_actions(read_access store, const action_query& query);

/// Every action that is not at its end, oldest first.
result<std::vector<action>> open_actions(read_access store);

}  // namespace closedpaw::storage
