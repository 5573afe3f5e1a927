#include "actors/storage/store/batch_writer.hpp"

#include <algorithm>

#include "actors/storage/store/batch.hpp"
#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/usage.hpp"

namespace closedpaw::storage {

namespace {

// LMDB calls a write that the disk cut short an I/O error.
constexpr std::uint64_t next_to_nothing = 64 << 10;

bool concerned(const commit_unit& unit, bool with_ordinary) {
  return with_ordinary || unit.may_use_reserve;
}

bool any_concerned(std::span<const commit_unit* const> units,
                   bool with_ordinary) {
  return std::ranges::any_of(
      units, [&](const auto* x) { return concerned(*x, with_ordinary); });
}

}  // namespace

batch_writer::batch_writer(const environment& env, const databases& dbs,
                           audit::log_head head, std::uint64_t map_size,
                           reserve_file reserve)
    : env_{env},
      dbs_{dbs},
      head_{std::move(head)},
      map_size_{map_size},
      reserve_{std::move(reserve)},
      room_{env} {}

std::vector<result<commit_receipt>> batch_writer::commit(
    std::span<const commit_unit> units) {
  std::vector<const commit_unit*> pointers;
  pointers.reserve(units.size());
  for (const auto& unit : units)
    pointers.push_back(&unit);
  return commit(pointers);
}

result<void> batch_writer::prove() {
  if (auto why = ordinary_refused())
    return *why;
  auto txn = write_transaction::begin(env_);
  if (!txn)
    return txn.error();
  if (auto ok = write_head(*txn, dbs_, head_); !ok)
    return ok;
  return txn->commit();
}

std::vector<result<commit_receipt>> batch_writer::commit(
    std::span<const commit_unit* const> units) {
  answers out;
  out.reserve(units.size());
  const auto refused = ordinary_refused();
  for (std::size_t i = 0; i < units.size(); ++i)
    out.emplace_back(refused ? *refused : failure{});
  auto failed = attempt(units, !refused, out);
  if (failed && failed->code == errc::storage_full &&
      any_concerned(units, false)) {
    reserve_.release();
    attempt(units, false, out);
  }
  return out;
}

std::optional<failure> batch_writer::ordinary_refused() {
  reserve_.hold();
  if (!reserve_.held())
    return make_failure(
        errc::storage_full,
        "the disk that holds the store is full, and its last room is kept for "
        "rejecting and stopping; free some space");
  // Pages in use are only counted once so many were ever used.
  if (used_bytes(env_) <= map_size_)
    return std::nullopt;
  const auto live = live_bytes(env_);
  if (!live)
    return live.error();
  if (*live <= map_size_)
    return std::nullopt;
  return make_failure(
      errc::storage_full,
      "the store reached its configured size; raise "
      "storage.map_size, or lower audit.keep_days or audit.keep_bytes");
}

std::optional<failure> batch_writer::attempt(
    std::span<const commit_unit* const> units, bool with_ordinary,
    answers& out) {
  if (!any_concerned(units, with_ordinary))
    return std::nullopt;
  auto done = write(units, with_ordinary, out);
  if (done)
    return std::nullopt;
  const auto why = explain(std::move(done).error());
  for (std::size_t i = 0; i < units.size(); ++i)
    if (concerned(*units[i], with_ordinary))
      out[i] = why;
  return why;
}

result<void> batch_writer::write(std::span<const commit_unit* const> units,
                                 bool with_ordinary, answers& out) {
  auto txn = write_transaction::begin(env_);
  if (!txn)
    return txn.error();
  room_.keep();
  batch work{*txn, dbs_, head_};
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!concerned(*units[i], with_ordinary))
      continue;
    out[i] = work.add(*units[i]);
    if (work.broken())
      return *work.broken();
  }
  auto changed = work.finish();
  if (!changed)
    return changed.error();
  if (!*changed)
    return {};
  if (auto ok = txn->commit(); !ok)
    return ok;
  head_ = work.head();
  return {};
}

failure batch_writer::explain(failure why) const {
  if (why.code == errc::storage_failed &&
      free_space(env_.directory()) < next_to_nothing)
    return make_failure(
        errc::storage_full,
        "the disk that holds the store is full; free some space (" +
            why.message + ")");
  return why;
}

}  // namespace closedpaw::storage
