#include "actors/storage/store/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "actors/storage/store/data_dir.hpp"
#include "actors/storage/store/failures.hpp"
#include "messages/model/file_descriptor.hpp"

namespace closedpaw::storage {

namespace {

constexpr off_t largest = off_t{16} * 1024;

}  // namespace

result<std::optional<secret_text>> read_private_file(
    const std::filesystem::path& file) {
  const file_descriptor fd{
      ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!fd && errno == ENOENT)
    return std::optional<secret_text>{};
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0)
    return system_failure(errno, "opening", file);
  if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() ||
      (info.st_mode & 077) != 0 || info.st_size > largest)
    return make_failure(
        errc::storage_failed,
        file.string() +
            ": a key must be in a plain file of ours that nobody else may "
            "read; chmod 600 it, and change what it protects if others could");
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  const auto got = ::read(fd.get(), content.data(), content.size());
  secret_text out{std::move(content)};
  if (got != static_cast<ssize_t>(out.reveal().size()))
    return system_failure(got < 0 ? errno : EIO, "reading", file);
  return std::optional{std::move(out)};
}

result<void> write_private_file(const std::filesystem::path& file,
                                const secret_text& content) {
  auto fresh = file;
  fresh += ".new";
  ::unlink(fresh.c_str());
  const file_descriptor fd{
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  const auto& text = content.reveal();
  const bool written = fd &&
                       ::write(fd.get(), text.data(), text.size()) ==
                           static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd.get()) == 0 &&
                       ::rename(fresh.c_str(), file.c_str()) == 0;
  if (!written)
    return system_failure(errno, "writing", file);
  return sync_directory(file.parent_path());
}

}  // namespace closedpaw::storage
