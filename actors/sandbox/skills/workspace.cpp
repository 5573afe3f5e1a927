#include "actors/sandbox/skills/workspace.hpp"

#include <fcntl.h>
#include <fts.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>

#include "actors/sandbox/runtime/spec.hpp"
#include "actors/sandbox/skills/file_times.hpp"
#include "messages/model/file_descriptor.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::sandbox {

namespace {

constexpr std::size_t most_told = 100;
/// Of all files of one run.
constexpr std::uint64_t most_hashed = std::uint64_t{64} << 20;

/// `each` says whether to go on.
void walk(const std::string& path,
          const std::function<bool(const FTSENT&)>& each) {
  std::string root = path;
  char* roots[] = {root.data(), nullptr};
  // Sandboxes may change it meanwhile: never follow, never change directory.
  const std::unique_ptr<FTS, int (*)(FTS*)> tree{
      fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr),
      fts_close};
  if (!tree)
    return;
  while (const auto* e = fts_read(tree.get()))
    if (e->fts_level > 0 && e->fts_info != FTS_DP && !each(*e))
      return;
}

/// Of what is there now; empty where it cannot be read as a file below it.
std::string digest_of(const std::string& workspace, const std::string& name) {
  const file_descriptor root{
      ::open(workspace.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const file_descriptor file{static_cast<int>(
      syscall(SYS_openat2, root.get(), name.c_str(), &how, sizeof how))};
  if (!file)
    return {};
  std::string content;
  char block[65'536];
  for (ssize_t n = 0; (n = ::read(file.get(), block, sizeof block)) > 0;) {
    content.append(block, static_cast<std::size_t>(n));
    // It may grow while it is read.
    if (content.size() > most_hashed)
      return {};
  }
  return to_hex(sha256({content}));
}

struct teller {
  const std::string& workspace;
  json files = json::array();
  std::string told{};
  std::uint64_t hashed = 0;

  void tell(const std::string& path, const char* change,
            const workspace_snapshot::file* now) {
    if (files.size() == most_told)
      return;
    json one{{"path", path}, {"change", change}};
    if (now) {
      one["size"] = now->size;
      hashed += now->size;
      one["sha256"] =
          hashed <= most_hashed ? json(digest_of(workspace, path)) : json();
    }
    told += dump(one) + '\n';
    files.push_back(std::move(one));
  }
};

}  // namespace

result<void> make_workspace(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  const bool usable =
      !error && ::chmod(path.c_str(), 0700) == 0 &&
      (geteuid() != 0 || ::chown(path.c_str(), nobody, nobody) == 0);
  if (!usable)
    return failure{errc::unavailable,
                   "the workspace " + path + " cannot be made: " +
                       (error ? error.message() : std::strerror(errno)),
                   {},
                   {}};
  return {};
}

workspace_snapshot look_at_workspace(const std::string& path,
                                     std::size_t most_files) {
  workspace_snapshot out;
  walk(path, [&](const FTSENT& e) {
    if (e.fts_info == FTS_D) {
      ++out.directories;
      return true;
    }
    if (out.files.size() == most_files) {
      out.truncated = true;
      return false;
    }
    const auto* s = e.fts_statp;
    const auto size = static_cast<std::uint64_t>(s->st_size);
    out.bytes += size;
    out.files[e.fts_path + path.size() + 1] = {
        size, s->st_ino, nanoseconds(s->st_mtim), nanoseconds(s->st_ctim)};
    return true;
  });
  return out;
}

std::uint64_t workspace_bytes(const std::string& path, std::uint64_t enough) {
  std::uint64_t out = 0;
  walk(path, [&](const FTSENT& e) {
    // What cannot be looked at is not allowed to be there.
    if (e.fts_info == FTS_DNR || e.fts_info == FTS_NS ||
        e.fts_info == FTS_ERR) {
      out = enough + 1;
      return false;
    }
    // Blocks, since a sparse file takes no room; names take some, too.
    out += static_cast<std::uint64_t>(e.fts_statp->st_blocks) * 512 + 4'096;
    return out <= enough;
  });
  return out;
}

json workspace_changes(const std::string& path,
                       const workspace_snapshot& before,
                       const workspace_snapshot& after) {
  teller t{path};
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t removed = 0;
  for (const auto& [name, now] : after.files) {
    const auto it = before.files.find(name);
    if (it == before.files.end()) {
      ++added;
      t.tell(name, "added", &now);
    } else if (it->second != now) {
      ++changed;
      t.tell(name, "changed", &now);
    }
  }
  for (const auto& [name, was] : before.files)
    if (!after.files.contains(name)) {
      ++removed;
      t.tell(name, "removed", nullptr);
    }
  json out{{"added", added},
           {"changed", changed},
           {"removed", removed},
           {"bytes_before", before.bytes},
           {"bytes_after", after.bytes}};
  if (before.truncated || after.truncated)
    out["truncated"] = true;
  out["digest"] = to_hex(sha256({t.told}));
  out["files"] = std::move(t.files);
  return out;
}

}  // namespace closedpaw::sandbox
