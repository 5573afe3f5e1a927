#include "benchmarks/floors/stored_records.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace closedpaw::benchmarks {

namespace {

constexpr const char* names[] = {"audit", "actions", "nodes"};
constexpr const char* head_key = "audit_head";

void must(int rc) {
  if (rc != 0)
    throw std::runtime_error{mdb_strerror(rc)};
}

std::string text(const MDB_val& x) {
  return {static_cast<const char*>(x.mv_data), x.mv_size};
}

MDB_val val(const std::string& x) {
  return {x.size(), const_cast<char*>(x.data())};
}

MDB_env* open_env(const std::filesystem::path& directory, unsigned flags) {
  MDB_env* env = nullptr;
  must(mdb_env_create(&env));
  must(mdb_env_set_maxdbs(env, 16));
  must(mdb_env_set_mapsize(env, std::size_t{16} << 30));
  must(mdb_env_open(env, directory.c_str(), flags, 0600));
  return env;
}

stored_records::table read_table(MDB_txn* txn, const char* name) {
  stored_records::table out{name, {}};
  MDB_dbi db = 0;
  MDB_cursor* at = nullptr;
  must(mdb_dbi_open(txn, name, 0, &db));
  must(mdb_cursor_open(txn, db, &at));
  MDB_val k{};
  MDB_val v{};
  while (mdb_cursor_get(at, &k, &v, MDB_NEXT) == 0)
    out.rows.emplace_back(text(k), text(v));
  mdb_cursor_close(at);
  return out;
}

}  // namespace

stored_records stored_records::read(const std::filesystem::path& directory) {
  const std::unique_ptr<MDB_env, void (*)(MDB_env*)> env{
      open_env(directory, MDB_RDONLY), mdb_env_close};
  MDB_txn* txn = nullptr;
  must(mdb_txn_begin(env.get(), nullptr, MDB_RDONLY, &txn));
  stored_records out;
  for (const char* name : names)
    out.tables.push_back(read_table(txn, name));
  MDB_dbi unnamed = 0;
  MDB_val k{std::string_view{head_key}.size(), const_cast<char*>(head_key)};
  MDB_val v{};
  must(mdb_dbi_open(txn, nullptr, 0, &unnamed));
  must(mdb_get(txn, unnamed, &k, &v));
  out.head = {head_key, text(v)};
  mdb_txn_abort(txn);
  out.actions = out.tables[1].rows.size();
  if (out.actions == 0)
    throw std::runtime_error{"the store has no actions"};
  return out;
}

bare_lmdb::bare_lmdb(const std::filesystem::path& directory,
                     const stored_records& records, bool synced,
                     std::size_t steps_of_an_action)
    : records_{records},
      steps_of_an_action_{steps_of_an_action},
      env_{open_env(directory, synced ? 0U : MDB_NOSYNC)} {
  MDB_txn* txn = nullptr;
  must(mdb_txn_begin(env_.get(), nullptr, 0, &txn));
  for (const auto& table : records.tables) {
    MDB_dbi db = 0;
    must(mdb_dbi_open(txn, table.name.c_str(), MDB_CREATE, &db));
    tables_.push_back(db);
  }
  must(mdb_txn_commit(txn));
}

void bare_lmdb::commit(std::size_t steps) {
  MDB_txn* txn = nullptr;
  must(mdb_txn_begin(env_.get(), nullptr, 0, &txn));
  const auto all = records_.actions * steps_of_an_action_;
  const auto round = next_ / all;
  const auto first = next_ % all;
  const auto last = std::min(first + steps, all);
  next_ += last - first;
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    const auto& rows = records_.tables[t].rows;
    // Each action has one row in its table, which every step writes.
    const auto end = rows.size() == records_.actions
                         ? (last - 1) / steps_of_an_action_ + 1
                         : rows.size() * last / all;
    for (auto i = rows.size() * first / all; i < end; ++i) {
      // Behind those of the rounds before.
      auto key = std::string(1, static_cast<char>(round)) + rows[i].first;
      auto k = val(key);
      auto v = val(rows[i].second);
      const int rc = mdb_put(txn, tables_[t], &k, &v, MDB_APPEND);
      must(rc == MDB_KEYEXIST ? mdb_put(txn, tables_[t], &k, &v, 0) : rc);
    }
  }
  auto k = val(records_.head.first);
  auto v = val(records_.head.second);
  MDB_dbi unnamed = 0;
  must(mdb_dbi_open(txn, nullptr, 0, &unnamed));
  must(mdb_put(txn, unnamed, &k, &v, 0));
  must(mdb_txn_commit(txn));
}

}  // namespace closedpaw::benchmarks
