#include "actors/storage/store/failures.hpp"

#include <lmdb.h>

#include <cerrno>
#include <cstring>

namespace closedpaw::storage {

namespace {

std::string_view advice(int rc) {
  switch (rc) {
    case MDB_MAP_FULL:
      return "the store reached its configured size; raise storage.map_size or "
             "lower audit.keep_days";
    case ENOSPC:
    case EDQUOT:
      return "the disk that holds the store is full; free some space";
    case EIO:
      return "the disk reports an error; check it, and restore a backup to "
             "another one if it fails";
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
      return "data.mdb is damaged or not a store; restore a backup";
    case MDB_PANIC:
      return "an earlier write failed half-way; restart the daemon";
    case MDB_VERSION_MISMATCH:
      return "another version of LMDB wrote data.mdb; use the version that did";
    case MDB_MAP_RESIZED:
      return "another process enlarged the store; restart the daemon";
    case MDB_READERS_FULL:
      return "too many readers at once; try again";
    case EACCES:
    case EPERM:
      return "the files must belong to the user that runs the daemon";
    case EROFS:
      return "the file system is mounted read-only";
    case ENOMEM:
      return "not enough memory or address space; check the limits (ulimit -v)";
    default:
      return {};
  }
}

bool is_full(int rc) {
  return rc == MDB_MAP_FULL || rc == ENOSPC || rc == EDQUOT;
}

}  // namespace

failure make_failure(errc code, std::string message) {
  failure out;
  out.code = code;
  out.message = std::move(message);
  return out;
}

result<void> check_limit(std::uint32_t limit) {
  constexpr std::uint32_t most = 1000;
  if (limit == 0 || limit > most)
    return make_failure(errc::invalid_request, "limit must be 1 to 1000");
  return {};
}

failure lmdb_failure(int rc, std::string_view doing) {
  std::string text{doing};
  text += " failed: ";
  text += mdb_strerror(rc);
  if (const auto what = advice(rc); !what.empty())
    (text += "; ") += what;
  return make_failure(is_full(rc) ? errc::storage_full : errc::storage_failed,
                      std::move(text));
}

failure system_failure(int error, std::string_view doing,
                       const std::filesystem::path& path) {
  auto what = std::string{doing};
  (what += ' ') += path.string();
  return lmdb_failure(error, what);
}

failure damaged(const std::string& what) {
  auto out = make_failure(
      errc::storage_failed,
      what +
          "; the store is damaged or was tampered with: keep a copy of it, "
          "and restore a backup");
  out.extra = {{"damaged", true}};
  return out;
}

bool is_damage(const failure& why) {
  return why.extra.is_object() && why.extra.contains("damaged");
}

}  // namespace closedpaw::storage
