#define CAF_SUITE sandbox_endings

#include <signal.h>

#include "actors/sandbox/runtime/ending.hpp"
#include "tests/unit_test.hpp"

namespace sandbox_endings_tests {

using namespace closedpaw;
using namespace closedpaw::sandbox;

sandbox_end end_of(exit_status status, sandbox_usage usage = {},
                   std::optional<end_cause> ours = {}) {
  return judge_end(status, ours, usage, {}, "it said so");
}

CAF_TEST(an exit code is told with what was said) {
  const auto well = end_of({0, {}});
  CAF_CHECK(well.cause == end_cause::exited);
  CAF_CHECK_EQUAL(well.why, "it ended with exit code 0");
  const auto badly = end_of({3, {}});
  CAF_CHECK_EQUAL(badly.why, "it ended with exit code 3: it said so");
  CAF_CHECK_EQUAL(badly.exit_code.value(), 3);
}

CAF_TEST(runtimes tell signals as exit codes) {
  const auto x = end_of({128 + SIGSEGV, {}});
  CAF_CHECK(x.cause == end_cause::signalled);
  CAF_CHECK_EQUAL(x.signal.value(), SIGSEGV);
  CAF_CHECK(!x.exit_code);
}

CAF_TEST(the kernel counts what it killed for memory) {
  sandbox_usage usage;
  usage.oom_kills = 1;
  usage.tmpfs_bytes = std::uint64_t{200} << 20;
  const auto x = end_of({{}, SIGKILL}, usage);
  CAF_CHECK(x.cause == end_cause::out_of_memory);
  CAF_CHECK(x.why.find("200 MiB were files in /tmp") != std::string::npos);
  CAF_CHECK(x.limits_met == (std::vector<std::string>{"memory_bytes"}));
  // What it killed was not the program, which went on.
  CAF_CHECK(end_of({0, {}}, usage).cause == end_cause::exited);
}

CAF_TEST(who is killed at its limit needed more) {
  sandbox_usage usage;
  usage.memory_peak_bytes = sandbox_limits{}.memory_bytes - 4'096;
  const auto x = end_of({128 + SIGKILL, {}}, usage);
  CAF_CHECK(x.cause == end_cause::out_of_memory);
  CAF_CHECK(x.limits_met == (std::vector<std::string>{"memory_bytes"}));
  CAF_CHECK(end_of({128 + SIGTERM, {}}, usage).cause == end_cause::signalled);
  usage.memory_peak_bytes = sandbox_limits{}.memory_bytes / 2;
  CAF_CHECK(end_of({128 + SIGKILL, {}}, usage).cause == end_cause::signalled);
}

CAF_TEST(what we did is the cause) {
  const auto x = end_of({{}, SIGKILL}, {}, end_cause::wall_time);
  CAF_CHECK(x.cause == end_cause::wall_time);
  CAF_CHECK(x.limits_met == (std::vector<std::string>{"wall_ms"}));
  CAF_CHECK(x.why.find("30000 ms") != std::string::npos);
}

CAF_TEST(a file that is too long is about the disk) {
  CAF_CHECK(end_of({128 + SIGXFSZ, {}}).cause == end_cause::disk_limit);
}

CAF_TEST(limits that were met are told though it went on) {
  sandbox_usage usage;
  usage.processes_refused = 2;
  usage.throttled = 1;
  CAF_CHECK(end_of({0, {}}, usage).limits_met ==
            (std::vector<std::string>{"processes", "cpus"}));
}

CAF_TEST(limits are read one by one) {
  sandbox_limits defaults;
  const auto some = sandbox_limits_from(
      {{"memory_bytes", 16'777'216}, {"cpus", 0.5}, {"wall_ms", 1'000}},
      defaults);
  CAF_REQUIRE(some);
  CAF_CHECK_EQUAL(some->memory_bytes, 16'777'216U);
  CAF_CHECK_EQUAL(some->processes, defaults.processes);
  CAF_CHECK(sandbox_limits_from(to_json(defaults), {}) == defaults);
  for (const json& wrong :
       {json{{"memory", 1}}, json{{"cpus", 0}}, json{{"processes", -1}},
        json{{"wall_ms", "1"}}, json{{"disk_bytes", 1}}, json(7),
        json{{"network", 1}}}) {
    const auto x = sandbox_limits_from(wrong, {});
    CAF_REQUIRE(!x);
    CAF_CHECK(x.error().code == errc::bad_request);
  }
}

}  // namespace sandbox_endings_tests
