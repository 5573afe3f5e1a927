#include "actors/storage/store/backup.hpp"

#include "actors/storage/store/copy.hpp"
#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

namespace fs = std::filesystem;

result<void> make_copy(const fs::path& data_dir, const fs::path& destination) {
  auto source = open_for_reading(data_dir);
  if (!source)
    return source.error();
  return copy_store(source->env, destination);
}

result<backup_report> check_copy(const fs::path& destination) {
  auto content = verify_directory(destination);
  if (!content)
    return content.error();
  std::error_code error;
  const auto file = destination / "data.mdb";
  const auto size = fs::file_size(file, error);
  if (error)
    return system_failure(error.value(), "measuring", file);
  return backup_report{size, std::move(*content)};
}

}  // namespace

result<verify_report> verify_directory(const fs::path& directory) {
  auto opened = open_for_reading(directory);
  if (!opened)
    return opened.error();
  return verify(opened->access());
}

result<backup_report> backup(const fs::path& data_dir,
                             const fs::path& destination) {
  if (auto ok = make_copy(data_dir, destination); !ok)
    return ok.error();
  auto report = check_copy(destination);
  if (!report) {
    std::error_code ignored;
    fs::remove_all(destination, ignored);
  }
  return report;
}

}  // namespace closedpaw::storage
