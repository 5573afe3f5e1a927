#pragma once

#include "actors/storage/store/schema.hpp"

namespace closedpaw::storage {

/// What every start checks, at a cost that does not grow with the log: the
/// log ends where its head says, at the head's time; the newest block of
/// leaves is right, from the stored bytes up; and all peaks of the tree are
/// those of the stored nodes. storage_failed names what differs. The head.
result<audit::log_head> check_head(const transaction& txn,
                                   const databases& dbs);

/// The leaf hash of a stored event, after comparing it with its bytes.
result<hash256> checked_leaf(std::uint64_t sequence, std::string_view value);

/// Compares a stored node with what it should be.
result<void> check_node(const transaction& txn, const databases& dbs,
                        std::uint8_t level, std::uint64_t index,
                        const hash256& expected);

}  // namespace closedpaw::storage
