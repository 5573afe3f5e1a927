#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "actors/storage/store/verify.hpp"
#include "messages/model/action.hpp"

namespace closedpaw::storage {

struct backup_report {
  /// Of the copy's data.mdb, in bytes.
  std::uint64_t file_size = 0;
  /// Of the copy.
  verify_report content;
};

/// Copies a store, while a daemon may be writing to it, into a new directory
/// (0700, made durable), and then verifies the copy. Must run in a process that
/// does not have the store open itself: LMDB forbids that. An existing
/// destination is a conflict. Leaves nothing behind when it fails.
result<backup_report> backup(const std::filesystem::path& data_dir,
                             const std::filesystem::path& destination);

/// verify() of a data directory, while a daemon may be writing to it. The same
/// rule: never in the process that has the store open.
result<verify_report> verify_directory(const std::filesystem::path& directory);

struct restore_report {
  /// What was there; empty when nothing was, or `from_error` says why it could
  /// not be read.
  std::uint64_t from_size = 0;
  std::string from_root;
  std::string from_error;
  /// Where that is now; empty when nothing was there.
  std::filesystem::path moved_aside;
  /// The verified source.
  verify_report content;
};

/// Puts a backup in the place of the store, atomically, with an audit event
/// (type "storage", status "restored") in it that tells from where to where
/// the log went: a rollback is itself audited. What was there stays, as
/// data.mdb.before-restore-TIME. conflict, naming the process, while a daemon
/// runs; storage_failed when the source does not verify.
result<restore_report> restore(const std::filesystem::path& source,
                               const std::filesystem::path& data_dir,
                               const principal& by, timestamp now);

}  // namespace closedpaw::storage
