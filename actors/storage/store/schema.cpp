#include "actors/storage/store/schema.hpp"

#include <lmdb.h>

#include <algorithm>
#include <utility>

#include "actors/storage/store/copy.hpp"
#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/keys.hpp"

namespace closedpaw::storage {

namespace {

constexpr std::string_view version_key = "schema_version";
constexpr std::string_view created_key = "created_at";
constexpr std::string_view head_key = "audit_head";

constexpr std::pair<const char*, database databases::*> names[] = {
    {nullptr, &databases::meta},
    {"audit", &databases::audit},
    {"nodes", &databases::nodes},
    {"actions", &databases::actions},
    {"open_actions", &databases::open_actions},
    {"registry", &databases::registry},
};

failure too_new(std::uint64_t found, std::uint64_t known) {
  return make_failure(
      errc::storage_failed,
      "the store has schema version " + std::to_string(found) +
          " and this program knows " + std::to_string(known) +
          "; run the newer program, or restore a backup of the older one");
}

result<std::uint64_t> read_version(const transaction& txn, database meta) {
  auto value = txn.find(meta, version_key);
  if (!value)
    return value.error();
  if (!*value || (*value)->size() != 8)
    return damaged("the store has no schema version");
  return read_u64(**value);
}

result<void> initialize(write_transaction& txn, const databases& dbs,
                        const schema& wanted, timestamp now) {
  const auto us = static_cast<std::uint64_t>(now.time_since_epoch().count());
  auto ok = txn.put(dbs.meta, version_key, sequence_key(wanted.version));
  if (ok)
    ok = txn.put(dbs.meta, created_key, sequence_key(us));
  if (ok)
    ok = write_head(txn, dbs, {});
  return ok;
}

result<void> back_up(const environment& env, std::uint64_t version,
                     timestamp now) {
  const auto name =
      "before-schema-" + std::to_string(version + 1) + '-' + file_stamp(now);
  return copy_store(env, env.directory() / name);
}

result<void> migrate(write_transaction& txn, const databases& dbs,
                     std::uint64_t version, const schema& wanted) {
  while (version < wanted.version) {
    const auto step =
        std::ranges::find(wanted.migrations, version, &migration::from);
    if (step == wanted.migrations.end())
      return make_failure(errc::storage_failed,
                          "this program cannot read schema version " +
                              std::to_string(version) +
                              "; start a release between the two first");
    if (auto ok = step->apply(txn); !ok)
      return ok;
    ++version;
  }
  return txn.put(dbs.meta, version_key, sequence_key(version));
}

/// Builds before the first release kept the version in a database of its own.
result<void> refuse_old_layout(const transaction& txn, database unnamed) {
  const auto old = txn.find(unnamed, "meta");
  if (!old)
    return old.error();
  if (*old)
    return make_failure(
        errc::storage_failed,
        "the store was written by a build from before the first release, whose "
        "layout is no longer read; move it aside and start anew");
  return {};
}

result<databases> create_all(write_transaction& txn) {
  databases out;
  for (const auto& [name, member] : names) {
    auto db = txn.create_database(name);
    if (!db)
      return db.error();
    out.*member = *db;
  }
  return out;
}

}  // namespace

schema current_schema() {
  return {1, {}};
}

result<databases> open_databases(const environment& env, const schema& wanted,
                                 timestamp now) {
  auto txn = write_transaction::begin(env);
  if (!txn)
    return txn.error();
  auto dbs = create_all(*txn);
  if (!dbs)
    return dbs;
  if (auto ok = refuse_old_layout(*txn, dbs->meta); !ok)
    return ok.error();
  const auto stored = txn->find(dbs->meta, version_key);
  const auto events = txn->count(dbs->audit);
  if (!stored || !events)
    return stored ? events.error() : stored.error();
  result<void> ok;
  if (!*stored && *events == 0) {
    ok = initialize(*txn, *dbs, wanted, now);
  } else {
    auto version = read_version(*txn, dbs->meta);
    if (!version)
      return version.error();
    if (*version > wanted.version)
      return too_new(*version, wanted.version);
    if (*version < wanted.version) {
      ok = back_up(env, *version, now);
      if (ok)
        ok = migrate(*txn, *dbs, *version, wanted);
    }
  }
  if (ok)
    ok = txn->commit();
  if (!ok)
    return ok.error();
  return dbs;
}

result<databases> find_databases(const environment& env, const schema& wanted) {
  auto txn = read_transaction::begin(env);
  if (!txn)
    return txn.error();
  databases out;
  if (const int rc = mdb_dbi_open(txn->get(), nullptr, 0, &out.meta); rc != 0)
    return lmdb_failure(rc, "opening the store's first database");
  if (auto ok = refuse_old_layout(*txn, out.meta); !ok)
    return ok.error();
  for (const auto& [name, member] : names)
    if (const int rc = mdb_dbi_open(txn->get(), name, 0, &(out.*member));
        rc == MDB_NOTFOUND)
      return damaged(std::string{"the store has no database "} +
                     (name != nullptr ? name : "of its own"));
    else if (rc != 0)
      return lmdb_failure(rc, "opening a database of the store");
  auto version = read_version(*txn, out.meta);
  if (!version)
    return version.error();
  if (*version > wanted.version)
    return too_new(*version, wanted.version);
  if (*version < wanted.version)
    return make_failure(errc::storage_failed,
                        "the store has the older schema version " +
                            std::to_string(*version) +
                            "; start the daemon on it once");
  if (auto ok = txn->keep_databases(); !ok)
    return ok.error();
  return out;
}

result<audit::log_head> read_head(const transaction& txn,
                                  const databases& dbs) {
  auto value = txn.find(dbs.meta, head_key);
  if (!value)
    return value.error();
  auto head = *value ? audit::log_head_from_bytes(**value) : std::nullopt;
  if (!head)
    return damaged("the audit log's head is not readable");
  return std::move(*head);
}

result<void> write_head(write_transaction& txn, const databases& dbs,
                        const audit::log_head& head) {
  return txn.put(dbs.meta, head_key, to_bytes(head));
}

}  // namespace closedpaw::storage
