#define CAF_SUITE sandbox_cgroups

#include <fstream>

#include "actors/sandbox/runtime/cgroup.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace sandbox_cgroups_tests {

using namespace closedpaw;
using namespace closedpaw::sandbox;
using closedpaw::storage::test::temp_dir;

constexpr const char* hybrid_mounts = R"(25 1 254:0 / / rw - ext4 /dev/vda rw
30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw
31 30 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
32 30 0:28 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
33 30 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
)";
constexpr const char* hybrid_own =
    "8:pids:/\n4:memory:/box/one\n1:cpu:/\n0::/\n";

std::string nothing(const std::string&) {
  return {};
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void put(const std::filesystem::path& file, const std::string& text) {
  std::ofstream{file} << text;
}

CAF_TEST(in hybrid mode version one is used) {
  const auto found = find_cgroups(hybrid_mounts, hybrid_own, nothing);
  CAF_CHECK_EQUAL(found.version, 1);
  CAF_CHECK_EQUAL(found.own.at("memory"), "/sys/fs/cgroup/memory/box/one");
  CAF_CHECK_EQUAL(found.own.at("pids"), "/sys/fs/cgroup/pids");
  CAF_CHECK(!found.own.contains("freezer"));
}

CAF_TEST(version two is used where it has the controllers) {
  const auto with = [](const std::string& mount) {
    CAF_CHECK_EQUAL(mount, "/sys/fs/cgroup/unified");
    return std::string{"cpuset cpu io memory pids"};
  };
  const auto found = find_cgroups(hybrid_mounts, "0::/a/b\n", with);
  CAF_CHECK_EQUAL(found.version, 2);
  CAF_CHECK_EQUAL(found.own.at(""), "/sys/fs/cgroup/unified/a/b");
  const auto without = [](const std::string&) {
    return std::string{"cpu memory hugetlb"};
  };
  CAF_CHECK_EQUAL(find_cgroups(hybrid_mounts, hybrid_own, without).version, 1);
}

CAF_TEST(in a container only a part of the hierarchy is mounted) {
  const auto mounts =
      "1 2 0:3 /docker/x /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
  const auto own = [&](const char* path) {
    return find_cgroups(mounts, std::string{"4:memory:"} + path, nothing)
        .own.at("memory");
  };
  CAF_CHECK_EQUAL(own("/docker/x"), "/sys/fs/cgroup/memory");
  CAF_CHECK_EQUAL(own("/docker/x/y"), "/sys/fs/cgroup/memory/y");
  CAF_CHECK_EQUAL(own("/elsewhere"), "/sys/fs/cgroup/memory");
}

CAF_TEST(without any there is none) {
  CAF_CHECK_EQUAL(find_cgroups("", "", nothing).version, 0);
  const cgroup_tree none{{}, "x"};
  CAF_REQUIRE_EQUAL(none.unenforced().size(), 3U);
  CAF_CHECK_EQUAL(none.unenforced()[0].first, "memory_bytes");
}

CAF_TEST(limits are written as each version has them) {
  const temp_dir dir;
  const auto top = dir.path() / "box";
  sandbox_limits limits;
  limits.memory_bytes = 10 << 20;
  limits.cpus = 0.5;
  limits.processes = 7;
  std::filesystem::create_directories(top);
  for (const char* file : {"memory.max", "cpu.max", "pids.max"})
    put(top / file, "");
  const cgroup two{2, {{"", top.string()}}};
  CAF_REQUIRE(two.limit(limits));
  CAF_CHECK_EQUAL(content(top / "memory.max"), "10485760");
  CAF_CHECK_EQUAL(content(top / "cpu.max"), "50000 100000");
  CAF_CHECK_EQUAL(content(top / "pids.max"), "7");
  for (const char* file :
       {"memory.limit_in_bytes", "cpu.cfs_period_us", "cpu.cfs_quota_us"})
    put(top / file, "");
  const cgroup one{1,
                   {{"memory", top.string()},
                    {"cpu", top.string()},
                    {"pids", top.string()}}};
  CAF_REQUIRE(one.limit(limits));
  CAF_CHECK_EQUAL(content(top / "memory.limit_in_bytes"), "10485760");
  CAF_CHECK_EQUAL(content(top / "cpu.cfs_quota_us"), "50000");
}

CAF_TEST(a limit that cannot be written is an error) {
  const cgroup gone{1, {{"memory", "/nonexistent"}}};
  const auto done = gone.limit({});
  CAF_REQUIRE(!done);
  CAF_CHECK(done.error().message.find("/nonexistent/memory.limit_in_bytes") !=
            std::string::npos);
}

CAF_TEST(usage is read as each version has it) {
  const temp_dir dir;
  const auto at = dir.path().string();
  put(at + "/memory.usage_in_bytes", "4096\n");
  put(at + "/memory.max_usage_in_bytes", "8192\n");
  put(at + "/memory.stat", "cache 1\nshmem 2048\ntotal_shmem 3072\n");
  put(at + "/memory.oom_control",
      "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
  put(at + "/pids.current", "5\n");
  put(at + "/pids.events", "max 2\n");
  put(at + "/cpu.stat", "nr_periods 9\nnr_throttled 4\n");
  put(at + "/cpuacct.usage", "1500000000\n");
  const cgroup one{
      1, {{"memory", at}, {"pids", at}, {"cpu", at}, {"cpuacct", at}}};
  auto usage = one.usage();
  CAF_CHECK_EQUAL(usage.memory_bytes.value(), 4096U);
  CAF_CHECK_EQUAL(usage.memory_peak_bytes.value(), 8192U);
  CAF_CHECK_EQUAL(usage.tmpfs_bytes.value(), 3072U);
  CAF_CHECK_EQUAL(usage.oom_kills.value(), 3U);
  CAF_CHECK_EQUAL(usage.processes.value(), 5U);
  CAF_CHECK_EQUAL(usage.processes_refused.value(), 2U);
  CAF_CHECK_EQUAL(usage.throttled.value(), 4U);
  CAF_CHECK_EQUAL(usage.cpu_seconds.value(), 1.5);
  // Version one counts where it happens: in a group that a runtime made within.
  std::filesystem::create_directory(at + "/inner");
  put(at + "/inner/pids.events", "max 5\n");
  put(at + "/inner/memory.oom_control", "under_oom 0\noom_kill 1\n");
  usage = one.usage();
  CAF_CHECK_EQUAL(usage.oom_kills.value(), 4U);
  CAF_CHECK_EQUAL(usage.processes_refused.value(), 7U);
  put(at + "/memory.current", "1\n");
  put(at + "/memory.events", "oom 2\noom_kill 1\n");
  put(at + "/cpu.stat", "usage_usec 2500000\nnr_throttled 0\n");
  usage = cgroup{2, {{"", at}}}.usage();
  CAF_CHECK_EQUAL(usage.memory_bytes.value(), 1U);
  CAF_CHECK_EQUAL(usage.oom_kills.value(), 1U);
  CAF_CHECK_EQUAL(usage.processes_refused.value(), 2U);
  CAF_CHECK_EQUAL(usage.tmpfs_bytes.value(), 2048U);
  CAF_CHECK_EQUAL(usage.cpu_seconds.value(), 2.5);
  CAF_CHECK(!usage.memory_peak_bytes);
}

}  // namespace sandbox_cgroups_tests
