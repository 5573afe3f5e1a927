#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "messages/model/commit_unit.hpp"

namespace closedpaw::channels {

/// The last messages that were taken in, so that what a service delivers again
/// is known again, also by a later process. Kept in the registry, one row each
/// below `prefix`; a unit that takes a message in also has the rows of note().
class seen_messages {
 public:
  /// More than a service hands over at a time.
  static constexpr std::size_t most = 6144;

  explicit seen_messages(std::string prefix) : prefix_{std::move(prefix)} {}

  /// Rows of an earlier life: what note() put there.
  void restore(const std::map<std::string, json>& rows);

  bool contains(std::string_view id) const {
    return ids_.contains(std::string{id});
  }
  /// What to store with the message; remembered at once.
  std::vector<registry_change> note(const std::string& id);
  /// It was not stored after all. Only the last one can be taken back.
  void forget(const std::string& id);

 private:
  std::string key_of(const std::string& id) const;

  std::string prefix_;
  std::uint64_t next_ = 1;
  /// Oldest first.
  std::deque<std::string> order_;
  std::unordered_set<std::string> ids_;
};

}  // namespace closedpaw::channels
