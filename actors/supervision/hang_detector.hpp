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
  static constexpr std::chrono::milliseconds long_handler{100};

  /// Called every 100 ms or so. A longer pause means that the process itself
  /// was stopped; what ran then gets its whole time anew.
  std::vector<hang> check(const tree& t, actor_stats::ns now);

  /// How many of those still are in that handler: each holds a thread.
  std::size_t leaked() const;

  /// How many threads that actors share were held for longer than
  /// `long_handler` at the last check, those of hung actors included: others
  /// should stand in for them.
  std::size_t held() const;

 private:
  struct reported {
    const node* where;
    std::uint64_t incarnation;
    std::shared_ptr<const actor_stats> stats;
    actor_stats::ns began;
    bool still() const { return stats->handler_began() == began; }
  };
  std::vector<reported> reported_;
  std::size_t slow_ = 0;
  actor_stats::ns last_check_ = 0;
  actor_stats::ns resumed_at_ = 0;
};

}  // namespace closedpaw::supervision
