#pragma once

#include <cstdint>
#include <filesystem>

namespace closedpaw::storage {

/// Disk space that is held back by a preallocated file, so that on a full disk
/// there is room for what must be recorded. One thread.
class reserve_file {
 public:
  /// A size of 0 holds nothing and is always held.
  reserve_file(std::filesystem::path directory, std::uint64_t size);

  bool held() const { return held_; }
  std::uint64_t size() const { return size_; }

  /// Takes the space (again), unless that would leave less than as much free.
  void hold();

  /// Gives the space to whoever writes next.
  void release();

 private:
  std::filesystem::path directory_;
  std::filesystem::path file_;
  std::uint64_t size_;
  bool held_ = false;
};

/// Bytes that an ordinary user can still write there; 0 when unknown.
std::uint64_t free_space(const std::filesystem::path& directory);

}  // namespace closedpaw::storage
