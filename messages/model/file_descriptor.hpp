#pragma once

#include <unistd.h>

#include <utility>

namespace closedpaw {

/// Owns an open file.
class file_descriptor {
 public:
  explicit file_descriptor(int fd = -1) : fd_{fd} {}
  file_descriptor(file_descriptor&& other) noexcept
      : fd_{std::exchange(other.fd_, -1)} {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// Somebody else owns it from now on.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace closedpaw
