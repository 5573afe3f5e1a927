#pragma once

#include <cstdint>

#include "actors/storage/store/environment.hpp"

namespace closedpaw::storage {

/// Keeps the data file a little longer than what is used of it, with blocks
/// that were written before. Flushing pages into a file that grows makes the
/// file system commit its journal as well, which takes as long again. Nothing
/// where commits are not flushed: nobody waits for that one. One thread, the
/// writer's.
class room_ahead {
 public:
  explicit room_ahead(const environment& env);

  /// In a transaction that has written nothing yet. Where that does not work
  /// LMDB grows the file itself.
  void keep();

 private:
  const environment& env_;
  const bool wanted_;
  /// Bytes that are written; 0 while unknown.
  std::uint64_t length_ = 0;
};

}  // namespace closedpaw::storage
