#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "actors/audit/log_head.hpp"
#include "actors/storage/store/transaction.hpp"

namespace closedpaw::storage {

/// LMDB's databases. Integers are big-endian.
struct databases {
  /// Text → schema version, creation time, the audit log's head. LMDB's unnamed
  /// database, whose page each commit writes anyway.
  database meta = 0;
  /// Sequence u64 → audit_record.
  database audit = 0;
  /// Level u8 ‖ index u64 → hash, from lowest_stored_level upwards.
  database nodes = 0;
  /// Action → row_record.
  database actions = 0;
  /// Action → nothing, while the action is not at its end.
  database open_actions = 0;
  /// Text → JSON.
  database registry = 0;
};

/// One step from a schema version to the next, inside the one transaction that
/// makes all the steps of a start.
struct migration {
  std::uint64_t from = 0;
  std::function<result<void>(write_transaction&)> apply;
};

struct schema {
  std::uint64_t version = 1;
  std::vector<migration> migrations;
};

/// What this program reads and writes.
schema current_schema();

/// Creates the databases of a new store, checks the version of one that is
/// there, and migrates an older one after copying it to
/// `before-schema-N-TIME/` beside it. storage_failed when it is newer.
result<databases> open_databases(const environment& env, const schema& wanted,
                                 timestamp now);

/// The same for reading: the version must be the wanted one.
result<databases> find_databases(const environment& env, const schema& wanted);

/// Where the log ends, as of the last commit.
result<audit::log_head> read_head(const transaction& txn, const databases& dbs);
result<void> write_head(write_transaction& txn, const databases& dbs,
                        const audit::log_head& head);

}  // namespace closedpaw::storage
