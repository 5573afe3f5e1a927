#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/storage/store/snapshot.hpp"

namespace closedpaw::storage {

struct verify_report {
  /// All there ever were, and the first of them that is kept.
  std::uint64_t events = 0;
  std::uint64_t cut = 0;
  /// Bytes of events that were hashed.
  std::uint64_t bytes = 0;
  std::uint64_t nodes = 0;
  std::uint64_t actions = 0;
  std::uint64_t open_actions = 0;
  /// Of events that one unit wrote about its action: as the log has them, and
  /// as the rows name them.
  std::uint64_t runs = 0;
  std::uint64_t runs_of_rows = 0;
  /// Lower-case hex.
  std::string root;
  timestamp last_time{};
};

/// Checks everything, in one snapshot, while the store may be in use: the log
/// begins where it says it was cut, events follow one another without gaps and
/// in time, each is what its leaf hash was
/// made of, all stored nodes are right and no others exist, the root is the
/// head's; rows are readable, name every event of their action and nothing
/// else, and exactly those that are not at their end are listed as open.
/// storage_failed names the first thing that is wrong. Reads the whole store:
/// seconds for millions of events.
result<verify_report> verify(read_access store);

/// The same in steps, over one snapshot; one thread at a time.
class verification {
 public:
  static result<verification> begin(read_access store);
  verification(verification&&) noexcept;
  verification& operator=(verification&&) noexcept;
  ~verification();

  /// Looks at so many entries more. True once all are right; nothing may
  /// follow that, or a failure.
  result<bool> step(std::size_t entries);
  /// Complete after the last step.
  const verify_report& report() const;

 private:
  struct work;
  explicit verification(std::unique_ptr<work> w);

  std::unique_ptr<work> work_;
};

}  // namespace closedpaw::storage
