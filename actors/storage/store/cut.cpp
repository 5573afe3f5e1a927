#include "actors/storage/store/cut.hpp"

#include <set>
#include <string>

#include "actors/storage/store/failures.hpp"
#include "messages/model/audit_event.hpp"

namespace closedpaw::storage {

namespace {

constexpr std::string_view cut_key = "audit_cut";

/// Whose event it is; an unreadable one is nobody's.
std::optional<uuid> action_of(std::string_view value) {
  const auto record = audit_record::parse(value);
  const auto event = record ? audit_event_from_bytes(record->bytes)
                            : result<audit_event>{failure{}};
  if (!event || event->action_id.is_nil())
    return std::nullopt;
  return event->action_id;
}

result<void> forget(write_transaction& txn, const databases& dbs,
                    const uuid& id, std::uint64_t first_kept) {
  auto found = txn.find(dbs.actions, view_of(id));
  if (!found)
    return found.error();
  const auto row = row_record::parse(found->value_or(std::string_view{}));
  if (!row || !is_terminal(row->status) || row->last_run().end() > first_kept)
    return {};
  auto erased = txn.erase(dbs.actions, view_of(id));
  if (!erased)
    return erased.error();
  return {};
}

}  // namespace

failure was_cut(std::uint64_t sequence, std::uint64_t first_kept) {
  return make_failure(errc::not_found,
                      "audit event " + std::to_string(sequence) +
                          " is gone by retention; the log begins at event " +
                          std::to_string(first_kept));
}

result<std::uint64_t> read_cut(const transaction& txn, const databases& dbs) {
  auto value = txn.find(dbs.meta, cut_key);
  if (!value)
    return value.error();
  if (!*value)
    return std::uint64_t{0};
  if ((*value)->size() != sizeof(std::uint64_t))
    return damaged("where the audit log begins is not readable");
  return read_u64(**value);
}

result<void> check_cut(const transaction& txn, const databases& dbs,
                       std::uint64_t first_kept, std::uint64_t size) {
  const auto present = read_cut(txn, dbs);
  if (!present)
    return present.error();
  if (first_kept % block_size != 0 || first_kept <= *present ||
      first_kept > furthest_cut(size))
    return make_failure(
        errc::conflict,
        "a log of " + std::to_string(size) + " events that begins at event " +
            std::to_string(*present) + " cannot be cut to begin at event " +
            std::to_string(first_kept));
  return {};
}

result<void> cut_log(write_transaction& txn, const databases& dbs,
                     std::uint64_t first_kept) {
  const auto present = read_cut(txn, dbs);
  if (!present)
    return present.error();
  std::set<uuid> actions;
  for (auto sequence = *present; sequence < first_kept; ++sequence) {
    const auto key = sequence_key(sequence);
    auto value = txn.find(dbs.audit, key);
    if (!value)
      return value.error();
    if (const auto id = action_of(value->value_or(std::string_view{})))
      actions.insert(*id);
    if (auto erased = txn.erase(dbs.audit, key); !erased)
      return erased.error();
  }
  for (const auto& id : actions)
    if (auto ok = forget(txn, dbs, id, first_kept); !ok)
      return ok;
  return txn.put(dbs.meta, cut_key, sequence_key(first_kept));
}

}  // namespace closedpaw::storage
