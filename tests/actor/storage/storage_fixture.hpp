#pragma once

#include <lmdb.h>

#include "actors/storage/audit_logger.hpp"
#include "actors/storage/store_reader.hpp"
#include "tests/actor/fixture.hpp"
#include "tests/unit/storage/fixture.hpp"

namespace closedpaw::storage::test {

using closedpaw::test::ask_later;
using closedpaw::test::ask_now;
using closedpaw::test::test_now;
using std::chrono::milliseconds;

/// What became of one unit: the log's answer to it, or to its batch.
struct sent_unit {
  std::shared_ptr<closedpaw::test::outcome<commit_answers>> asked;

  std::string code() const {
    if (!asked->answer)
      return asked->code();
    const auto& why = asked->answer->at(0).refused;
    return why ? std::string{to_string(why->code)} : "ok";
  }
  std::uint64_t first_sequence() const {
    return asked->answer->at(0).receipt.first_sequence;
  }
};

/// Both actors of the store on a real one in a temporary directory.
class storage_fixture : public closedpaw::test::fixture {
 public:
  storage_fixture() {
    where = open_store(dir.data());
    start_logger();
    reader =
        keep(spawn_store_reader(host(), reader_place.begin(), false,
                                where.get(), &key, closedpaw::test::test_now));
    settle();
  }
  ~storage_fixture() override { end(); }

  void start_logger(durability mode = durability::sync) {
    audit_logger_args args;
    args.where = where.get();
    args.view = &view;
    args.mode = mode;
    args.sync_policy = std::launch::deferred;
    args.sync = [this] {
      ++syncs;
      return sync_answer;
    };
    logger = keep(spawn_audit_logger(host(), log_place.begin(), false, args));
    settle();
  }

  sent_unit send(commit_unit unit) {
    return {ask_later<commit_answers>(
        *this, logger, commit_batch{commit_unit_payload{std::move(unit)}})};
  }
  /// Everybody's requests reach the logger, and it has looked at none.
  void deliver_requests() {
    sched.run_jobs_filtered([this](caf::resumable* job) {
      return job != &deref<caf::scheduled_actor>(logger);
    });
  }
  std::uint64_t size() const { return where->audit_head().value().size; }
  std::vector<std::string> statuses() const {
    std::vector<std::string> out;
    const auto page = where->query({}).value();
    for (auto it = page.events.rbegin(); it != page.events.rend(); ++it)
      out.push_back(it->event.status);
    return out;
  }
  /// How many transactions the store has seen.
  std::uint64_t transactions() const {
    MDB_envinfo info{};
    CAF_REQUIRE_EQUAL(mdb_env_info(where->access().env.get(), &info), 0);
    return info.me_last_txnid;
  }

  int syncs = 0;
  result<void> sync_answer;
  temp_dir dir;
  std::unique_ptr<store> where;
  audit::signing_key key = audit::signing_key::generate().value();
  generation gen;
  published<storage_view> view{gen};
  closedpaw::test::place<audit_logger_actor> log_place =
      make_place<audit_logger_actor>("the audit log");
  closedpaw::test::place<store_reader_actor> reader_place =
      make_place<store_reader_actor>("the store reader");
  audit_logger_actor logger;
  store_reader_actor reader;
};

}  // namespace closedpaw::storage::test
