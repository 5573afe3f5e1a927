#include "actors/storage/store/registry_reader.hpp"

#include "actors/storage/store/failures.hpp"

namespace closedpaw::storage {

namespace {

// LMDB calls any other key an error.
bool possible(std::string_view key) {
  return !key.empty() && key.size() <= 511;
}

result<json> parse(std::string_view key, std::string_view bytes) {
  auto value = json::parse(bytes, nullptr, false);
  if (value.is_discarded())
    return damaged("the registry row " + std::string{key} + " is not readable");
  return result<json>{boost::system::in_place_value, std::move(value)};
}

}  // namespace

result<std::optional<json>> registry_get(read_access store,
                                         std::string_view key) {
  if (!possible(key))
    return std::optional<json>{};
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  auto found = txn->find(store.dbs.registry, key);
  if (!found)
    return found.error();
  if (!*found)
    return std::optional<json>{};
  auto value = parse(key, **found);
  if (!value)
    return value.error();
  return std::optional<json>{std::in_place, std::move(*value)};
}

result<std::vector<registry_row>> registry_list(read_access store,
                                                std::string_view prefix) {
  if (!prefix.empty() && !possible(prefix))
    return std::vector<registry_row>{};
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  auto at = cursor::open(*txn, store.dbs.registry);
  if (!at)
    return at.error();
  std::vector<registry_row> out;
  auto found = prefix.empty() ? at->first() : at->lower_bound(prefix);
  for (; found && *found; found = at->next()) {
    const auto [key, bytes] = **found;
    if (!key.starts_with(prefix))
      break;
    auto value = parse(key, bytes);
    if (!value)
      return value.error();
    out.push_back({std::string{key}, std::move(*value)});
  }
  if (!found)
    return found.error();
  return out;
}

}  // namespace closedpaw::storage
