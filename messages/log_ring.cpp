#include "messages/log_ring.hpp"

#include <algorithm>

namespace closedpaw::log {

void ring::push(log_line x) {
  // Fields are few and short; what they take in memory is not worth measuring
  // more exactly.
  const auto bytes = x.text.size() + dump(x.fields).size() + sizeof(kept);
  std::lock_guard guard{mutex_};
  x.number = next_++;
  lines_.push_back({std::move(x), bytes});
  bytes_ += bytes;
  while (lines_.size() > max_lines_ ||
         (bytes_ > max_bytes_ && lines_.size() > 1)) {
    bytes_ -= lines_.front().bytes;
    lines_.pop_front();
  }
}

std::vector<log_line> ring::find(const log_query& q) const {
  std::vector<log_line> out;
  std::lock_guard guard{mutex_};
  for (auto it = lines_.rbegin(); it != lines_.rend(); ++it) {
    const auto& x = it->line;
    if (x.number <= q.after || out.size() >= q.limit)
      break;
    if (x.severity >= q.min_severity &&
        (!q.component || *q.component == x.component))
      out.push_back(x);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace closedpaw::log
