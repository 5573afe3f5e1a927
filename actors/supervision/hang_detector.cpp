#include "actors/supervision/hang_detector.hpp"

#include <algorithm>

namespace closedpaw::supervision {

std::vector<hang> hang_detector::check(const tree& t, actor_stats::ns now) {
  std::vector<hang> found;
  t.visit([&](const std::shared_ptr<node>& n) {
    const auto [incarnation, stats] = n->current();
    if (!stats)
      return;
    const auto began = stats->handler_began();
    if (began == 0)
      return;
    const auto busy = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::nanoseconds{now - began});
    if (busy < n->hang_after())
      return;
    const std::pair<const node*, std::uint64_t> key{n.get(), incarnation};
    if (std::find(reported_.begin(), reported_.end(), key) != reported_.end())
      return;
    reported_.push_back(key);
    ++leaked_;
    found.push_back({n, incarnation, busy});
  });
  return found;
}

}  // namespace closedpaw::supervision
