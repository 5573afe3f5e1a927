#include "actors/storage/store/room_ahead.hpp"

#include <lmdb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "actors/storage/store/reserve_file.hpp"
#include "actors/storage/store/usage.hpp"

namespace closedpaw::storage {

namespace {

constexpr std::uint64_t stride = std::uint64_t{2} << 20;
constexpr std::uint64_t low_water = stride / 4;
// A disk that is nearly full has better uses.
constexpr std::uint64_t least_free = 32 * stride;

constexpr std::array<char, 128 << 10> zeros{};

std::uint64_t map_size(const environment& env) {
  MDB_envinfo info{};
  mdb_env_info(env.get(), &info);
  return info.me_mapsize;
}

bool flushes_commits(const environment& env) {
  unsigned flags = 0;
  mdb_env_get_flags(env.get(), &flags);
  return (flags & MDB_NOSYNC) == 0;
}

}  // namespace

room_ahead::room_ahead(const environment& env)
    : env_{env}, wanted_{flushes_commits(env)} {}

void room_ahead::keep() {
  if (!wanted_)
    return;
  const auto used = used_bytes(env_);
  if (used + low_water <= length_)
    return;
  std::error_code unknown;
  const auto found = std::filesystem::file_size(env_.data_file(), unknown);
  if (unknown)
    return;
  length_ = found;
  if (used + low_water <= length_)
    return;
  const auto wanted = std::min(used + stride, map_size(env_));
  int fd = -1;
  if (length_ >= wanted || free_space(env_.directory()) < least_free ||
      mdb_env_get_fd(env_.get(), &fd) != 0)
    return;
  // From where LMDB will write next: it may have left freed pages unwritten.
  for (auto at = std::max(length_, used); at < wanted;) {
    const auto size = std::min<std::uint64_t>(zeros.size(), wanted - at);
    const auto n = ::pwrite(fd, zeros.data(), size, static_cast<off_t>(at));
    if (n <= 0)
      return;
    at += static_cast<std::uint64_t>(n);
    length_ = at;
  }
}

}  // namespace closedpaw::storage
