#define CAF_SUITE store_backup

#include <sys/stat.h>

#include <fstream>

#include "actors/storage/store/backup.hpp"
#include "actors/storage/store/keys.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_backup_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

const principal owner{"local", "uid:1000"};

const timestamp restore_time =
    parse_iso8601("2026-11-24T06:28:50.162726").value();

/// A store of `events` and, beside it, the backup of an earlier one.
void write_both(const temp_dir& dir, std::size_t events) {
  {
    auto s = open_store(dir.data());
    commit(*s, unit_of(1, 1, action_status::pending)).value();
    fill(*s, 299);
  }
  backup(dir.data(), dir.path() / "copy").value();
  auto s = open_store(dir.data());
  fill(*s, events - 300);
}

CAF_TEST(of_a_store_in_use_by_another_process) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  fill(*s, 500);
  const auto copy = dir.path() / "copy";
  int done[2];
  CAF_REQUIRE_EQUAL(pipe(done), 0);
  const auto pid = fork();
  if (pid == 0) {
    close(done[0]);
    const auto report = backup(dir.data(), copy);
    _exit(report && report->content.events >= 500 ? 0 : 1);
  }
  close(done[1]);
  // Writes until the other end is closed by the child's exit.
  struct timeval now {
    0, 0
  };
  fd_set ended;
  do {
    fill(*s, 10);
    FD_ZERO(&ended);
    FD_SET(done[0], &ended);
    now = {0, 0};
  } while (select(done[0] + 1, &ended, nullptr, nullptr, &now) == 0);
  close(done[0]);
  int status = -1;
  waitpid(pid, &status, 0);
  CAF_CHECK_EQUAL(status, 0);
  struct stat st {};
  CAF_CHECK_EQUAL(stat(copy.c_str(), &st), 0);
  CAF_CHECK_EQUAL(st.st_mode & 07777, 0700u);
  CAF_CHECK_EQUAL(stat((copy / "data.mdb").c_str(), &st), 0);
  CAF_CHECK_EQUAL(st.st_mode & 07777, 0600u);
  auto opened = open_for_reading(copy).value();
  const auto events = verify(opened.access()).value().events;
  CAF_CHECK(events >= 500 && events < s->audit_head().value().size);
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(of_a_process_that_was_killed_holds_no_pages) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  fill(*s, 10);
  const auto pid = fork();
  if (pid == 0) {
    const auto store = open_for_reading(dir.data());
    const auto txn = read_transaction::begin(store->env);
    _exit(txn ? 0 : 1);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  CAF_REQUIRE_EQUAL(status, 0);
  CAF_CHECK_EQUAL(s->clear_stale_readers().value(), 1);
  CAF_CHECK_EQUAL(s->clear_stale_readers().value(), 0);
}

CAF_TEST(an_existing_destination_is_refused) {
  const temp_dir dir;
  { open_store(dir.data()); }
  const auto copy = dir.path() / "copy";
  fs::create_directory(copy);
  CAF_CHECK(failed_with(backup(dir.data(), copy), errc::conflict));
  CAF_CHECK(fs::is_empty(copy));
}

CAF_TEST(of_a_damaged_store_fails_and_leaves_nothing) {
  const temp_dir dir;
  {
    auto s = open_store(dir.data());
    fill(*s, 600);
  }
  tamper(dir.data(), [](write_transaction& txn, const databases& dbs) {
    txn.put(dbs.audit, sequence_key(5), std::string(100, 'x')).value();
  });
  const auto copy = dir.path() / "copy";
  CAF_CHECK(contains(said(backup(dir.data(), copy)), "audit event 5"));
  CAF_CHECK(!fs::exists(copy));
}

CAF_TEST(of_nothing_fails) {
  const temp_dir dir;
  CAF_CHECK(failed_with(backup(dir.data(), dir.path() / "copy"),
                        errc::storage_failed));
  CAF_CHECK(!fs::exists(dir.path() / "copy"));
}

