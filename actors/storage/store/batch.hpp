#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "actors/audit/event_log.hpp"
#include "actors/storage/store/records.hpp"
#include "actors/storage/store/schema.hpp"
#include "messages/model/commit_unit.hpp"

namespace closedpaw::storage {

/// The units that one write transaction makes durable together. A unit is
/// checked before anything of it is written, so that one that is refused
/// leaves no trace; a failure of the store itself ends the whole batch.
class batch {
 public:
  /// The units must outlive the batch.
  batch(write_transaction& txn, const databases& dbs, audit::log_head head)
      : txn_{txn}, dbs_{dbs}, log_{std::move(head)} {}

  /// bad_request, conflict: this unit alone. All else is also in broken().
  result<commit_receipt> add(const commit_unit& unit);

  /// Why the transaction is lost.
  const std::optional<failure>& broken() const { return broken_; }

  /// Writes what units share: registry rows and the head. Whether there was
  /// anything to write at all.
  result<bool> finish();

  const audit::log_head& head() const { return log_.head(); }

 private:
  /// Nothing when stored now; a receipt when it was there already.
  result<std::optional<commit_receipt>> put_row(const commit_unit& unit,
                                                event_run events);
  result<std::optional<commit_receipt>> replace_row(const action& row,
                                                    event_run events,
                                                    std::string_view bytes);
  result<void> cut(std::uint64_t first_kept);
  result<void> mark_open(const action& row, bool was_open);
  result<void> append(const audit_event& event);
  failure lost(failure why);

  write_transaction& txn_;
  const databases& dbs_;
  audit::event_log log_;
  /// Only the last value of a key in a batch is written.
  std::map<std::string_view, const registry_change*> registry_;
  std::optional<failure> broken_;
  bool changed_ = false;
};

}  // namespace closedpaw::storage
