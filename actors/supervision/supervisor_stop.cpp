#include "actors/supervision/supervisor_state.hpp"

#include <algorithm>

namespace closedpaw::supervision {

void supervisor_state::stop_children(stop_sequence s) {
  stopping_ = std::move(s);
  stop_next();
}

// Stops the next child that still runs, asking again whoever was asked before
// this sequence; ends the sequence after the last.
void supervisor_state::stop_next() {
  auto& s = *stopping_;
  while (s.at < s.order.size()) {
    const auto i = s.order[s.at];
    auto& c = children_[i];
    if (c.handle) {
      set_state(c, node_state::stopping);
      const bool kill = c.spec.shutdown.count() == 0;
      self_->send_exit(c.handle, kill ? caf::exit_reason::kill
                                      : caf::exit_reason::user_shutdown);
      self_->delayed_send(self_, kill ? c.spec.hang_after : c.spec.shutdown,
                          stop_atom::value, static_cast<std::uint64_t>(i),
                          ++c.timer, kill);
      return;
    }
    if (s.then == after_stop::quit) {
      c.where->set_next_attempt(std::nullopt);
      set_state(c, node_state::stopped);
    }
    ++s.at;
  }
  finish_stop();
}

// The child did not stop within its time: kill it, and if even that does not
// help (it never returns from its handler), go on without it.
void supervisor_state::stop_overdue(std::size_t i, std::uint64_t timer,
                                    bool killed) {
  auto& c = children_[i];
  if (c.timer != timer || !c.handle)
    return;
  if (!killed) {
    self_->send_exit(c.handle, caf::exit_reason::kill);
    self_->delayed_send(self_, c.spec.hang_after, stop_atom::value,
                        static_cast<std::uint64_t>(i), ++c.timer, true);
    return;
  }
  self_->demonitor(c.handle);
  c.where->fence();
  on_exit(i, "did not stop when killed; abandoned", true);
}

void supervisor_state::finish_stop() {
  auto s = std::move(*stopping_);
  stopping_.reset();
  if (s.then == after_stop::quit) {
    self_->quit(s.reason);
    return;
  }
  std::sort(s.restart.begin(), s.restart.end());
  s.restart.erase(std::unique(s.restart.begin(), s.restart.end()),
                  s.restart.end());
  for (const auto i : s.restart)
    if (children_[i].spec.restart != restart_kind::temporary)
      schedule_start(i, s.delay);
}

void supervisor_state::on_exit_message(caf::exit_msg& x) {
  if (x.reason == caf::exit_reason::kill) {
    self_->quit(x.reason);
    return;
  }
  stop_sequence s;
  for (std::size_t i = children_.size(); i-- > 0;) {
    ++children_[i].timer;
    s.order.push_back(i);
  }
  s.then = after_stop::quit;
  s.reason = x.reason;
  stop_children(std::move(s));
}

}  // namespace closedpaw::supervision
