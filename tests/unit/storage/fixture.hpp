#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "actors/storage/store/store.hpp"
#include "tests/temporary_directory.hpp"

namespace closedpaw::storage::test {

namespace fs = std::filesystem;

/// The store goes into a new one below, so that creating it is part of each
/// test.
class temp_dir : public temporary_directory {
 public:
  fs::path data() const { return path() / "data"; }
};

inline timestamp at_us(std::int64_t us) {
  return timestamp{std::chrono::microseconds{us}};
}

/// Small, and without waiting for the disk.
inline store_options options_for(const fs::path& data_dir) {
  store_options out;
  out.data_dir = data_dir;
  out.map_size = std::uint64_t{256} << 20;
  out.reserve_size = 0;
  out.mode = durability::async;
  out.now = at_us(1);
  return out;
}

inline std::unique_ptr<store> open_store(const fs::path& data_dir) {
  return store::open(options_for(data_dir)).value();
}

inline uuid id_of(std::uint32_t n) {
  uuid out;
  for (int i = 0; i < 4; ++i)
    out.bytes[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(n >> (8 * (3 - i)));
  out.bytes[15] = 1;
  return out;
}

inline audit_event event_of(std::uint32_t action, std::string status,
                            std::int64_t us = 0) {
  audit_event out;
  out.time = at_us(us);
  out.actor = "orchestrator";
  out.user = {"local", "uid:1000"};
  if (action != 0)
    out.action_id = id_of(action);
  out.action_type = "model_switch";
  out.status = std::move(status);
  return out;
}

inline action row_of(std::uint32_t n, std::uint64_t version,
                     action_status status) {
  action out;
  out.id = id_of(n);
  out.version = version;
  out.type = action_type::model_switch;
  out.status = status;
  out.parameters = json{{"model", "m" + std::to_string(n)}};
  out.created_at = at_us(n);
  return out;
}

/// One event and the row that it tells of.
inline commit_unit unit_of(std::uint32_t n, std::uint64_t version,
                           action_status status, std::int64_t us = 0) {
  commit_unit out;
  out.events.push_back(event_of(n, std::string{to_string(status)}, us));
  out.row = row_of(n, version, status);
  return out;
}

inline result<commit_receipt> commit(store& s, const commit_unit& unit) {
  return s.writer().commit({&unit, 1}).front();
}

/// `count` events of no action, in one unit.
inline void fill(store& s, std::size_t count) {
  if (count == 0)
    return;
  commit_unit unit;
  for (std::size_t i = 0; i < count; ++i)
    unit.events.push_back(event_of(0, "n" + std::to_string(i)));
  commit(s, unit).value();
}

/// Changes a closed store behind its back.
inline void tamper(
    const fs::path& data_dir,
    const std::function<void(write_transaction&, const databases&)>& change) {
  auto env = environment::open(
                 {.directory = data_dir, .map_size = std::uint64_t{256} << 20})
                 .value();
  const auto dbs = open_databases(env, current_schema(), {}).value();
  auto txn = write_transaction::begin(env).value();
  change(txn, dbs);
  txn.commit().value();
}

/// The message of a failure, or "ok".
template <class T>
std::string said(const result<T>& x) {
  return x ? "ok" : x.error().message;
}

template <class T>
bool failed_with(const result<T>& x, errc code) {
  return !x && x.error().code == code;
}

}  // namespace closedpaw::storage::test
