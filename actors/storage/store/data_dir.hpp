#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "messages/model/error.hpp"
#include "messages/model/file_descriptor.hpp"

namespace closedpaw::storage {

/// Creates the data directory with mode 0700 (missing parents too), or checks
/// what is there: a real directory and no link, ours, 0700, its files ours and
/// of no one else to read. storage_failed names what to change.
result<void> prepare_data_dir(const std::filesystem::path& directory);

/// Creates `directory` alone, 0700; conflict when anything is there already.
result<void> create_private_dir(const std::filesystem::path& directory);

/// Makes created, renamed and removed entries durable.
result<void> sync_directory(const std::filesystem::path& directory);

/// The exclusive lock on a data directory: one daemon (or restore) at a time.
/// Held through flock(2) on DATA_DIR/lock, so it ends with its process.
class directory_lock {
 public:
  /// conflict, naming the process that holds it, when it is taken.
  static result<directory_lock> take(const std::filesystem::path& directory);

 private:
  explicit directory_lock(file_descriptor fd) : fd_{std::move(fd)} {}

  file_descriptor fd_;
};

}  // namespace closedpaw::storage
