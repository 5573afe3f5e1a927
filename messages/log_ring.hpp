#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "messages/model/log_line.hpp"

namespace closedpaw::log {

/// The last lines of the log, for whoever asks over HTTP. Bounded in lines and
/// in bytes; thread-safe.
class ring {
 public:
  explicit ring(std::size_t lines = 2'000,
                std::size_t bytes = std::size_t{1} << 20)
      : max_lines_{lines}, max_bytes_{bytes} {}

  /// Its number is given here.
  void push(log_line x);
  std::vector<log_line> find(const log_query& q) const;

 private:
  struct kept {
    log_line line;
    std::size_t bytes = 0;
  };

  const std::size_t max_lines_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::deque<kept> lines_;
  std::size_t bytes_ = 0;
  std::uint64_t next_ = 1;
};

}  // namespace closedpaw::log
