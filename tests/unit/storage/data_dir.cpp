#define CAF_SUITE data_dir

#include "actors/storage/store/data_dir.hpp"

#include <sys/stat.h>

#include <fstream>

#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace data_dir_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

mode_t mode_of(const fs::path& path) {
  struct stat st {};
  if (lstat(path.c_str(), &st) != 0)
    return 0;
  return st.st_mode & 07777;
}

CAF_TEST(is_created_private_with_its_parents_and_files) {
  const temp_dir dir;
  const auto data = dir.path() / "a" / "b";
  const auto old = umask(0);
  auto options = options_for(data);
  options.reserve_size = 4096;
  { CAF_CHECK_EQUAL(said(store::open(options)), "ok"); }
  umask(old);
  CAF_CHECK_EQUAL(mode_of(dir.path() / "a"), 0700u);
  CAF_CHECK_EQUAL(mode_of(data), 0700u);
  for (const auto* name : {"data.mdb", "lock.mdb", "lock", "reserve"})
    CAF_CHECK_EQUAL(mode_of(data / name), 0600u);
  CAF_CHECK_EQUAL(said(store::open(options)), "ok");
}

CAF_TEST(open_to_others_is_refused) {
  const temp_dir dir;
  fs::create_directory(dir.data());
  chmod(dir.data().c_str(), 0755);
  const auto refused = store::open(options_for(dir.data()));
  CAF_CHECK(failed_with(refused, errc::storage_failed));
  CAF_CHECK(contains(said(refused), "chmod 700"));
}

CAF_TEST(a_link_is_refused_with_or_without_a_slash) {
  const temp_dir dir;
  { open_store(dir.data()); }
  const auto link = dir.path() / "link";
  fs::create_directory_symlink(dir.data(), link);
  CAF_CHECK(contains(said(prepare_data_dir(link)), "symbolic link"));
  CAF_CHECK(contains(said(prepare_data_dir(link / "")), "symbolic link"));
  CAF_CHECK_EQUAL(said(prepare_data_dir(dir.data() / "")), "ok");
}

CAF_TEST(a_file_in_its_place_is_refused) {
  const temp_dir dir;
  std::ofstream{dir.data()} << "x";
  CAF_CHECK(contains(said(prepare_data_dir(dir.data())), "not a directory"));
}

CAF_TEST(files_open_to_others_or_linked_are_refused) {
  const temp_dir dir;
  { open_store(dir.data()); }
  const auto file = dir.data() / "data.mdb";
  chmod(file.c_str(), 0640);
  CAF_CHECK(contains(said(prepare_data_dir(dir.data())), "chmod 600"));
  fs::rename(file, dir.path() / "elsewhere");
  fs::create_symlink(dir.path() / "elsewhere", file);
  CAF_CHECK(contains(said(prepare_data_dir(dir.data())), "not a regular file"));
}

CAF_TEST(of_another_user_is_refused) {
  if (geteuid() != 0) {
    CAF_MESSAGE("skipped: only root can give a directory away");
    CAF_CHECK(true);
    return;
  }
  const temp_dir dir;
  fs::create_directory(dir.data());
  chmod(dir.data().c_str(), 0700);
  CAF_REQUIRE_EQUAL(chown(dir.data().c_str(), 65534, 65534), 0);
  CAF_CHECK(contains(said(prepare_data_dir(dir.data())), "uid 65534"));
}

CAF_TEST(a_second_daemon_is_refused_and_told_the_pid) {
  const temp_dir dir;
  { open_store(dir.data()); }
  int ready[2];
  int leave[2];
  CAF_REQUIRE_EQUAL(pipe(ready), 0);
  CAF_REQUIRE_EQUAL(pipe(leave), 0);
  const auto pid = fork();
  if (pid == 0) {
    close(leave[1]);
    const auto held = directory_lock::take(dir.data());
    char byte = held ? 'y' : 'n';
    byte = write(ready[1], &byte, 1) == 1 ? byte : 'n';
    _exit(read(leave[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(leave[0]);
  char byte = 0;
  CAF_REQUIRE_EQUAL(read(ready[0], &byte, 1), 1);
  CAF_CHECK_EQUAL(byte, 'y');
  const auto refused = store::open(options_for(dir.data()));
  CAF_CHECK(failed_with(refused, errc::conflict));
  CAF_CHECK(contains(said(refused), "process " + std::to_string(pid)));
  close(leave[1]);
  int status = -1;
  waitpid(pid, &status, 0);
  CAF_CHECK_EQUAL(status, 0);
  close(ready[0]);
  close(ready[1]);
  // The lock ended with its process, however that ended.
  CAF_CHECK_EQUAL(said(store::open(options_for(dir.data()))), "ok");
}

}  // namespace data_dir_tests
