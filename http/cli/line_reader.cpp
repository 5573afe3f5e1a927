#include "http/cli/line_reader.hpp"

#include <editline/readline.h>
#include <sys/stat.h>

#include <cstdlib>
#include <memory>

namespace closedpaw::cli {

namespace {

constexpr int most_kept = 1000;

}  // namespace

line_reader::line_reader(std::filesystem::path history)
    : history_{std::move(history)} {
  using_history();
  stifle_history(most_kept);
  if (!history_.empty())
    read_history(history_.c_str());
}

line_reader::~line_reader() {
  if (history_.empty())
    return;
  std::error_code ignored;
  std::filesystem::create_directories(history_.parent_path(), ignored);
  const auto before = umask(077);
  write_history(history_.c_str());
  umask(before);
}

std::optional<std::string> line_reader::next(const char* prompt) {
  const std::unique_ptr<char, decltype(&std::free)> line{readline(prompt),
                                                         &std::free};
  if (!line)
    return std::nullopt;
  if (*line)
    add_history(line.get());
  return std::string{line.get()};
}

std::filesystem::path state_dir() {
  if (const char* state = std::getenv("XDG_STATE_HOME");
      state != nullptr && *state == '/')
    return std::filesystem::path{state} / "closedpaw";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::filesystem::path{home} / ".local/state/closedpaw";
  return {};
}

}  // namespace closedpaw::cli
