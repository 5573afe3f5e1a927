#include "actors/storage/store/transaction.hpp"

#include <lmdb.h>

#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

MDB_val val(std::string_view x) {
  return {x.size(), const_cast<char*>(x.data())};
}

std::string_view view(const MDB_val& x) {
  return {static_cast<const char*>(x.mv_data), x.mv_size};
}

result<MDB_txn*> begin_raw(const environment& env, unsigned flags) {
  MDB_txn* txn = nullptr;
  if (const int rc = mdb_txn_begin(env.get(), nullptr, flags, &txn); rc != 0)
    return lmdb_failure(rc, "beginning a transaction");
  return txn;
}

failure write_failure(int rc) {
  return lmdb_failure(rc, "writing to the store");
}

failure read_failure(int rc) {
  return lmdb_failure(rc, "reading the store");
}

}  // namespace

void transaction::aborter::operator()(MDB_txn* x) const {
  mdb_txn_abort(x);
}

result<std::optional<std::string_view>> transaction::find(
    database db, std::string_view key) const {
  auto k = val(key);
  MDB_val value{};
  const int rc = mdb_get(get(), db, &k, &value);
  if (rc == MDB_NOTFOUND)
    return std::optional<std::string_view>{};
  if (rc != 0)
    return read_failure(rc);
  return std::optional{view(value)};
}

result<std::size_t> transaction::count(database db) const {
  MDB_stat stat{};
  if (const int rc = mdb_stat(get(), db, &stat); rc != 0)
    return read_failure(rc);
  return stat.ms_entries;
}

result<read_transaction> read_transaction::begin(const environment& env) {
  auto txn = begin_raw(env, MDB_RDONLY);
  if (!txn)
    return txn.error();
  return read_transaction{*txn};
}

result<void> read_transaction::keep_databases() {
  if (const int rc = mdb_txn_commit(txn_.release()); rc != 0)
    return read_failure(rc);
  return {};
}

result<write_transaction> write_transaction::begin(const environment& env) {
  auto txn = begin_raw(env, 0);
  if (!txn)
    return txn.error();
  return write_transaction{*txn};
}

result<void> write_transaction::put(database db, std::string_view key,
                                    std::string_view value) {
  auto k = val(key);
  auto v = val(value);
  if (const int rc = mdb_put(get(), db, &k, &v, 0); rc != 0)
    return write_failure(rc);
  return {};
}

result<char*> write_transaction::append(database db, std::string_view key,
                                        std::size_t size) {
  auto k = val(key);
  MDB_val v{size, nullptr};
  const int rc = mdb_put(get(), db, &k, &v, MDB_APPEND | MDB_RESERVE);
  if (rc == MDB_KEYEXIST)
    return damaged("a key that should be the last one is not");
  if (rc != 0)
    return write_failure(rc);
  return static_cast<char*>(v.mv_data);
}

result<char*> write_transaction::replace(database db, std::string_view key,
                                         std::size_t size) {
  auto k = val(key);
  MDB_val v{size, nullptr};
  if (const int rc = mdb_put(get(), db, &k, &v, MDB_RESERVE); rc != 0)
    return write_failure(rc);
  return static_cast<char*>(v.mv_data);
}

result<write_transaction::insertion> write_transaction::insert(
    database db, std::string_view key, std::size_t size) {
  auto k = val(key);
  MDB_val v{size, nullptr};
  // Refused with MDB_KEYEXIST, at no cost, unless the key is the last one.
  int rc = mdb_put(get(), db, &k, &v, MDB_APPEND | MDB_RESERVE);
  if (rc == MDB_KEYEXIST) {
    v = {size, nullptr};
    rc = mdb_put(get(), db, &k, &v, MDB_NOOVERWRITE | MDB_RESERVE);
    if (rc == MDB_KEYEXIST)
      return insertion{nullptr, view(v)};
  }
  if (rc != 0)
    return write_failure(rc);
  return insertion{static_cast<char*>(v.mv_data), {}};
}

result<bool> write_transaction::erase(database db, std::string_view key) {
  auto k = val(key);
  const int rc = mdb_del(get(), db, &k, nullptr);
  if (rc != 0 && rc != MDB_NOTFOUND)
    return write_failure(rc);
  return rc == 0;
}

result<database> write_transaction::create_database(const char* name) {
  MDB_dbi db = 0;
  if (const int rc = mdb_dbi_open(get(), name, MDB_CREATE, &db); rc != 0)
    return lmdb_failure(rc, "opening a database of the store");
  return db;
}

result<void> write_transaction::commit() {
  if (const int rc = mdb_txn_commit(txn_.release()); rc != 0)
    return lmdb_failure(rc, "committing to the store");
  return {};
}

void cursor::closer::operator()(MDB_cursor* x) const {
  mdb_cursor_close(x);
}

result<cursor> cursor::open(const transaction& txn, database db) {
  MDB_cursor* raw = nullptr;
  if (const int rc = mdb_cursor_open(txn.get(), db, &raw); rc != 0)
    return read_failure(rc);
  return cursor{raw};
}

result<std::optional<entry>> cursor::move(std::string_view key, int operation) {
  auto k = val(key);
  MDB_val v{};
  const int rc = mdb_cursor_get(cursor_.get(), &k, &v,
                                static_cast<MDB_cursor_op>(operation));
  if (rc == MDB_NOTFOUND)
    return std::optional<entry>{};
  if (rc != 0)
    return read_failure(rc);
  return std::optional{entry{view(k), view(v)}};
}

result<std::optional<entry>> cursor::first() {
  return move({}, MDB_FIRST);
}

result<std::optional<entry>> cursor::last() {
  return move({}, MDB_LAST);
}

result<std::optional<entry>> cursor::next() {
  return move({}, MDB_NEXT);
}

result<std::optional<entry>> cursor::previous() {
  return move({}, MDB_PREV);
}

result<std::optional<entry>> cursor::lower_bound(std::string_view key) {
  return move(key, MDB_SET_RANGE);
}

result<std::optional<entry>> cursor::last_below(std::string_view key) {
  auto at = lower_bound(key);
  if (!at)
    return at;
  return *at ? previous() : last();
}

}  // namespace closedpaw::storage
