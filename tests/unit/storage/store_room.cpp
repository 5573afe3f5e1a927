#define CAF_SUITE store_room

#include <sys/stat.h>

#include <fstream>

#include "actors/storage/store/usage.hpp"
#include "actors/storage/store/verify.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_room_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

std::unique_ptr<store> open_flushed(const fs::path& data_dir) {
  auto options = options_for(data_dir);
  options.mode = durability::sync;
  return store::open(options).value();
}

std::uint64_t used(store& s) {
  return used_bytes(s.access().env);
}

std::uint64_t length(const store& s) {
  return fs::file_size(s.access().env.data_file());
}

CAF_TEST(the_file_is_longer_than_what_is_used_before_each_commit) {
  const temp_dir dir;
  auto s = open_flushed(dir.data());
  const auto before = length(*s);
  CAF_REQUIRE(commit(*s, unit_of(1, 1, action_status::pending)).has_value());
  CAF_CHECK(length(*s) > before + (1 << 20));
  std::uint64_t grown = 0;
  for (std::uint32_t n = 2; n <= 3000; ++n) {
    const auto was = length(*s);
    CAF_REQUIRE(commit(*s, unit_of(n, 1, action_status::pending)).has_value());
    grown += length(*s) == was ? 0 : 1;
    CAF_REQUIRE(length(*s) > used(*s));
  }
  // In large steps: most commits do not make the file grow.
  CAF_CHECK(grown > 0);
  CAF_CHECK(grown < 20);
}

CAF_TEST(nothing_is_ahead_where_commits_are_not_flushed) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  for (std::uint32_t n = 1; n <= 100; ++n) {
    CAF_REQUIRE(commit(*s, unit_of(n, 1, action_status::pending)).has_value());
    CAF_REQUIRE(length(*s) <= used(*s));
  }
}

CAF_TEST(what_is_written_ahead_harms_nothing) {
  const temp_dir dir;
  auto s = open_flushed(dir.data());
  for (std::uint32_t n = 1; n <= 1500; ++n) {
    CAF_REQUIRE(commit(*s, unit_of(n, 1, action_status::pending)).has_value());
    // Rows that are replaced free pages and take them up again.
    if (n > 20)
      CAF_REQUIRE(
          commit(*s, unit_of(n - 20, 2, action_status::failed)).has_value());
    // Nothing of an aborted transaction stays.
    if (n % 100 == 0)
      CAF_REQUIRE(!commit(*s, unit_of(n, 7, action_status::failed)));
  }
  const auto root = s->audit_head().value().root;
  s.reset();
  s = open_flushed(dir.data());
  CAF_CHECK_EQUAL(verify(s->access()).value().root, to_hex(root));
}

CAF_TEST(a_file_that_ends_before_its_used_part_is_continued) {
  const temp_dir dir;
  auto s = open_flushed(dir.data());
  for (std::uint32_t n = 1; n <= 100; ++n)
    CAF_REQUIRE(commit(*s, unit_of(n, 1, action_status::pending)).has_value());
  const auto end = used(*s);
  const auto file = s->access().env.data_file();
  s.reset();
  // As LMDB leaves it where the last pages were freed before they were written.
  fs::resize_file(file, end);
  s = open_flushed(dir.data());
  CAF_REQUIRE(commit(*s, unit_of(101, 1, action_status::pending)).has_value());
  CAF_CHECK(length(*s) > used(*s));
  CAF_CHECK_EQUAL(verify(s->access()).value().events, 101u);
}

CAF_TEST(what_is_ahead_is_written_and_zero) {
  const temp_dir dir;
  auto s = open_flushed(dir.data());
  CAF_REQUIRE(commit(*s, unit_of(1, 1, action_status::pending)).has_value());
  std::ifstream file{s->access().env.data_file(), std::ios::binary};
  file.seekg(static_cast<std::streamoff>(used(*s)));
  const std::string ahead{std::istreambuf_iterator<char>{file}, {}};
  CAF_CHECK(ahead.size() > (1 << 20));
  CAF_CHECK(ahead.find_first_not_of('\0') == std::string::npos);
  struct stat st {};
  CAF_REQUIRE_EQUAL(stat(s->access().env.data_file().c_str(), &st), 0);
  CAF_CHECK(static_cast<std::uint64_t>(st.st_blocks) * 512 >= length(*s));
}

CAF_TEST(a_small_map_is_not_exceeded) {
  const temp_dir dir;
  auto options = options_for(dir.data());
  options.map_size = 1 << 20;
  options.mode = durability::sync;
  auto s = store::open(options).value();
  CAF_REQUIRE(commit(*s, unit_of(1, 1, action_status::pending)).has_value());
  CAF_CHECK(length(*s) <= (1 << 20));
}

CAF_TEST(a_store_that_is_opened_again_goes_on) {
  const temp_dir dir;
  auto s = open_flushed(dir.data());
  CAF_REQUIRE(commit(*s, unit_of(1, 1, action_status::pending)).has_value());
  const auto before = length(*s);
  s.reset();
  s = open_flushed(dir.data());
  CAF_REQUIRE(commit(*s, unit_of(2, 1, action_status::pending)).has_value());
  CAF_CHECK_EQUAL(length(*s), before);
  CAF_CHECK_EQUAL(s->audit_head().value().size, 2u);
}

}  // namespace store_room_tests
