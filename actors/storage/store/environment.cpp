#include "actors/storage/store/environment.hpp"

#include <lmdb.h>

#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

constexpr unsigned max_databases = 16;

// LMDB may leave freed pages at the end of its file unwritten; a file that
// lacks more than that was cut off, and reading it would be a SIGBUS.
constexpr std::uint64_t unwritten_slack = 1 << 20;

unsigned flags(const environment_options& options) {
  // Reader slots belong to transactions, as these move between threads.
  unsigned out = MDB_NOTLS;
  if (options.access != access_mode::write)
    out |= MDB_RDONLY;
  if (options.access == access_mode::read_copy)
    out |= MDB_NOLOCK;
  if (options.mode == durability::async)
    out |= MDB_NOSYNC;
  return out;
}

result<void> check_length(MDB_env* env, const std::filesystem::path& file) {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env, &info);
  mdb_env_stat(env, &stat);
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error)
    return system_failure(error.value(), "measuring", file);
  if (size + unwritten_slack < (info.me_last_pgno + 1) * stat.ms_psize)
    return damaged(file.string() + " is cut off: it has " +
                   std::to_string(size) + " bytes of " +
                   std::to_string((info.me_last_pgno + 1) * stat.ms_psize));
  return {};
}

}  // namespace

void environment::closer::operator()(MDB_env* x) const {
  mdb_env_close(x);
}

result<environment> environment::open(const environment_options& options) {
  MDB_env* raw = nullptr;
  if (const int rc = mdb_env_create(&raw); rc != 0)
    return lmdb_failure(rc, "preparing the store");
  environment out{std::unique_ptr<MDB_env, closer>{raw}, options.directory};
  mdb_env_set_maxdbs(raw, max_databases);
  if (options.access == access_mode::write)
    if (const int rc = mdb_env_set_mapsize(raw, options.map_size); rc != 0)
      return lmdb_failure(rc, "reserving the store's address space");
  if (const int rc =
          mdb_env_open(raw, options.directory.c_str(), flags(options), 0600);
      rc != 0)
    return system_failure(rc, "opening the store in", options.directory);
  if (auto ok = check_length(raw, out.data_file()); !ok)
    return ok.error();
  return out;
}

result<void> environment::sync() const {
  if (const int rc = mdb_env_sync(get(), 1); rc != 0)
    return lmdb_failure(rc, "syncing the store");
  return {};
}

result<int> environment::clear_stale_readers() const {
  int dead = 0;
  if (const int rc = mdb_reader_check(get(), &dead); rc != 0)
    return lmdb_failure(rc, "looking for dead readers");
  return dead;
}

result<void> environment::copy_to(int fd) const {
  if (const int rc = mdb_env_copyfd2(get(), fd, MDB_CP_COMPACT); rc != 0)
    return lmdb_failure(rc, "copying the store");
  return {};
}

}  // namespace closedpaw::storage
