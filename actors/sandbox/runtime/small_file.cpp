#include "actors/sandbox/runtime/small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace closedpaw::sandbox {

std::optional<std::string> read_small_file(const std::string& path) {
  constexpr std::size_t most = std::size_t{1} << 20;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return std::nullopt;
  std::string out;
  char block[4096];
  ssize_t n = 0;
  while (out.size() < most && (n = ::read(fd, block, sizeof block)) > 0)
    out.append(block, static_cast<std::size_t>(n));
  ::close(fd);
  if (n < 0)
    return std::nullopt;
  return out;
}

int write_small_file(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  const int error =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size())
          ? 0
          : errno;
  ::close(fd);
  return error;
}

}  // namespace closedpaw::sandbox
