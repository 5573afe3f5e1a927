#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace closedpaw::skill {

/// Names the cause and the path.
struct file_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct entry {
  std::string name;
  /// "file", "directory", "other"
  std::string type;
  std::uint64_t size = 0;
  std::int64_t modified_ms = 0;
};

/// Files below one directory, and nothing else: every path is resolved by the
/// kernel with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS (openat2(2)), so that
/// neither "..", nor a link, nor a rename meanwhile leads out of it. Where the
/// kernel has no such call, it is resolved part by part with O_NOFOLLOW. All
/// throw file_error.
class beneath {
 public:
  /// `without_openat2`: as if the kernel had no such call.
  explicit beneath(const std::string& directory, bool without_openat2 = false);
  ~beneath();
  beneath(const beneath&) = delete;
  beneath& operator=(const beneath&) = delete;

  /// By name; `truncated` where there are more than `most`.
  std::vector<entry> list(const std::string& path, std::size_t most,
                          bool& truncated) const;
  entry stat(const std::string& path) const;
  /// The first `most` bytes.
  std::string read(const std::string& path, std::size_t most) const;
  /// Replaces the file at once, or not at all.
  void write(const std::string& path, const std::string& content) const;
  /// Its new size is at most `most`.
  void append(const std::string& path, const std::string& content,
              std::uint64_t most) const;
  /// And those above it.
  void make_directory(const std::string& path) const;
  void remove(const std::string& path) const;

 private:
  int open(const std::string& path, int flags, unsigned mode = 0) const;
  /// Descriptor of the directory that holds it, and its name there.
  std::pair<int, std::string> parent_of(const std::string& path) const;

  int root_ = -1;
  bool without_openat2_;
};

}  // namespace closedpaw::skill
