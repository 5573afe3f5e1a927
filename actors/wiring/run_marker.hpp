#pragma once

#include <filesystem>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/time.hpp"

namespace closedpaw::wiring {

/// Three unclean exits within five minutes: something kills the daemon, and
/// what talks to the outside stays stopped until an operator has looked.
inline constexpr std::size_t safe_mode_exits = 3;
inline constexpr std::chrono::minutes safe_mode_window{5};

/// Knows from a file in the data directory how earlier runs ended.
class run_marker {
 public:
  /// Reads how the last run ended and marks this one as begun.
  static result<run_marker> begin(const std::filesystem::path& data_dir,
                                  timestamp now);

  /// This run ended in order.
  result<void> end();

  bool last_run_unclean() const { return last_run_unclean_; }
  /// Of the last five minutes.
  std::size_t recent_unclean_exits() const { return unclean_.size(); }
  bool safe_mode() const { return unclean_.size() >= safe_mode_exits; }

 private:
  result<void> write(bool running) const;

  std::filesystem::path file_;
  std::vector<timestamp> unclean_;
  bool last_run_unclean_ = false;
};

}  // namespace closedpaw::wiring
