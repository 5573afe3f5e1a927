#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace closedpaw::benchmarks {

/// A directory on a disk, which /tmp need not be, gone with this.
class scratch {
 public:
  scratch() {
    std::string name = "/var/tmp/closedpaw-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr)
      throw std::runtime_error{"no temporary directory in /var/tmp"};
    path_ = name;
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace closedpaw::benchmarks
