#define CAF_SUITE store_schema

#include "actors/storage/store/verify.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_schema_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

/// Version 2 has a registry row that says so.
schema second_schema() {
  return {2, {{1, [](write_transaction& txn) -> result<void> {
                 const auto db = txn.create_database("registry");
                 if (!db)
                   return db.error();
                 return txn.put(*db, "migrated", "true");
               }}}};
}

void write_store(const fs::path& data_dir) {
  auto s = open_store(data_dir);
  commit(*s, unit_of(1, 1, action_status::pending, 10)).value();
}

std::vector<fs::path> backups_in(const fs::path& data_dir) {
  std::vector<fs::path> out;
  for (const auto& x : fs::directory_iterator{data_dir})
    if (x.path().filename().string().starts_with("before-schema-"))
      out.push_back(x.path());
  return out;
}

CAF_TEST(an_older_store_is_copied_and_migrated_once) {
  const temp_dir dir;
  write_store(dir.data());
  auto options = options_for(dir.data());
  options.schema = second_schema();
  options.now = parse_iso8601("2026-11-24T06:28:50.162726").value();
  for (int start = 0; start < 2; ++start) {
    auto s = store::open(options).value();
    CAF_CHECK(s->registry_get("migrated").value() == json(true));
    CAF_CHECK_EQUAL(s->audit_head().value().size, 1u);
  }
  const auto copies = backups_in(dir.data());
  CAF_REQUIRE_EQUAL(copies.size(), 1u);
  CAF_CHECK_EQUAL(copies[0].filename(),
                  "before-schema-2-20261124T062850.162726");
  auto copy = open_for_reading(copies[0]).value();
  CAF_CHECK_EQUAL(said(verify(copy.access())), "ok");
  CAF_CHECK(!registry_get(copy.access(), "migrated").value());
}

CAF_TEST(a_newer_store_is_refused_and_left_alone) {
  const temp_dir dir;
  write_store(dir.data());
  auto options = options_for(dir.data());
  options.schema = second_schema();
  { store::open(options).value(); }
  const auto refused = store::open(options_for(dir.data()));
  CAF_CHECK(failed_with(refused, errc::storage_failed));
  CAF_CHECK(contains(said(refused), "schema version 2"));
  CAF_CHECK(contains(said(open_for_reading(dir.data())), "schema version 2"));
}

CAF_TEST(the_layout_from_before_the_first_release_is_refused) {
  const temp_dir dir;
  write_store(dir.data());
  tamper(dir.data(), [](write_transaction& txn, const databases&) {
    txn.create_database("meta").value();
  });
  CAF_CHECK(contains(said(store::open(options_for(dir.data()))),
                     "from before the first release"));
  CAF_CHECK(contains(said(open_for_reading(dir.data())),
                     "from before the first release"));
}

CAF_TEST(a_migration_that_fails_changes_nothing) {
  const temp_dir dir;
  write_store(dir.data());
  auto options = options_for(dir.data());
  options.schema = second_schema();
  options.schema.version = 3;
  options.schema.migrations.push_back(
      {2, [](write_transaction&) -> result<void> {
         failure out;
         out.message = "the fake step fails";
         return out;
       }});
  CAF_CHECK_EQUAL(said(store::open(options)), "the fake step fails");
  auto s = open_store(dir.data());
  CAF_CHECK(!s->registry_get("migrated").value());
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(a_store_too_old_to_migrate_is_refused) {
  const temp_dir dir;
  write_store(dir.data());
  auto options = options_for(dir.data());
  options.schema = {5, {}};
  CAF_CHECK(contains(said(store::open(options)), "schema version 1"));
  CAF_CHECK_EQUAL(said(store::open(options_for(dir.data()))), "ok");
}

CAF_TEST(a_new_store_is_not_migrated) {
  const temp_dir dir;
  auto options = options_for(dir.data());
  options.schema = second_schema();
  auto s = store::open(options).value();
  CAF_CHECK(!s->registry_get("migrated").value());
  CAF_CHECK(backups_in(dir.data()).empty());
}

}  // namespace store_schema_tests
