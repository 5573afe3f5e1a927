#pragma once

#include <lmdb.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace closedpaw::benchmarks {

/// What the daemon's store has of its first actions, for the same records to be
/// written by LMDB alone.
struct stored_records {
  struct table {
    std::string name;
    /// In the order of their keys, which is that of their actions.
    std::vector<std::pair<std::string, std::string>> rows;
  };
  std::vector<table> tables;
  /// Of the log's head, which every transaction writes.
  std::pair<std::string, std::string> head;
  std::size_t actions = 0;

  /// From a store at rest. Throws when it has no actions.
  static stored_records read(const std::filesystem::path& directory);
};

/// LMDB as the store has it, and nothing else.
class bare_lmdb {
 public:
  /// Into an empty directory. An action is recorded in so many steps, each of
  /// which has its share of the events, and writes the row.
  bare_lmdb(const std::filesystem::path& directory,
            const stored_records& records, bool synced,
            std::size_t steps_of_an_action = 1);

  /// What belongs to the next steps, in one transaction; which they are comes
  /// around, and they are then written anew.
  void commit(std::size_t steps);

 private:
  struct closer {
    void operator()(MDB_env* x) const { mdb_env_close(x); }
  };

  const stored_records& records_;
  std::size_t steps_of_an_action_;
  std::unique_ptr<MDB_env, closer> env_;
  std::vector<MDB_dbi> tables_;
  std::size_t next_ = 0;
};

}  // namespace closedpaw::benchmarks
