#pragma once

#include <string>
#include <vector>

#include "actors/supervision/node.hpp"

namespace closedpaw::supervision {

/// An incarnation that has been in one handler for longer than it may.
struct hang {
  std::shared_ptr<node> where;
  std::uint64_t incarnation = 0;
  std::chrono::milliseconds busy_for{};
};

/// Finds incarnations that hang; each is reported once. Pure: time is an
/// argument. CAF can end an actor only between handlers, so somebody outside
/// of it has to look.
class hang_detector {
 public:
  std::vector<hang> check(const tree& t, actor_stats::ns now);

  /// How many were found so far: each holds a thread that never comes back.
  std::size_t leaked() const { return leaked_; }

 private:
  std::vector<std::pair<const node*, std::uint64_t>> reported_;
  std::size_t leaked_ = 0;
};

}  // namespace closedpaw::supervision
