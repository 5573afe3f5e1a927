#define CAF_SUITE run_marker

#include "actors/wiring/run_marker.hpp"

#include <fstream>

#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace run_marker_tests {

using namespace closedpaw;
using closedpaw::storage::test::temp_dir;
using closedpaw::wiring::run_marker;

timestamp at(std::int64_t s) {
  return timestamp{std::chrono::seconds{s}};
}

run_marker begin(const temp_dir& dir, std::int64_t now) {
  auto m = run_marker::begin(dir.path(), at(now));
  CAF_REQUIRE(m.has_value());
  return std::move(*m);
}

CAF_TEST(the_first_run_follows_none) {
  const temp_dir dir;
  const auto m = begin(dir, 0);
  CAF_CHECK(!m.last_run_unclean());
  CAF_CHECK_EQUAL(m.recent_unclean_exits(), 0u);
  CAF_CHECK(!m.safe_mode());
}

CAF_TEST(a_run_that_ended_in_order_is_clean) {
  const temp_dir dir;
  CAF_CHECK(begin(dir, 0).end().has_value());
  CAF_CHECK(!begin(dir, 1).last_run_unclean());
}

CAF_TEST(a_run_that_did_not_is_not) {
  const temp_dir dir;
  begin(dir, 0);
  const auto m = begin(dir, 1);
  CAF_CHECK(m.last_run_unclean());
  CAF_CHECK_EQUAL(m.recent_unclean_exits(), 1u);
  CAF_CHECK(!m.safe_mode());
}

CAF_TEST(three_within_five_minutes_are_too_many) {
  const temp_dir dir;
  begin(dir, 0);
  begin(dir, 100);
  CAF_CHECK(!begin(dir, 200).safe_mode());
  CAF_CHECK(begin(dir, 300).safe_mode());
}

CAF_TEST(older_ones_are_forgotten) {
  const temp_dir dir;
  begin(dir, 0);
  begin(dir, 100);
  begin(dir, 200);
  const auto m = begin(dir, 401);
  CAF_CHECK_EQUAL(m.recent_unclean_exits(), 2u);
  CAF_CHECK(!m.safe_mode());
}

CAF_TEST(a_clean_run_does_not_wipe_the_others) {
  const temp_dir dir;
  begin(dir, 0);
  begin(dir, 1);
  begin(dir, 2).end().value();
  begin(dir, 3);
  CAF_CHECK(begin(dir, 4).safe_mode());
}

CAF_TEST(a_damaged_file_is_no_reason_not_to_start) {
  for (const auto* text :
       {"", "{", "[]", "null", "{\"running\": 1}", "{\"unclean_exits_us\": {}}",
        "{\"unclean_exits_us\": [\"x\", null]}"}) {
    const temp_dir dir;
    std::ofstream{dir.path() / "run.json"} << text;
    const auto m = begin(dir, 0);
    CAF_CHECK(!m.last_run_unclean());
    CAF_CHECK_EQUAL(m.recent_unclean_exits(), 0u);
  }
}

CAF_TEST(only_the_owner_reads_the_file) {
  const temp_dir dir;
  begin(dir, 0);
  using std::filesystem::perms;
  CAF_CHECK(std::filesystem::status(dir.path() / "run.json").permissions() ==
            (perms::owner_read | perms::owner_write));
}

CAF_TEST(a_directory_that_is_gone_is_an_error) {
  const temp_dir dir;
  const auto m = run_marker::begin(dir.path() / "gone", at(0));
  CAF_REQUIRE(!m.has_value());
  CAF_CHECK(m.error().code == errc::storage_failed);
  CAF_CHECK(m.error().message.find("run.json") != std::string::npos);
}

}  // namespace run_marker_tests
