#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "messages/model/skill.hpp"

namespace closedpaw::sandbox {

/// A directory that holds no usable skill, and why.
struct broken_skill {
  std::string directory;
  std::string why;
};

/// The skills that lie in some directories, each in one of its own. Reads
/// files; from any thread.
class catalogue {
 public:
  /// The earlier directory wins where both have a skill of that id.
  explicit catalogue(std::vector<std::string> directories)
      : directories_{std::move(directories)} {}

  /// Looks again. Files that stayed the same are not read again.
  void refresh();
  /// By id, as of the last look.
  std::vector<skill_manifest> skills() const;
  std::vector<broken_skill> broken() const;
  /// As its files are now.
  result<skill_manifest> find(const std::string& id);

 private:
  struct stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    std::uint32_t mode = 0;

    bool operator==(const stamp&) const = default;
  };
  struct file {
    stamp as_of;
    std::string digest;
  };
  struct entry {
    skill_manifest manifest;
    std::map<std::string, file> files;
  };

  static stamp stamp_of(const std::string& path);
  static result<entry> read(const std::string& directory,
                            const std::map<std::string, file>& known);
  static const std::map<std::string, file>& files_of(
      const std::map<std::string, entry>& in, const std::string& directory);
  std::map<std::string, entry> entries() const;

  const std::vector<std::string> directories_;
  mutable std::mutex mutex_;
  std::map<std::string, entry> entries_;
  std::vector<broken_skill> broken_;
};

}  // namespace closedpaw::sandbox
