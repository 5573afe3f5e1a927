#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace closedpaw::cli {

/// Lines from a terminal, with editing and with what was typed before
/// (libedit). One at a time per process; belongs to one thread.
class line_reader {
 public:
  /// `history`: where what was typed is kept, readable for its owner only; what
  /// cannot be read or written there is not kept.
  explicit line_reader(std::filesystem::path history);
  line_reader(const line_reader&) = delete;
  line_reader& operator=(const line_reader&) = delete;
  ~line_reader();

  /// Nothing at the end of the input.
  std::optional<std::string> next(const char* prompt);

 private:
  std::filesystem::path history_;
};

/// $XDG_STATE_HOME or ~/.local/state, with our name; empty without a home.
std::filesystem::path state_dir();

}  // namespace closedpaw::cli
