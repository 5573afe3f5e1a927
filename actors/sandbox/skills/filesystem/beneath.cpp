#include "actors/sandbox/skills/filesystem/beneath.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace closedpaw::skill {

namespace {

class descriptor {
 public:
  explicit descriptor(int fd) : fd_{fd} {}
  ~descriptor() { ::close(fd_); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& path, int error) {
  // What openat2 says where a path leads out, or is a link.
  if (error == EXDEV)
    throw file_error{path + ": leads out of the workspace"};
  if (error == ELOOP)
    throw file_error{path + ": is or leads through a symbolic link"};
  throw file_error{path + ": " + std::strerror(error)};
}

entry entry_of(const std::string& name, const struct stat& s) {
  entry out;
  out.name = name;
  out.type = S_ISREG(s.st_mode)   ? "file"
             : S_ISDIR(s.st_mode) ? "directory"
                                  : "other";
  out.size = S_ISREG(s.st_mode) ? static_cast<std::uint64_t>(s.st_size) : 0;
  out.modified_ms =
      s.st_mtim.tv_sec * std::int64_t{1'000} + s.st_mtim.tv_nsec / 1'000'000;
  return out;
}

void write_all(int fd, const std::string& path, const std::string& content) {
  for (std::size_t done = 0; done < content.size();) {
    const auto n = ::write(fd, content.data() + done, content.size() - done);
    if (n < 0 && errno != EINTR)
      fail(path, errno);
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
}

struct stat stat_of(int fd, const std::string& path) {
  struct stat out {};
  if (::fstat(fd, &out) != 0)
    fail(path, errno);
  return out;
}

/// Where there is no openat2 (gVisor): one directory after the other, none of
/// them by a link or upwards.
int open_step_by_step(int root, const std::string& path, int flags,
                      unsigned mode) {
  if (path.front() == '/') {
    errno = EXDEV;
    return -1;
  }
  int at = ::dup(root);
  for (std::size_t begin = 0; at >= 0;) {
    const auto end = path.find('/', begin);
    const auto part = path.substr(begin, end - begin);
    const bool last = end == std::string::npos;
    int next = -1;
    if (part == "..")
      errno = EXDEV;
    else
      next = ::openat(
          at, part.empty() ? "." : part.c_str(),
          (last ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC) | O_NOFOLLOW, mode);
    const int error = errno;
    ::close(at);
    errno = error;
    if (last || next < 0)
      return next;
    at = next;
    begin = end + 1;
  }
  return -1;
}

void must_be_a_file(const struct stat& s, const std::string& path) {
  if (!S_ISREG(s.st_mode))
    throw file_error{path + ": is not a regular file"};
}

}  // namespace

beneath::beneath(const std::string& directory, bool without_openat2)
    : root_{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)},
      without_openat2_{without_openat2} {
  if (root_ < 0)
    fail(directory, errno);
}

beneath::~beneath() {
  ::close(root_);
}

int beneath::open(const std::string& path, int flags, unsigned mode) const {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const auto& wanted = path.empty() ? "." : path.c_str();
  auto fd = -1;
  if (!without_openat2_)
    fd =
        static_cast<int>(syscall(SYS_openat2, root_, wanted, &how, sizeof how));
  if (without_openat2_ || (fd < 0 && errno == ENOSYS))
    fd = open_step_by_step(root_, wanted, flags | O_CLOEXEC, mode);
  if (fd < 0)
    fail(path.empty() ? "." : path, errno);
  return fd;
}

std::pair<int, std::string> beneath::parent_of(const std::string& path) const {
  auto trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/')
    trimmed.pop_back();
  const auto slash = trimmed.rfind('/');
  const auto name =
      slash == std::string::npos ? trimmed : trimmed.substr(slash + 1);
  if (name.empty() || name == "." || name == "..")
    throw file_error{path + ": names no file"};
  // An absolute path is refused by the kernel, as leading out.
  const auto above = slash == std::string::npos ? std::string{"."}
                     : slash == 0               ? std::string{"/"}
                                                : trimmed.substr(0, slash);
  return {open(above, O_PATH | O_DIRECTORY), name};
}

std::vector<entry> beneath::list(const std::string& path, std::size_t most,
                                 bool& truncated) const {
  const int fd = open(path, O_RDONLY | O_DIRECTORY);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir{::fdopendir(fd), ::closedir};
  if (!dir)
    fail(path, errno);
  std::vector<entry> out;
  truncated = false;
  while (const auto* e = ::readdir(dir.get())) {
    const std::string name = e->d_name;
    struct stat s {};
    if (name == "." || name == ".." ||
        ::fstatat(fd, e->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    if (out.size() == most) {
      truncated = true;
      break;
    }
    out.push_back(entry_of(name, s));
  }
  std::ranges::sort(out, {}, &entry::name);
  return out;
}

entry beneath::stat(const std::string& path) const {
  const descriptor fd{open(path, O_PATH)};
  const auto found = stat_of(fd.get(), path);
  // Without openat2 it is the link itself that was opened.
  if (S_ISLNK(found.st_mode))
    fail(path, ELOOP);
  return entry_of(path, found);
}

std::string beneath::read(const std::string& path, std::size_t most) const {
  // A pipe must not hold us.
  const descriptor fd{open(path, O_RDONLY | O_NONBLOCK)};
  must_be_a_file(stat_of(fd.get(), path), path);
  std::string out(most, '\0');
  std::size_t size = 0;
  while (size < most) {
    const auto n = ::read(fd.get(), out.data() + size, most - size);
    if (n < 0 && errno != EINTR)
      fail(path, errno);
    if (n == 0)
      break;
    size += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  out.resize(size);
  return out;
}

void beneath::write(const std::string& path, const std::string& content) const {
  const auto [above, name] = parent_of(path);
  const descriptor dir{above};
  struct stat old {};
  const bool exists =
      ::fstatat(dir.get(), name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && S_ISLNK(old.st_mode))
    fail(path, ELOOP);
  if (exists)
    must_be_a_file(old, path);
  const auto draft = "." + name.substr(0, 200) + ".new";
  ::unlinkat(dir.get(), draft.c_str(), 0);
  const descriptor fd{::openat(dir.get(), draft.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                               exists ? old.st_mode & 07777U : 0644U)};
  if (fd.get() < 0)
    fail(path, errno);
  try {
    write_all(fd.get(), path, content);
    if (::fsync(fd.get()) != 0 ||
        ::renameat(dir.get(), draft.c_str(), dir.get(), name.c_str()) != 0)
      fail(path, errno);
  } catch (...) {
    ::unlinkat(dir.get(), draft.c_str(), 0);
    throw;
  }
}

void beneath::append(const std::string& path, const std::string& content,
                     std::uint64_t most) const {
  const descriptor fd{
      open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0644)};
  const auto s = stat_of(fd.get(), path);
  must_be_a_file(s, path);
  if (static_cast<std::uint64_t>(s.st_size) + content.size() > most)
    throw file_error{path + ": would be longer than " + std::to_string(most) +
                     " bytes"};
  write_all(fd.get(), path, content);
  if (::fsync(fd.get()) != 0)
    fail(path, errno);
}

void beneath::make_directory(const std::string& path) const {
  for (std::size_t at = 0; at != std::string::npos;) {
    at = path.find('/', at + 1);
    const auto part = path.substr(0, at);
    const auto [above, name] = parent_of(part);
    const descriptor dir{above};
    if (::mkdirat(dir.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
      fail(part, errno);
  }
  const descriptor made{open(path, O_PATH | O_DIRECTORY)};
}

void beneath::remove(const std::string& path) const {
  const auto [above, name] = parent_of(path);
  const descriptor dir{above};
  if (::unlinkat(dir.get(), name.c_str(), 0) == 0)
    return;
  if (errno != EISDIR || ::unlinkat(dir.get(), name.c_str(), AT_REMOVEDIR) != 0)
    fail(path, errno);
}

}  // namespace closedpaw::skill