CAF_TEST(a_rollback_is_audited_and_keeps_what_was_there) {
  const temp_dir dir;
  write_both(dir, 700);
  const auto before = open_store(dir.data())->audit_head().value();
  std::ofstream{dir.data() / "vault.key"} << "key";
  const auto report =
      restore(dir.path() / "copy", dir.data(), owner, restore_time).value();
  CAF_CHECK_EQUAL(report.from_size, 700u);
  CAF_CHECK_EQUAL(report.from_root, to_hex(before.root));
  CAF_CHECK_EQUAL(report.content.events, 300u);
  CAF_CHECK_EQUAL(report.moved_aside.filename(),
                  "data.mdb.before-restore-20261124T062850.162726");
  auto s = open_store(dir.data());
  CAF_CHECK_EQUAL(s->audit_head().value().size, 301u);
  CAF_CHECK_EQUAL(s->open_actions().value().size(), 1u);
  audit_query query;
  query.action_type = "storage";
  const auto events = s->query(query).value().events;
  CAF_REQUIRE_EQUAL(events.size(), 1u);
  const auto& event = events[0].event;
  CAF_CHECK_EQUAL(events[0].sequence, 300u);
  CAF_CHECK_EQUAL(event.status, "restored");
  CAF_CHECK(event.user == owner);
  CAF_CHECK(event.time == restore_time);
  CAF_CHECK(event.details.value().at("from") ==
            json({{"size", 700}, {"root", to_hex(before.root)}}));
  CAF_CHECK(event.details.value().at("to") ==
            json({{"size", 300}, {"root", report.content.root}}));
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
  CAF_CHECK(!fs::exists(dir.data() / "restoring"));
  // What was there can be put back, and its vault opened.
  CAF_CHECK(fs::exists(dir.data() / "vault.key"));
  CAF_CHECK(fs::exists(report.moved_aside.string() + ".vault.key"));
  s.reset();
  const auto aside = dir.path() / "aside";
  fs::create_directory(aside);
  fs::rename(report.moved_aside, aside / "data.mdb");
  CAF_CHECK_EQUAL(verify(open_for_reading(aside).value().access()).value().root,
                  to_hex(before.root));
}

CAF_TEST(into_an_empty_place) {
  const temp_dir dir;
  write_both(dir, 300);
  const auto place = dir.path() / "new";
  const auto report =
      restore(dir.path() / "copy", place, owner, restore_time).value();
  CAF_CHECK(report.moved_aside.empty());
  auto s = open_store(place);
  CAF_CHECK_EQUAL(s->audit_head().value().size, 301u);
  CAF_CHECK(s->query({})
                .value()
                .events[0]
                .event.details.value()
                .at("from")
                .is_null());
}

CAF_TEST(over_a_store_that_is_beyond_reading) {
  const temp_dir dir;
  write_both(dir, 300);
  fs::resize_file(dir.data() / "data.mdb", 0);
  fs::resize_file(dir.data() / "data.mdb", 8192);
  const auto report =
      restore(dir.path() / "copy", dir.data(), owner, restore_time).value();
  CAF_CHECK(!report.from_error.empty());
  CAF_CHECK(fs::exists(report.moved_aside));
  auto s = open_store(dir.data());
  const auto event = s->query({}).value().events[0].event;
  CAF_CHECK(event.details.value().at("from").is_null());
  CAF_CHECK_EQUAL(event.details.value().at("from_error").get<std::string>(),
                  report.from_error);
}

CAF_TEST(is_refused_while_a_daemon_runs) {
  const temp_dir dir;
  write_both(dir, 400);
  auto s = open_store(dir.data());
  const auto refused =
      restore(dir.path() / "copy", dir.data(), owner, restore_time);
  CAF_CHECK(failed_with(refused, errc::conflict));
  CAF_CHECK(contains(said(refused), "process " + std::to_string(getpid())));
  CAF_CHECK_EQUAL(s->audit_head().value().size, 400u);
}

CAF_TEST(of_a_tampered_backup_is_refused_and_changes_nothing) {
  const temp_dir dir;
  write_both(dir, 400);
  const auto copy = dir.path() / "copy";
  tamper(copy, [](write_transaction& txn, const databases& dbs) {
    txn.put(dbs.audit, sequence_key(5), std::string(100, 'x')).value();
  });
  const auto refused = restore(copy, dir.data(), owner, restore_time);
  CAF_CHECK(contains(said(refused), "audit event 5"));
  CAF_CHECK_EQUAL(open_store(dir.data())->audit_head().value().size, 400u);
}

CAF_TEST(of_the_store_itself_is_refused) {
  const temp_dir dir;
  { open_store(dir.data()); }
  CAF_CHECK(
      failed_with(restore(dir.data(), dir.data() / "", owner, restore_time),
                  errc::bad_request));
}

}  // namespace store_backup_tests
