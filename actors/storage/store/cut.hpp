#pragma once

#include <cstdint>

#include "actors/storage/store/records.hpp"
#include "actors/storage/store/schema.hpp"

namespace closedpaw::storage {

// Where retention has cut the log: events below the cut are gone, and the nodes
// of the tree over them stay, so that the rest can be proved as before.

/// Who cuts says so in an event of this kind, with "first_kept".
inline constexpr std::string_view cut_actor = "retention";
inline constexpr std::string_view cut_status = "log_cut";

/// The first event that is kept; 0 while nothing was cut.
result<std::uint64_t> read_cut(const transaction& txn, const databases& dbs);

/// Whole blocks only, and never the newest one, which the next start checks.
inline std::uint64_t furthest_cut(std::uint64_t size) {
  return size == 0 ? 0 : (size - 1) / block_size * block_size;
}

/// Why the log cannot begin there.
result<void> check_cut(const transaction& txn, const databases& dbs,
                       std::uint64_t first_kept, std::uint64_t size);

/// Erases the events below, and the rows of actions that ended and have no
/// others. check_cut() holds.
result<void> cut_log(write_transaction& txn, const databases& dbs,
                     std::uint64_t first_kept);

/// Of an event that is not there any more.
failure was_cut(std::uint64_t sequence, std::uint64_t first_kept);

}  // namespace closedpaw::storage
