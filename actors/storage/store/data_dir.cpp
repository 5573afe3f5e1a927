#include "actors/storage/store/data_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

namespace fs = std::filesystem;

constexpr std::array file_names{"data.mdb", "lock.mdb", "lock", "reserve"};

failure refuse(const fs::path& path, const std::string& why) {
  return make_failure(errc::storage_failed, path.string() + ' ' + why);
}

result<void> check_owner(const fs::path& path, const struct stat& st) {
  if (st.st_uid != geteuid())
    return refuse(path, "belongs to uid " + std::to_string(st.st_uid) +
                            " and not to us (uid " + std::to_string(geteuid()) +
                            "); change its owner or use another "
                            "storage.data_dir");
  return {};
}

result<void> check_directory(const fs::path& path) {
  struct stat st {};
  if (lstat(path.c_str(), &st) != 0)
    return system_failure(errno, "looking at", path);
  if (S_ISLNK(st.st_mode))
    return refuse(path, "is a symbolic link; name the directory itself");
  if (!S_ISDIR(st.st_mode))
    return refuse(path, "is not a directory");
  if (auto ok = check_owner(path, st); !ok)
    return ok;
  if ((st.st_mode & 0777) != 0700)
    return refuse(path, "can be used by other users; chmod 700 it");
  return {};
}

result<void> check_file(const fs::path& path) {
  struct stat st {};
  if (lstat(path.c_str(), &st) != 0) {
    if (errno == ENOENT)
      return {};
    return system_failure(errno, "looking at", path);
  }
  if (!S_ISREG(st.st_mode))
    return refuse(path, "is not a regular file");
  if (auto ok = check_owner(path, st); !ok)
    return ok;
  if ((st.st_mode & 0077) != 0)
    return refuse(path, "can be used by other users; chmod 600 it");
  return {};
}

result<void> create_with_parents(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0)
    return {};
  const auto error = errno;
  if (error == EEXIST)
    return {};
  if (error != ENOENT || !path.has_parent_path())
    return system_failure(error, "creating", path);
  if (auto ok = create_with_parents(path.parent_path()); !ok)
    return ok;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return system_failure(errno, "creating", path);
  return {};
}

// A trailing slash would make lstat follow a link.
fs::path without_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

std::string holder(int fd) {
  std::array<char, 16> text{};
  const auto n = pread(fd, text.data(), text.size(), 0);
  const std::string_view read{text.data(), n > 0 ? std::size_t(n) : 0};
  const auto pid = read.substr(0, read.find_first_not_of("0123456789"));
  if (pid.empty())
    return "another process";
  return "process " + std::string{pid};
}

}  // namespace

result<void> prepare_data_dir(const fs::path& directory) {
  const auto path = without_slash(directory);
  if (auto ok = create_with_parents(path); !ok)
    return ok;
  if (auto ok = check_directory(path); !ok)
    return ok;
  for (const auto* name : file_names)
    if (auto ok = check_file(path / name); !ok)
      return ok;
  return {};
}

result<void> create_private_dir(const fs::path& directory) {
  const auto path = without_slash(directory);
  if (::mkdir(path.c_str(), 0700) == 0)
    return {};
  if (errno == EEXIST)
    return make_failure(errc::conflict,
                        path.string() + " exists already; name a new one");
  return system_failure(errno, "creating", path);
}

result<void> sync_directory(const fs::path& directory) {
  const file_descriptor fd{
      ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || fsync(fd.get()) != 0)
    return system_failure(errno, "syncing", directory);
  return {};
}

result<directory_lock> directory_lock::take(const fs::path& directory) {
  const auto path = directory / "lock";
  file_descriptor fd{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!fd)
    return system_failure(errno, "opening", path);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return system_failure(errno, "locking", path);
    return make_failure(errc::conflict,
                        directory.string() + " is in use by " +
                            holder(fd.get()) +
                            "; stop it or use another storage.data_dir");
  }
  const auto pid = std::to_string(getpid()) + '\n';
  const auto size = static_cast<ssize_t>(pid.size());
  // The pid only explains a refusal: a full disk must not stop the daemon.
  if (ftruncate(fd.get(), 0) == 0 &&
      pwrite(fd.get(), pid.data(), pid.size(), 0) != size)
    (void)ftruncate(fd.get(), 0);
  return directory_lock{std::move(fd)};
}

}  // namespace closedpaw::storage
