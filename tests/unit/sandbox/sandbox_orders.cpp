#define CAF_SUITE sandbox_orders

#include <sys/resource.h>

#include <algorithm>

#include "actors/sandbox/runtime/bubblewrap.hpp"
#include "actors/sandbox/runtime/oci.hpp"
#include "actors/sandbox/runtime/seccomp_filter.hpp"
#include "tests/unit_test.hpp"

namespace sandbox_orders_tests {

using namespace closedpaw;
using namespace closedpaw::sandbox;

sandbox_spec some_spec() {
  sandbox_spec out;
  out.id = "s1";
  out.command = {"/skill/run", "--fast"};
  out.workspace = "/data/ws";
  out.shown = {{"/skill", "/data/skill"}};
  out.limits.disk_bytes = 1'000'000;
  out.environment = {{"HOME", "/workspace"}};
  return out;
}

/// Whether these words follow each other.
bool has(const std::vector<std::string>& all,
         const std::vector<std::string>& some) {
  return std::ranges::search(all, some).begin() != all.end();
}

CAF_TEST(an order survives its way) {
  launch_order x;
  x.command = {"/bin/a", "", "b c"};
  x.environment = {"A=1"};
  x.stages = {{"/s", "/t"}};
  x.become = launch_order::account{7, 8};
  x.bounds = {{RLIMIT_CORE, 0}};
  const auto back = decode_order(encode(x));
  CAF_REQUIRE(back);
  CAF_CHECK(back->command == x.command);
  CAF_CHECK(back->environment == x.environment);
  CAF_CHECK_EQUAL(back->stages.at(0).target, "/t");
  CAF_CHECK_EQUAL(back->become->group, 8U);
  CAF_CHECK_EQUAL(back->bounds.at(0).resource, RLIMIT_CORE);
}

CAF_TEST(a broken order is none) {
  auto bytes = encode({{"/bin/a"}, {}, {}, {}, {}});
  CAF_CHECK(decode_order(bytes));
  CAF_CHECK(!decode_order(bytes + 'x'));
  for (std::size_t n = 0; n < bytes.size(); ++n)
    CAF_CHECK(!decode_order(bytes.substr(0, n)));
  CAF_CHECK(!decode_order(encode({{}, {}, {}, {}, {}})));
  bytes[0] = '\xff';
  bytes[7] = '\xff';
  CAF_CHECK(!decode_order(bytes));
}

CAF_TEST(bubblewrap shuts everything off and shows what is needed) {
  const auto order = bubblewrap_order("/usr/bin/bwrap", some_spec(), false);
  const auto& c = order.command;
  CAF_CHECK_EQUAL(c.front(), "/usr/bin/bwrap");
  for (const char* word :
       {"--unshare-all", "--die-with-parent", "--new-session", "--clearenv"})
    CAF_CHECK(has(c, {word}));
  CAF_CHECK(has(c, {"--cap-drop", "ALL"}));
  CAF_CHECK(has(c, {"--seccomp", "3"}));
  CAF_CHECK(has(c, {"--ro-bind", "/data/skill", "/skill"}));
  CAF_CHECK(has(c, {"--bind", "/data/ws", "/workspace"}));
  // The last words before the program: nothing may be mounted after them.
  CAF_CHECK(has(c, {"--remount-ro", "/dev", "--remount-ro", "/", "--",
                    "/skill/run", "--fast"}));
  CAF_CHECK(has(c, {"--size", "1000000", "--tmpfs", "/dev/shm"}));
  CAF_CHECK(has(c, {"--size", "1000000", "--tmpfs", "/tmp"}));
  CAF_CHECK(!has(c, {"/usr"}));
  CAF_CHECK(!order.become);
  CAF_CHECK(order.stages.empty());
}

CAF_TEST(root gives its account up) {
  auto spec = some_spec();
  spec.system = true;
  const auto order = bubblewrap_order("/usr/bin/bwrap", spec, true);
  CAF_REQUIRE(order.become);
  CAF_CHECK_EQUAL(order.become->user, nobody);
  CAF_REQUIRE_EQUAL(order.stages.size(), 2U);
  CAF_CHECK_EQUAL(order.stages[0].source, "/data/skill");
  CAF_CHECK(
      has(order.command, {"--bind", order.stages[1].target, "/workspace"}));
  CAF_CHECK(has(order.command, {"--ro-bind", "/usr", "/usr"}));
}

CAF_TEST(a bundle is as tight) {
  const auto config = oci_config(some_spec());
  const auto& process = config["process"];
  CAF_CHECK(process["noNewPrivileges"].get<bool>());
  CAF_CHECK_EQUAL(process["user"]["uid"].get<unsigned>(), nobody);
  for (const auto& [set, names] : process["capabilities"].items())
    CAF_CHECK(names.empty());
  CAF_CHECK(config["root"]["readonly"].get<bool>());
  std::string namespaces;
  for (const auto& x : config["linux"]["namespaces"])
    namespaces += x["type"].get<std::string>() + ' ';
  CAF_CHECK_EQUAL(namespaces, "pid ipc uts mount network cgroup ");
  std::string writable;
  for (const auto& m : config["mounts"])
    if (m["type"] == "bind" &&
        std::ranges::find(m["options"], json("rw")) != m["options"].end())
      writable += m["destination"].get<std::string>();
  CAF_CHECK_EQUAL(writable, "/workspace");
  const auto order = oci_order("/usr/bin/runsc", "ptrace", some_spec(), "/b");
  CAF_CHECK(has(order.command, {"--platform=ptrace", "--network=none"}));
  CAF_CHECK(has(order.command, {"run", "--bundle", "/b", "s1"}));
  CAF_CHECK(!has(oci_order("/usr/bin/runc", "", some_spec(), "/b").command,
                 {"--network=none"}));
  // Another process's sockets are for those with a network only.
  auto networked = some_spec();
  CAF_CHECK(!has(order.command, {"--host-uds=open"}));
  networked.limits.network = true;
  CAF_CHECK(has(oci_order("/usr/bin/runsc", "ptrace", networked, "/b").command,
                {"--host-uds=open", "run"}));
}

CAF_TEST(the filter is a program of the kernel) {
  const auto filter = seccomp_filter();
  CAF_REQUIRE(filter);
  // struct sock_filter has eight bytes.
  CAF_CHECK(filter->size() > 100);
  CAF_CHECK_EQUAL(filter->size() % 8, 0U);
}

}  // namespace sandbox_orders_tests
