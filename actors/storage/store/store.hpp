#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/storage/store/action_reader.hpp"
#include "actors/storage/store/batch_writer.hpp"
#include "actors/storage/store/data_dir.hpp"
#include "actors/storage/store/registry_reader.hpp"
#include "actors/storage/store/snapshot.hpp"
#include "actors/storage/store/usage.hpp"
#include "messages/model/audit_query.hpp"

namespace closedpaw::storage {

struct store_options {
  std::filesystem::path data_dir;
  /// The most that ordinary commits may fill, in bytes. Address space of this
  /// size (and the reserve's) is taken; the file grows as it is used.
  std::uint64_t map_size = std::uint64_t{64} << 30;
  /// Held back on the disk and in the map; 0 holds nothing.
  std::uint64_t reserve_size = std::uint64_t{16} << 20;
  durability mode = durability::sync;
  closedpaw::storage::schema schema = current_schema();
  /// When a new store was created or an old one migrated.
  timestamp now{};
};

struct audit_head {
  std::uint64_t size = 0;
  hash256 root{};
  /// The newest event's; the epoch while there is none.
  timestamp last_time{};
};

/// The store of one data directory, opened once by the composition root and
/// under its exclusive lock. Reading is for any thread; the writer for one.
/// Outlives whatever reads from it.
class store {
 public:
  /// conflict when another process has it; storage_failed when the directory,
  /// the schema or the newest part of the audit log is not as it must be.
  static result<std::unique_ptr<store>> open(const store_options& options);

  /// Syncs what asynchronous durability left; call sync() before to hear
  /// whether that works.
  ~store();
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  batch_writer& writer() { return writer_; }

  result<audit_page> query(const audit_query& query) const;
  result<std::optional<action>> get_action(const uuid& id) const;
  result<action_page> list_actions(const action_query& query) const;
  result<std::vector<action>> open_actions() const;
  result<std::optional<json>> registry_get(std::string_view key) const;
  result<std::vector<registry_row>> registry_list(
      std::string_view prefix) const;
  result<storage::audit_head> audit_head() const;
  /// What every start checks of the log; with the number of its events.
  result<std::uint64_t> check_newest() const;

  /// Readers of processes that were killed (a backup, say) keep every page that
  /// is freed since from being used again. Any thread; how many there were.
  result<int> clear_stale_readers() const { return env_.clear_stale_readers(); }
  result<store_stats> stats() const;
  store_room room() const { return {used_bytes(env_), map_size_}; }

  /// For verify() on a store in use.
  read_access access() const { return {env_, dbs_}; }

  /// With asynchronous durability: call it on a period, from any thread.
  result<void> sync() const { return env_.sync(); }

 private:
  store(directory_lock lock, environment env, const databases& dbs,
        audit::log_head head, const store_options& options);

  directory_lock lock_;
  environment env_;
  databases dbs_;
  std::uint64_t map_size_;
  durability mode_;
  batch_writer writer_;
};

}  // namespace closedpaw::storage
