#pragma once

#include <optional>
#include <span>
#include <vector>

#include "actors/audit/log_head.hpp"
#include "actors/storage/store/reserve_file.hpp"
#include "actors/storage/store/room_ahead.hpp"
#include "actors/storage/store/schema.hpp"
#include "messages/model/commit_unit.hpp"

namespace closedpaw::storage {

/// The one writer. One thread at a time; a call may take as long as the disk's
/// sync does. Nothing it answers with success is lost: see durability.
class batch_writer {
 public:
  /// `map_size`: the bytes that ordinary units may fill of a larger map.
  batch_writer(const environment& env, const databases& dbs,
               audit::log_head head, std::uint64_t map_size,
               reserve_file reserve);

  /// Commits the units in their order in one transaction and answers each, in
  /// the same order. A unit alone fails with bad_request or conflict; a failed
  /// transaction fails all with storage_full or storage_failed, and nothing of
  /// them is stored. On a full disk (or map) the units that may use the
  /// reserve are tried again by themselves with its space; until that is back,
  /// the others are refused with storage_full at once.
  std::vector<result<commit_receipt>> commit(
      std::span<const commit_unit* const> units);
  std::vector<result<commit_receipt>> commit(
      std::span<const commit_unit> units);

  /// Writes the head once more, in a transaction of its own: proof that the
  /// store takes and keeps what it is given. Fails as an ordinary unit would.
  result<void> prove();

  /// As of the last commit; for the same thread.
  const audit::log_head& head() const { return head_; }

  /// False while ordinary units are refused for want of space.
  bool reserve_held() const { return reserve_.held(); }

 private:
  using answers = std::vector<result<commit_receipt>>;

  std::optional<failure> ordinary_refused();
  std::optional<failure> attempt(std::span<const commit_unit* const> units,
                                 bool with_ordinary, answers& out);
  result<void> write(std::span<const commit_unit* const> units,
                     bool with_ordinary, answers& out);
  failure explain(failure why) const;

  const environment& env_;
  databases dbs_;
  audit::log_head head_;
  std::uint64_t map_size_;
  reserve_file reserve_;
  room_ahead room_;
};

}  // namespace closedpaw::storage
