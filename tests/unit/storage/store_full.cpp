#define CAF_SUITE store_full

#include <sys/mount.h>

#include <fstream>

#include "actors/storage/store/verify.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_full_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

commit_unit large_unit(std::size_t bytes) {
  commit_unit out;
  out.events.push_back(event_of(0, "large"));
  out.events.back().details = json{{"padding", std::string(bytes, 'x')}};
  return out;
}

commit_unit urgent_unit(std::uint32_t n) {
  auto out = unit_of(n, 1, action_status::rejected);
  out.may_use_reserve = true;
  return out;
}

/// Commits until one is refused; that refusal.
result<commit_receipt> fill_up(store& s, std::size_t bytes) {
  for (int i = 0; i < 10'000; ++i)
    if (auto x = commit(s, large_unit(bytes)); !x)
      return x;
  return commit_receipt{};
}

/// A file system of 2 MiB, where we may mount one.
class small_disk {
 public:
  explicit small_disk(const fs::path& at) : at_{at} {
    fs::create_directory(at_);
    mounted_ =
        mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=2m,mode=0700") == 0;
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    if (mounted_)
      umount2(at_.c_str(), MNT_DETACH);
  }

  explicit operator bool() const { return mounted_; }

 private:
  fs::path at_;
  bool mounted_ = false;
};

CAF_TEST(a_full_map_keeps_room_for_what_must_be_recorded) {
  const temp_dir dir;
  auto options = options_for(dir.data());
  options.map_size = 1 << 20;
  options.reserve_size = 1 << 20;
  auto s = store::open(options).value();
  const auto refused = fill_up(*s, 20'000);
  CAF_REQUIRE(failed_with(refused, errc::storage_full));
  CAF_CHECK(contains(said(refused), "storage.map_size"));
  const auto size = s->audit_head().value().size;
  const commit_unit both[] = {large_unit(10), urgent_unit(1)};
  const auto answers = s->writer().commit(both);
  CAF_CHECK(failed_with(answers[0], errc::storage_full));
  CAF_CHECK_EQUAL(said(answers[1]), "ok");
  CAF_CHECK_EQUAL(s->audit_head().value().size, size + 1);
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(a_map_that_ends_in_the_middle_of_a_batch_spoils_nothing) {
  const temp_dir dir;
  auto options = options_for(dir.data());
  options.map_size = 1 << 20;
  options.reserve_size = 64 << 10;
  auto s = store::open(options).value();
  commit(*s, large_unit(10)).value();
  // More than the map has: LMDB itself refuses, and only it can know.
  std::vector<commit_unit> units(60, large_unit(40'000));
  units.push_back(urgent_unit(1));
  const auto answers = s->writer().commit(units);
  for (std::size_t i = 0; i < 60; ++i)
    CAF_REQUIRE(failed_with(answers[i], errc::storage_full));
  CAF_CHECK_EQUAL(said(answers[60]), "ok");
  CAF_CHECK_EQUAL(answers[60].value().first_sequence, 1u);
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(a_full_disk_gives_its_reserve_to_what_must_be_recorded) {
  const temp_dir dir;
  const small_disk disk{dir.data()};
  if (!disk) {
    CAF_MESSAGE("skipped: only root can mount a small file system");
    CAF_CHECK(true);
    return;
  }
  const auto filler = dir.data() / "filler";
  std::ofstream{filler} << std::string(900 << 10, 'x');
  auto options = options_for(dir.data());
  options.reserve_size = 256 << 10;
  auto s = store::open(options).value();
  CAF_CHECK(s->writer().reserve_held());
  const auto refused = fill_up(*s, 20'000);
  CAF_REQUIRE(failed_with(refused, errc::storage_full));
  CAF_CHECK(contains(said(refused), "disk"));
  CAF_CHECK(s->writer().reserve_held());

  const commit_unit both[] = {large_unit(20'000), urgent_unit(1)};
  const auto answers = s->writer().commit(both);
  CAF_CHECK(failed_with(answers[0], errc::storage_full));
  CAF_CHECK_EQUAL(said(answers[1]), "ok");
  // From here on ordinary units may not eat up the reserve.
  CAF_CHECK(!s->writer().reserve_held());
  CAF_CHECK(failed_with(commit(*s, large_unit(10)), errc::storage_full));
  for (std::uint32_t n = 2; n < 5; ++n)
    CAF_CHECK_EQUAL(said(commit(*s, urgent_unit(n))), "ok");
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");

  fs::remove(filler);
  CAF_CHECK_EQUAL(said(commit(*s, large_unit(10))), "ok");
  CAF_CHECK(s->writer().reserve_held());
  CAF_CHECK(fs::exists(dir.data() / "reserve"));
  CAF_CHECK_EQUAL(said(verify(s->access())), "ok");
}

CAF_TEST(a_daemon_that_starts_on_a_full_disk_says_so) {
  const temp_dir dir;
  auto options = options_for(dir.data());
  // As much as is free can never be held back.
  options.map_size = 1 << 20;
  options.reserve_size = free_space(dir.path());
  auto s = store::open(options).value();
  CAF_CHECK(!s->writer().reserve_held());
  CAF_CHECK(failed_with(commit(*s, large_unit(10)), errc::storage_full));
  CAF_CHECK_EQUAL(said(commit(*s, urgent_unit(1))), "ok");
}

}  // namespace store_full_tests
