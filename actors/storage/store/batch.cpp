#include "actors/storage/store/batch.hpp"

#include <algorithm>
#include <string>

#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

// LMDB's limit, as Debian builds it.
constexpr std::size_t max_key_size = 511;
// by_action counts in one byte.
constexpr std::uint64_t max_run = 255;

result<void> check(const commit_unit& unit) {
  const auto refuse = [](const char* why) {
    return make_failure(errc::bad_request, why);
  };
  if (unit.events.empty())
    return refuse("nothing is written without an audit event");
  if (unit.row && unit.row->id.is_nil())
    return refuse("an action without an id cannot be stored");
  for (const auto& change : unit.registry)
    if (change.key.empty() || change.key.size() > max_key_size)
      return refuse("a registry key has 1 to 511 bytes; shorten or hash it");
  return {};
}

failure version_conflict(const action& row, std::uint64_t stored) {
  return make_failure(
      errc::conflict,
      "action " + to_string(row.id) + " is stored with version " +
          std::to_string(stored) + " and cannot become version " +
          std::to_string(row.version) + "; read it again and decide anew");
}

failure terminal_conflict(const action& row, action_status status) {
  return make_failure(errc::conflict, "action " + to_string(row.id) + " is " +
                                          std::string{to_string(status)} +
                                          " already and does not change");
}

}  // namespace

failure batch::lost(failure why) {
  broken_ = why;
  return why;
}

result<commit_receipt> batch::add(const commit_unit& unit) {
  if (auto ok = check(unit); !ok)
    return ok.error();
  const auto first = log_.next_sequence();
  if (unit.row) {
    auto stored = put_row(*unit.row);
    if (!stored)
      return stored.error();
    if (*stored)
      return **stored;
  }
  changed_ = true;
  for (const auto& event : unit.events)
    if (auto ok = append(event); !ok)
      return lost(ok.error());
  if (auto ok = index(unit, first); !ok)
    return lost(ok.error());
  for (const auto& change : unit.registry)
    registry_[change.key] = &change;
  return commit_receipt{first};
}

result<std::optional<commit_receipt>> batch::put_row(const action& row) {
  const auto bytes = row_bytes(row);
  const row_record next{row.version, log_.next_sequence(), row.status, bytes};
  if (row.version != 1)
    return replace_row(row, next);
  auto inserted = txn_.insert(dbs_.actions, view_of(row.id), next.size());
  if (!inserted)
    return lost(inserted.error());
  if (inserted->room == nullptr)
    return replace_row(row, next);
  next.write(inserted->room);
  if (auto ok = mark_open(row, false); !ok)
    return lost(ok.error());
  return std::optional<commit_receipt>{};
}

result<std::optional<commit_receipt>> batch::replace_row(const action& row,
                                                         row_record next) {
  auto found = txn_.find(dbs_.actions, view_of(row.id));
  if (!found)
    return lost(found.error());
  if (!*found)
    return version_conflict(row, 0);
  const auto stored = row_record::parse(**found);
  if (!stored)
    return lost(
        damaged("the row of action " + to_string(row.id) + " is not readable"));
  if (stored->version == next.version && stored->bytes == next.bytes)
    return std::optional{commit_receipt{stored->first_sequence}};
  if (next.version != stored->version + 1)
    return version_conflict(row, stored->version);
  if (is_terminal(stored->status))
    return terminal_conflict(row, stored->status);
  auto room = txn_.replace(dbs_.actions, view_of(row.id), next.size());
  if (!room)
    return lost(room.error());
  next.write(*room);
  if (auto ok = mark_open(row, true); !ok)
    return lost(ok.error());
  return std::optional<commit_receipt>{};
}

result<void> batch::mark_open(const action& row, bool was_open) {
  const bool is_open = !is_terminal(row.status);
  if (is_open == was_open)
    return {};
  if (is_open)
    return txn_.put(dbs_.open_actions, view_of(row.id), {});
  auto erased = txn_.erase(dbs_.open_actions, view_of(row.id));
  if (!erased)
    return erased.error();
  return {};
}

result<void> batch::append(const audit_event& event) {
  result<void> nodes;
  const auto entry = log_.append(
      event, [&](std::uint8_t level, std::uint64_t at, const auto& hash) {
        if (nodes && level >= lowest_stored_level)
          nodes = txn_.put(dbs_.nodes, node_key(level, at), as_bytes(hash));
      });
  if (!nodes)
    return nodes;
  auto room = txn_.append(dbs_.audit, sequence_key(entry.sequence),
                          entry.leaf.size() + entry.bytes.size());
  if (!room)
    return room.error();
  std::ranges::copy(as_bytes(entry.leaf), *room);
  std::ranges::copy(entry.bytes, *room + entry.leaf.size());
  return {};
}

result<void> batch::index(const commit_unit& unit, std::uint64_t first) {
  const auto& events = unit.events;
  for (std::size_t at = 0; at < events.size();) {
    const auto& id = events[at].action_id;
    auto end = at + 1;
    while (end < events.size() && end - at < max_run &&
           events[end].action_id == id)
      ++end;
    if (!id.is_nil()) {
      auto slot = txn_.insert(dbs_.by_action, by_action_key(id, first + at), 1);
      if (!slot)
        return slot.error();
      if (slot->room == nullptr)
        return damaged("the index by action runs ahead of the audit log");
      *slot->room = static_cast<char>(end - at);
    }
    at = end;
  }
  return {};
}

result<bool> batch::finish() {
  if (!changed_)
    return false;
  for (const auto& [key, change] : registry_) {
    if (change->value) {
      if (auto ok = txn_.put(dbs_.registry, key, dump(*change->value)); !ok)
        return lost(ok.error());
    } else if (auto erased = txn_.erase(dbs_.registry, key); !erased) {
      return lost(erased.error());
    }
  }
  if (auto ok = write_head(txn_, dbs_, log_.head()); !ok)
    return lost(ok.error());
  return true;
}

}  // namespace closedpaw::storage
