#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "messages/model/error.hpp"

struct MDB_env;

namespace closedpaw::storage {

enum class durability : std::uint8_t {
  /// No commit returns before it is on the disk.
  sync,
  /// A commit is on the disk after the next sync(). A crash of the process
  /// loses nothing; one of the machine loses what came after, or the store.
  async,
};

enum class access_mode : std::uint8_t {
  write,
  /// Of a store that another process may be writing to.
  read,
  /// Of a copy that nobody writes to, possibly on a read-only medium.
  read_copy,
};

struct environment_options {
  std::filesystem::path directory;
  /// Bytes of address space, and the most that data.mdb can grow to. Ignored
  /// for reading: the file knows its own.
  std::uint64_t map_size = 0;
  access_mode access = access_mode::write;
  durability mode = durability::sync;
};

/// An LMDB environment. LMDB forbids opening the same one twice in a process
/// (closing either would drop the locks of both). Thread-safe, apart from
/// opening and closing.
class environment {
 public:
  static result<environment> open(const environment_options& options);

  MDB_env* get() const { return env_.get(); }
  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path data_file() const { return directory_ / "data.mdb"; }

  /// Flushes what was committed, whatever the durability.
  result<void> sync() const;

  /// Frees the reader slots of processes that died; how many there were.
  result<int> clear_stale_readers() const;

  /// Writes a consistent, compact copy to an open file.
  result<void> copy_to(int fd) const;

 private:
  struct closer {
    void operator()(MDB_env* x) const;
  };

  environment(std::unique_ptr<MDB_env, closer> env,
              std::filesystem::path directory)
      : env_{std::move(env)}, directory_{std::move(directory)} {}

  std::unique_ptr<MDB_env, closer> env_;
  std::filesystem::path directory_;
};

}  // namespace closedpaw::storage
