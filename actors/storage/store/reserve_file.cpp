#include "actors/storage/store/reserve_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "messages/model/file_descriptor.hpp"

namespace closedpaw::storage {

namespace {

std::uint64_t allocated(const std::filesystem::path& file) {
  struct stat st {};
  if (lstat(file.c_str(), &st) != 0)
    return 0;
  return static_cast<std::uint64_t>(st.st_blocks) * 512;
}

}  // namespace

std::uint64_t free_space(const std::filesystem::path& directory) {
  struct statvfs vfs {};
  if (statvfs(directory.c_str(), &vfs) != 0)
    return 0;
  return static_cast<std::uint64_t>(vfs.f_bavail) * vfs.f_frsize;
}

reserve_file::reserve_file(std::filesystem::path directory, std::uint64_t size)
    : directory_{std::move(directory)},
      file_{directory_ / "reserve"},
      size_{size} {
  hold();
}

void reserve_file::hold() {
  if (held_)
    return;
  if (size_ == 0 || allocated(file_) >= size_) {
    held_ = true;
    return;
  }
  if (free_space(directory_) < 2 * size_)
    return;
  const file_descriptor fd{
      ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  held_ = fd && posix_fallocate(fd.get(), 0, static_cast<off_t>(size_)) == 0;
  if (!held_)
    ::unlink(file_.c_str());
}

void reserve_file::release() {
  if (size_ == 0)
    return;
  ::unlink(file_.c_str());
  held_ = false;
}

}  // namespace closedpaw::storage
