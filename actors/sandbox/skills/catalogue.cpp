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

constexpr std::size_t most_skill_files = 1'000;
constexpr std::uintmax_t most_file_bytes = std::uintmax_t{256} << 20;

failure unusable(const std::string& directory, const std::string& why) {
  return {errc::bad_request, directory + ": " + why, {}, {}};
}

std::string digest_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return to_hex(sha256(in));
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
  // It may change meanwhile: then there is an error, and no skill.
  for (fs::recursive_directory_iterator it{directory, error};
       !error && it != fs::recursive_directory_iterator{};
       it.increment(error)) {
    const auto& e = *it;
    const auto path = e.path().string();
    if (e.is_symlink() || !(e.is_regular_file() || e.is_directory()))
      return unusable(directory, path + " is neither a file nor a directory");
    if (!e.is_regular_file())
      continue;
    if (out.files.size() == most_skill_files || e.file_size() > most_file_bytes)
      return unusable(directory, "too many files, or too large ones");
    const auto name = path.substr(directory.size() + 1);
    file f{stamp_of(path), {}};
    const auto before = known.find(name);
    f.digest = before != known.end() && before->second.as_of == f.as_of
                   ? before->second.digest
                   : digest_of(path);
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
    const std::map<std::string, entry>& in, const std::string& directory) {
  static const std::map<std::string, file> none;
  for (const auto& [id, e] : in)
    if (e.manifest.directory == directory)
      return e.files;
  return none;
}

std::map<std::string, catalogue::entry> catalogue::entries() const {
  const std::lock_guard guard{mutex_};
  return entries_;
}

// Files are read without the lock, which others wait for.
void catalogue::refresh() {
  const auto known = entries();
  std::map<std::string, entry> next;
  std::vector<broken_skill> broken;
  for (const auto& where : directories_) {
    std::error_code error;
    std::vector<std::string> found;
    for (fs::directory_iterator it{where, error};
         !error && it != fs::directory_iterator{}; it.increment(error)) {
      std::error_code unknown;
      if (it->is_directory(unknown))
        found.push_back(it->path().string());
    }
    std::ranges::sort(found);
    for (const auto& directory : found) {
      auto read_one = read(directory, files_of(known, directory));
      if (!read_one)
        broken.push_back({directory, read_one.error().message});
      else if (next.contains(read_one->manifest.id))
        broken.push_back(
            {directory, "another skill has the id " + read_one->manifest.id});
      else
        next.emplace(read_one->manifest.id, std::move(*read_one));
    }
  }
  const std::lock_guard guard{mutex_};
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
  const auto known = entries();
  const auto it = known.find(id);
  if (it == known.end())
    return failure{errc::not_found, "Skill not found: " + id, {}, {}};
  auto now = read(it->second.manifest.directory, it->second.files);
  if (!now)
    return now.error();
  auto out = now->manifest;
  const std::lock_guard guard{mutex_};
  entries_[id] = std::move(*now);
  return out;
}

}  // namespace closedpaw::sandbox
