#include "actors/storage/store/action_reader.hpp"

#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/records.hpp"
#include "messages/model/audit_query.hpp"

namespace closedpaw::storage {

namespace {

result<row_record> parse(std::string_view key, std::string_view value) {
  const auto row = row_record::parse(value);
  if (key.size() != 16)
    return damaged("an action has a key that is no id");
  if (!row)
    return damaged("the row of action " + to_string(uuid_from(key)) +
                   " is not readable");
  return *row;
}

result<row_record> row_of(const transaction& txn, const databases& dbs,
                          std::string_view key) {
  auto value = txn.find(dbs.actions, key);
  if (!value)
    return value.error();
  return parse(key, value->value_or(std::string_view{}));
}

}  // namespace

result<std::optional<action>> get_action(read_access store, const uuid& id) {
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  auto value = txn->find(store.dbs.actions, view_of(id));
  if (!value)
    return value.error();
  if (!*value)
    return std::optional<action>{};
  auto row = parse(view_of(id), **value);
  if (!row)
    return row.error();
  auto out = action_from_bytes(row->bytes);
  if (!out)
    return out.error();
  return std::optional{std::move(*out)};
}

result<action_page> list_actions(read_access store, const action_query& query) {
  if (auto valid = check_limit(query.limit); !valid)
    return valid.error();
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  const auto& dbs = store.dbs;
  const bool open_only = query.status && !is_terminal(*query.status);
  auto at = cursor::open(*txn, open_only ? dbs.open_actions : dbs.actions);
  if (!at)
    return at.error();
  action_page page;
  std::uint32_t examined = 0;
  std::size_t bytes = 0;
  auto found =
      query.before ? at->last_below(view_of(*query.before)) : at->last();
  std::optional<uuid> last_seen;
  for (; found && *found; found = at->previous()) {
    if (page.actions.size() >= query.limit ||
        examined >= max_actions_examined || bytes >= max_page_bytes) {
      page.next_before = last_seen;
      break;
    }
    ++examined;
    auto row = open_only ? row_of(*txn, dbs, (*found)->key)
                         : parse((*found)->key, (*found)->value);
    if (!row)
      return row.error();
    last_seen = uuid_from((*found)->key);
    if (query.status && row->status != *query.status)
      continue;
    auto out = action_from_bytes(row->bytes);
    if (!out)
      return out.error();
    bytes += row->bytes.size();
    page.actions.push_back(std::move(*out));
  }
  if (!found)
    return found.error();
  return page;
}

result<std::vector<action>> open_actions(read_access store) {
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  auto at = cursor::open(*txn, store.dbs.open_actions);
  if (!at)
    return at.error();
  std::vector<action> out;
  auto found = at->first();
  for (; found && *found; found = at->next()) {
    auto row = row_of(*txn, store.dbs, (*found)->key);
    if (!row)
      return row.error();
    auto x = action_from_bytes(row->bytes);
    if (!x)
      return x.error();
    out.push_back(std::move(*x));
  }
  if (!found)
    return found.error();
  return out;
}

}  // namespace closedpaw::storage
