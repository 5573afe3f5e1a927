#include "actors/storage/store/batch.hpp"

#include <cstring>
#include <string>

#include "actors/storage/store/cut.hpp"
#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

// LMDB's limit, as Debian builds it.
constexpr std::size_t max_key_size = 511;
// The row counts them in one byte.
constexpr std::size_t max_events_of_an_action = 255;

result<void> check_events(const commit_unit& unit) {
  const auto refuse = [](const char* why) {
    return make_failure(errc::bad_request, why);
  };
  if (unit.bookkeeping) {
    if (!unit.events.empty() || unit.row || unit.cut)
      return refuse("bookkeeping changes registry rows and nothing else");
    return {};
  }
  if (unit.events.empty())
    return refuse("nothing is written without an audit event");
  if (!unit.row) {
    for (const auto& event : unit.events)
      if (!event.action_id.is_nil())
        return refuse("an event about an action is written with its row");
    return {};
  }
  if (unit.events.size() > max_events_of_an_action)
    return refuse("at most 255 events of an action are written at once");
  for (const auto& event : unit.events)
    if (event.action_id != unit.row->id)
      return refuse("the events of a unit with a row are about its action");
  return {};
}

result<void> check(const commit_unit& unit) {
  const auto refuse = [](const char* why) {
    return make_failure(errc::bad_request, why);
  };
  if (unit.row && unit.row->id.is_nil())
    return refuse("an action without an id cannot be stored");
  for (const auto& change : unit.registry)
    if (change.key.empty() || change.key.size() > max_key_size)
      return refuse("a registry key has 1 to 511 bytes; shorten or hash it");
  return check_events(unit);
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
  if (unit.cut)
    if (auto ok = cut(*unit.cut); !ok)
      return ok.error();
  if (unit.row) {
    auto stored =
        put_row(unit, {first, static_cast<std::uint8_t>(unit.events.size())});
    if (!stored)
      return stored.error();
    if (*stored)
      return **stored;
  }
  changed_ = true;
  for (const auto& event : unit.events)
    if (auto ok = append(event); !ok)
      return lost(ok.error());
  for (const auto& change : unit.registry)
    registry_[change.key] = &change;
  return commit_receipt{first};
}

result<void> batch::cut(std::uint64_t first_kept) {
  if (auto ok = check_cut(txn_, dbs_, first_kept, log_.head().size()); !ok)
    return ok;
  if (auto ok = cut_log(txn_, dbs_, first_kept); !ok)
    return lost(ok.error());
  return {};
}

result<std::optional<commit_receipt>> batch::put_row(const commit_unit& unit,
                                                     event_run events) {
  const auto& row = *unit.row;
  const auto made = unit.encoded_row.empty() ? row_bytes(row) : std::string{};
  const auto& bytes = made.empty() ? unit.encoded_row : made;
  std::string runs;
  events.append_to(runs);
  const row_record next{row.version, row.status, runs, bytes};
  if (row.version != 1)
    return replace_row(row, events, bytes);
  auto inserted = txn_.insert(dbs_.actions, view_of(row.id), next.size());
  if (!inserted)
    return lost(inserted.error());
  if (inserted->room == nullptr)
    return replace_row(row, events, bytes);
  next.write(inserted->room);
  if (auto ok = mark_open(row, false); !ok)
    return lost(ok.error());
  return std::optional<commit_receipt>{};
}

result<std::optional<commit_receipt>> batch::replace_row(
    const action& row, event_run events, std::string_view bytes) {
  auto found = txn_.find(dbs_.actions, view_of(row.id));
  if (!found)
    return lost(found.error());
  if (!*found)
    return version_conflict(row, 0);
  const auto stored = row_record::parse(**found);
  if (!stored)
    return lost(
        damaged("the row of action " + to_string(row.id) + " is not readable"));
  if (stored->version == row.version && stored->bytes == bytes)
    return std::optional{commit_receipt{stored->last_run().first}};
  if (row.version != stored->version + 1)
    return version_conflict(row, stored->version);
  if (is_terminal(stored->status))
    return terminal_conflict(row, stored->status);
  if (stored->run_count() == row_record::max_runs)
    return make_failure(errc::bad_request,
                        "action " + to_string(row.id) +
                            " has as many recorded steps as it can have (255)");
  // What was found is gone once there is room for the next.
  std::string runs{stored->runs};
  events.append_to(runs);
  const row_record next{row.version, row.status, runs, bytes};
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
  std::memcpy(*room, entry.leaf.data(), entry.leaf.size());
  std::memcpy(*room + entry.leaf.size(), entry.bytes.data(),
              entry.bytes.size());
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
