#include "actors/storage/store/store.hpp"

#include "actors/storage/store/audit_reader.hpp"
#include "actors/storage/store/open_check.hpp"

namespace closedpaw::storage {

namespace {

result<audit::log_head> checked_head(const environment& env,
                                     const databases& dbs) {
  auto txn = read_transaction::begin(env);
  if (!txn)
    return txn.error();
  return check_head(*txn, dbs);
}

}  // namespace

result<opened_copy> open_for_reading(const std::filesystem::path& directory) {
  // A copy has no lock file, and may be where none can be written.
  std::error_code error;
  const bool in_use = std::filesystem::exists(directory / "lock.mdb", error);
  auto env = environment::open(
      {.directory = directory,
       .access = in_use ? access_mode::read : access_mode::read_copy});
  if (!env)
    return env.error();
  auto dbs = find_databases(*env, current_schema());
  if (!dbs)
    return dbs.error();
  return opened_copy{std::move(*env), *dbs};
}

store::store(directory_lock lock, environment env, const databases& dbs,
             audit::log_head head, const store_options& options)
    : lock_{std::move(lock)},
      env_{std::move(env)},
      dbs_{dbs},
      map_size_{options.map_size},
      mode_{options.mode},
      writer_{env_, dbs_, std::move(head), options.map_size,
              reserve_file{options.data_dir, options.reserve_size}} {}

result<std::unique_ptr<store>> store::open(const store_options& options) {
  if (auto ok = prepare_data_dir(options.data_dir); !ok)
    return ok.error();
  auto lock = directory_lock::take(options.data_dir);
  if (!lock)
    return lock.error();
  auto env =
      environment::open({.directory = options.data_dir,
                         .map_size = options.map_size + options.reserve_size,
                         .mode = options.mode});
  if (!env)
    return env.error();
  if (auto dead = env->clear_stale_readers(); !dead)
    return dead.error();
  auto dbs = open_databases(*env, options.schema, options.now);
  if (!dbs)
    return dbs.error();
  auto head = checked_head(*env, *dbs);
  if (!head)
    return head.error();
  return std::unique_ptr<store>{new store{std::move(*lock), std::move(*env),
                                          *dbs, std::move(*head), options}};
}

store::~store() {
  if (mode_ == durability::async)
    (void)sync();
}

result<audit_page> store::query(const audit_query& query) const {
  return query_audit(access(), query);
}

result<std::optional<action>> store::get_action(const uuid& id) const {
  return storage::get_action(access(), id);
}

result<action_page> store::list_actions(const action_query& query) const {
  return storage::list_actions(access(), query);
}

result<std::vector<action>> store::open_actions() const {
  return storage::open_actions(access());
}

result<std::optional<json>> store::registry_get(std::string_view key) const {
  return storage::registry_get(access(), key);
}

result<std::vector<registry_row>> store::registry_list(
    std::string_view prefix) const {
  return storage::registry_list(access(), prefix);
}

result<audit_head> store::audit_head() const {
  auto txn = read_transaction::begin(env_);
  if (!txn)
    return txn.error();
  auto head = read_head(*txn, dbs_);
  if (!head)
    return head.error();
  return storage::audit_head{head->size(), head->tree.root(), head->last_time};
}

result<std::uint64_t> store::check_newest() const {
  auto head = checked_head(env_, dbs_);
  if (!head)
    return head.error();
  return head->size();
}

result<store_stats> store::stats() const {
  auto out = read_stats(env_, dbs_);
  if (out)
    out->map_size = map_size_;
  return out;
}

}  // namespace closedpaw::storage
