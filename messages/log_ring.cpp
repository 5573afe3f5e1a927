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
  const auto fits = [&q](const log_line& x) {
    return x.severity >= q.min_severity &&
           (!q.component || *q.component == x.component);
  };
  std::vector<log_line> out;
  std::lock_guard guard{mutex_};
  if (q.after > 0) {
    // Whoever goes on misses nothing that is still there.
    for (const auto& x : lines_)
      if (x.line.number > q.after && out.size() < q.limit && fits(x.line))
        out.push_back(x.line);
    return out;
  }
  for (auto it = lines_.rbegin(); it != lines_.rend() && out.size() < q.limit;
       ++it)
    if (fits(it->line))
      out.push_back(it->line);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace closedpaw::log
