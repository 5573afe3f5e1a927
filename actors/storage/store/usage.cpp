#include "actors/storage/store/usage.hpp"

#include <lmdb.h>

#include <cstring>

#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

std::uint64_t page_size(const environment& env) {
  MDB_stat stat{};
  mdb_env_stat(env.get(), &stat);
  return stat.ms_psize;
}

// LMDB's database 0 lists the free pages: each value is a count and as many
// page numbers (as its own mdb_stat reads it).
result<std::uint64_t> free_pages(const transaction& txn) {
  constexpr database free_list = 0;
  auto at = cursor::open(txn, free_list);
  if (!at)
    return at.error();
  std::uint64_t pages = 0;
  auto found = at->first();
  for (; found && *found; found = at->next()) {
    std::size_t count = 0;
    std::memcpy(&count, (*found)->value.data(), sizeof count);
    pages += count;
  }
  if (!found)
    return found.error();
  return pages;
}

result<std::uint64_t> live_bytes(const environment& env,
                                 const transaction& txn) {
  auto pages = free_pages(txn);
  if (!pages)
    return pages;
  const auto unused = *pages * page_size(env);
  const auto used = used_bytes(env);
  return used > unused ? used - unused : 0;
}

}  // namespace

std::uint64_t used_bytes(const environment& env) {
  MDB_envinfo info{};
  mdb_env_info(env.get(), &info);
  return (info.me_last_pgno + 1) * page_size(env);
}

result<std::uint64_t> live_bytes(const environment& env) {
  auto txn = read_transaction::begin(env);
  if (!txn)
    return txn.error();
  return live_bytes(env, *txn);
}

result<store_stats> read_stats(const environment& env, const databases& dbs) {
  auto txn = read_transaction::begin(env);
  if (!txn)
    return txn.error();
  store_stats out;
  out.used = used_bytes(env);
  auto live = live_bytes(env, *txn);
  if (!live)
    return live.error();
  out.live = *live;
  std::error_code error;
  out.file_size = std::filesystem::file_size(env.data_file(), error);
  if (error)
    return system_failure(error.value(), "measuring", env.data_file());
  const std::pair<database, std::uint64_t*> counts[] = {
      {dbs.audit, &out.events},
      {dbs.actions, &out.actions},
      {dbs.open_actions, &out.open_actions},
      {dbs.registry, &out.registry_rows}};
  for (const auto& [db, to] : counts) {
    auto n = txn->count(db);
    if (!n)
      return n.error();
    *to = *n;
  }
  return out;
}

}  // namespace closedpaw::storage
