#pragma once

#include "actors/audit/log_head.hpp"
#include "actors/storage/store/snapshot.hpp"
#include "messages/model/audit_query.hpp"

namespace closedpaw::storage {

/// A page of the log; any thread. `since` and `until` are both
/// inclusive. Finding the span of time costs a binary search, an action's
/// events one look-up per unit; every other filter looks at no more than
/// max_examined_per_page events and then hands back `next_before`, even when
/// fewer matched. A limit out of range is invalid_request.
result<audit_page> query_audit(read_access store, const audit_query& query);

/// The event of one place in the log.
result<audit_event> read_event(const transaction& txn, const databases& dbs,
                               std::uint64_t sequence);

/// The first event of [first, last) that is not older; `last` without one.
result<std::uint64_t> first_since(const transaction& txn, const databases& dbs,
                                  std::uint64_t first, std::uint64_t last,
                                  timestamp time);

}  // namespace closedpaw::storage
