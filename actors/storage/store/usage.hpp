#pragma once

#include <cstdint>

#include "actors/storage/store/schema.hpp"

namespace closedpaw::storage {

/// How much there is, and how much more there can be; sizes in bytes.
struct store_stats {
  /// Of data.mdb.
  std::uint64_t file_size = 0;
  /// The most that ordinary commits may fill.
  std::uint64_t map_size = 0;
  /// Pages that were ever used, free ones included.
  std::uint64_t used = 0;
  /// Pages that hold something now.
  std::uint64_t live = 0;
  std::uint64_t events = 0;
  std::uint64_t actions = 0;
  std::uint64_t open_actions = 0;
  std::uint64_t registry_rows = 0;
};

/// What of it costs no transaction.
struct store_room {
  std::uint64_t used = 0;
  std::uint64_t map_size = 0;
};

/// Pages ever used, in bytes; costs no transaction.
std::uint64_t used_bytes(const environment& env);

/// Pages that hold something, in bytes; reads LMDB's list of free pages.
result<std::uint64_t> live_bytes(const environment& env);

result<store_stats> read_stats(const environment& env, const databases& dbs);

}  // namespace closedpaw::storage
