#pragma once

#include <time.h>

#include <cstdint>

namespace closedpaw::sandbox {

inline std::int64_t nanoseconds(const timespec& t) {
  return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

}  // namespace closedpaw::sandbox
