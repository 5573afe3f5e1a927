#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/model/audit_event.hpp"

namespace closedpaw {

/// A row of the registry: settings, providers, skills, …; namespaced by key.
/// Keys look like "settings/default_provider".
struct registry_change {
  std::string key;
  /// Nothing deletes the row.
  std::optional<json> value;
};

/// What changes together, or not at all. Nothing is written without an event,
/// but for bookkeeping.
struct commit_unit {
  std::vector<audit_event> events;
  /// The new row; its `version` must be the stored one plus one (1 when new).
  /// A row that is stored with this very version and content already makes the
  /// whole unit a successful no-op: units may be sent again.
  std::optional<action> row;
  /// row_bytes() of it, where the sender has made them: everything waits for
  /// the one writer.
  std::string encoded_row{};
  std::vector<registry_change> registry;
  /// May use the space that is held back for a full disk (reject, stop, …).
  bool may_use_reserve = false;
  /// Registry rows that concern nobody but us, such as how far the log was
  /// shipped: these have no event, which would itself have to be shipped.
  bool bookkeeping = false;
  /// Events below it go (retention): the log begins there. Its event tells.
  std::optional<std::uint64_t> cut{};
};

/// What the writer answers.
struct commit_receipt {
  /// Sequence of the unit's first event; events follow one another.
  std::uint64_t first_sequence = 0;
};

/// One write transaction, for measures: an answer for each unit.
struct commit_report {
  std::span<const commit_unit* const> units;
  std::span<const result<commit_receipt>> answers;
  std::chrono::nanoseconds took{};
};

/// The answer to one unit of a batch.
struct commit_answer {
  commit_receipt receipt;
  /// Why nothing of the unit was written.
  std::optional<failure> refused;
};

}  // namespace closedpaw
