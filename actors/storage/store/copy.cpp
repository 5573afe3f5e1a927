#include "actors/storage/store/copy.hpp"

#include <fcntl.h>

#include <cerrno>

#include "actors/storage/store/data_dir.hpp"
#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

namespace fs = std::filesystem;

result<void> copy_into(const environment& env, const fs::path& directory) {
  const auto file = directory / "data.mdb";
  const file_descriptor fd{
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd)
    return system_failure(errno, "creating", file);
  if (auto ok = env.copy_to(fd.get()); !ok)
    return ok;
  if (fsync(fd.get()) != 0)
    return system_failure(errno, "syncing", file);
  if (auto ok = sync_directory(directory); !ok)
    return ok;
  return sync_directory(fs::absolute(directory).parent_path());
}

}  // namespace

result<void> copy_store(const environment& env, const fs::path& directory) {
  const auto path =
      directory.has_filename() ? directory : directory.parent_path();
  if (auto ok = create_private_dir(path); !ok)
    return ok;
  auto ok = copy_into(env, path);
  if (!ok) {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  return ok;
}

std::string file_stamp(timestamp time) {
  auto out = to_iso8601(time);
  std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
  return out;
}

}  // namespace closedpaw::storage
