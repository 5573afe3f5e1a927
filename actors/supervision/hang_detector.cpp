#include "actors/supervision/hang_detector.hpp"

#include <algorithm>

namespace closedpaw::supervision {

namespace {

constexpr actor_stats::ns longest_pause = 1'000'000'000;

}  // namespace

std::vector<hang> hang_detector::check(const tree& t, actor_stats::ns now) {
  if (last_check_ != 0 && now - last_check_ > longest_pause)
    resumed_at_ = now;
  last_check_ = now;
  std::vector<hang> found;
  slow_ = 0;
  t.visit([&](const std::shared_ptr<node>& n) {
    const auto [incarnation, stats] = n->current();
    if (!stats)
      return;
    const auto began = stats->handler_began();
    if (began == 0)
      return;
    const auto busy = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::nanoseconds{now - std::max(began, resumed_at_)});
    const auto known =
        std::any_of(reported_.begin(), reported_.end(),
                    [&, number = incarnation](const reported& r) {
                      return r.where == n.get() && r.incarnation == number;
                    });
    if (known)
      return;
    if (busy < n->hang_after()) {
      slow_ += busy >= long_handler && !stats->own_thread() ? 1 : 0;
      return;
    }
    reported_.push_back({n.get(), incarnation, stats, began});
    found.push_back({n, incarnation, busy});
  });
  return found;
}

std::size_t hang_detector::leaked() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(reported_, &reported::still));
}

std::size_t hang_detector::held() const {
  return slow_ + static_cast<std::size_t>(
                     std::ranges::count_if(reported_, [](const reported& r) {
                       return r.still() && !r.stats->own_thread();
                     }));
}

}  // namespace closedpaw::supervision
