#include "actors/sandbox/skills/catalogue.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "actors/sandbox/skills/file_times.hpp"
#include "actors/sandbox/skills/manifest.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 1'000;
constexpr std::uintmax_t most_file_bytes = std::uintmax_t{256} << 20;

failure unusable(const std::string& directory, const std::string& why) {
  return {errc::bad_request, directory + ": " + why, {}, {}};
}

std::string content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

catalogue::stamp catalogue::stamp_of(const std::string& path) {
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0)
    return {};
  return {s.st_dev,
          s.st_ino,
          s.st_size,
          nanoseconds(s.st_mtim),
          nanoseconds(s.st_ctim),
          s.st_mode};
}

// Links could lead anywhere, and to what changes unseen.
result<catalogue::entry> catalogue::read(
    const std::string& directory, const std::map<std::string, file>& known) {
  entry out;
  std::error_code error;
  for (const auto& e : fs::recursive_directory_iterator{directory, error}) {
    const auto path = e.path().string();
    if (e.is_symlink() || !(e.is_regular_file() || e.is_directory()))
      return unusable(directory, path + " is neither a file nor a directory");
    if (!e.is_regular_file())
      continue;
    if (out.files.size() == most_files || e.file_size() > most_file_bytes)
      return unusable(directory, "too many files, or too large ones");
    const auto name = path.substr(directory.size() + 1);
    file f{stamp_of(path), {}};
    const auto it = known.find(name);
    f.digest = it != known.end() && it->second.as_of == f.as_of
                   ? it->second.digest
                   : to_hex(sha256({content_of(path)}));
    out.files.emplace(name, std::move(f));
  }
  if (error)
    return unusable(directory, error.message());
  const auto text = parse_json(content_of(directory + "/manifest.json"));
  if (!text)
    return unusable(directory, "manifest.json is missing or no JSON");
  auto manifest = manifest_from(*text);
  if (!manifest)
    return unusable(directory, manifest.error().message);
  std::string all;
  for (const auto& [name, f] : out.files)
    all += name + '\0' + std::to_string(f.as_of.mode & 07777U) + '\0' +
           f.digest + '\n';
  out.manifest = std::move(*manifest);
  out.manifest.directory = directory;
  out.manifest.digest = to_hex(sha256({all}));
  return out;
}

const std::map<std::string, catalogue::file>& catalogue::files_of(
    const std::string& directory) const {
  static const std::map<std::string, file> none;
  for (const auto& [id, e] : entries_)
    if (e.manifest.directory == directory)
      return e.files;
  return none;
}

void catalogue::refresh() {
  const std::lock_guard guard{mutex_};
  std::map<std::string, entry> next;
  std::vector<broken_skill> broken;
  for (const auto& where : directories_) {
    std::error_code error;
    std::vector<std::string> found;
    for (const auto& e : fs::directory_iterator{where, error})
      if (e.is_directory(error))
        found.push_back(e.path().string());
    std::ranges::sort(found);
    for (const auto& directory : found) {
      auto read_one = read(directory, files_of(directory));
      if (!read_one)
        broken.push_back({directory, read_one.error().message});
      else if (next.contains(read_one->manifest.id))
        broken.push_back(
            {directory, "another skill has the id " + read_one->manifest.id});
      else
        next.emplace(read_one->manifest.id, std::move(*read_one));
    }
  }
  entries_ = std::move(next);
  broken_ = std::move(broken);
}

std::vector<skill_manifest> catalogue::skills() const {
  const std::lock_guard guard{mutex_};
  std::vector<skill_manifest> out;
  for (const auto& [id, e] : entries_)
    out.push_back(e.manifest);
  return out;
}

std::vector<broken_skill> catalogue::broken() const {
  const std::lock_guard guard{mutex_};
  return broken_;
}

result<skill_manifest> catalogue::find(const std::string& id) {
  const std::lock_guard guard{mutex_};
  const auto it = entries_.find(id);
  if (it == entries_.end())
    return failure{errc::not_found, "Skill not found: " + id, {}, {}};
  auto now = read(it->second.manifest.directory, it->second.files);
  if (!now)
    return now.error();
  it->second = std::move(*now);
  return it->second.manifest;
}

}  // namespace closedpaw::sandbox
