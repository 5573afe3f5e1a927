#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "actors/storage/store/environment.hpp"
#include "messages/model/error.hpp"

struct MDB_txn;
struct MDB_cursor;

namespace closedpaw::storage {

/// LMDB's handle of a named database; the same for the environment's life.
using database = unsigned;

struct entry {
  std::string_view key;
  std::string_view value;
};

/// What reading and writing transactions share. Views point into the store:
/// they end with the transaction, and in a writing one with the next write.
class transaction {
 public:
  MDB_txn* get() const { return txn_.get(); }

  result<std::optional<std::string_view>> find(database db,
                                               std::string_view key) const;
  result<std::size_t> count(database db) const;

 protected:
  struct aborter {
    void operator()(MDB_txn* x) const;
  };

  explicit transaction(MDB_txn* txn) : txn_{txn} {}

  std::unique_ptr<MDB_txn, aborter> txn_;
};

/// A snapshot; any thread, one at a time.
class read_transaction : public transaction {
 public:
  static result<read_transaction> begin(const environment& env);

  /// Keeps the handles that were opened in it; ends the transaction.
  result<void> keep_databases();

 private:
  using transaction::transaction;
};

/// Excludes every other writer until it is committed or destroyed, which
/// undoes it. Must stay on its thread. After any failure only the latter works.
class write_transaction : public transaction {
 public:
  static result<write_transaction> begin(const environment& env);

  result<void> put(database db, std::string_view key, std::string_view value);

  /// Room for a value that is filled in before the next write. Quick for a key
  /// behind all others.
  result<char*> append(database db, std::string_view key, std::size_t size);

  /// The same for any key; what it had is gone.
  result<char*> replace(database db, std::string_view key, std::size_t size);

  struct insertion {
    /// Where the new value goes; null when the key is taken.
    char* room = nullptr;
    /// What the key has already.
    std::string_view present;
  };

  /// As append, for a key that is probably new and probably the last one.
  result<insertion> insert(database db, std::string_view key, std::size_t size);

  /// True when it was there.
  result<bool> erase(database db, std::string_view key);

  result<database> create_database(const char* name);

  /// Ends the transaction either way.
  result<void> commit();

 private:
  using transaction::transaction;
};

/// Walks one database in key order. Must not outlive its transaction.
class cursor {
 public:
  static result<cursor> open(const transaction& txn, database db);

  /// Nothing at either end.
  result<std::optional<entry>> first();
  result<std::optional<entry>> last();
  result<std::optional<entry>> next();
  result<std::optional<entry>> previous();
  /// The first entry whose key is not below.
  result<std::optional<entry>> lower_bound(std::string_view key);
  /// The last entry whose key is below.
  result<std::optional<entry>> last_below(std::string_view key);

 private:
  struct closer {
    void operator()(MDB_cursor* x) const;
  };

  explicit cursor(MDB_cursor* x) : cursor_{x} {}
  result<std::optional<entry>> move(std::string_view key, int operation);

  std::unique_ptr<MDB_cursor, closer> cursor_;
};

}  // namespace closedpaw::storage
