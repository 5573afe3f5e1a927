#include "actors/sandbox/runtime/oci.hpp"

#include <cerrno>

#include "actors/sandbox/runtime/refused_calls.hpp"

namespace closedpaw::sandbox {

namespace {

json tmpfs(const std::string& at, std::uint64_t size, const char* mode) {
  json options{"nosuid", std::string{"mode="} + mode,
               "size=" + std::to_string(size)};
  // Where the runtime makes /dev/null and its like.
  if (at != "/dev")
    options.push_back("nodev");
  return {{"destination", at},
          {"type", "tmpfs"},
          {"source", "tmpfs"},
          {"options", std::move(options)}};
}

json bound_to(const std::string& ours, const std::string& inside,
              bool writable) {
  return {{"destination", inside},
          {"type", "bind"},
          {"source", ours},
          {"options", {"rbind", "nosuid", "nodev", writable ? "rw" : "ro"}}};
}

json mounts_of(const sandbox_spec& spec) {
  json out = json::array();
  out.push_back(
      {{"destination", "/proc"}, {"type", "proc"}, {"source", "proc"}});
  out.push_back(tmpfs("/dev", std::uint64_t{65'536}, "755"));
  out.push_back(tmpfs("/dev/shm", spec.limits.disk_bytes, "1777"));
  out.push_back(tmpfs("/tmp", spec.limits.disk_bytes, "1777"));
  if (spec.system)
    out.push_back(bound_to("/usr", "/usr", false));
  for (const auto& [inside, ours] : spec.shown)
    out.push_back(bound_to(ours, inside, false));
  if (!spec.workspace.empty())
    out.push_back(bound_to(spec.workspace, "/workspace", true));
  return out;
}

json condition_of(const refused_argument& x) {
  using enum refused_argument::comparison;
  switch (x.is) {
    case masked_equal:
      return json::array({{{"index", x.argument},
                           {"value", x.mask},
                           {"valueTwo", x.value},
                           {"op", "SCMP_CMP_MASKED_EQ"}}});
    case greater:
      return json::array(
          {{{"index", x.argument}, {"value", x.value}, {"op", "SCMP_CMP_GT"}}});
    case any:
      break;
  }
  return json::array();
}

json refused_by_arguments() {
  auto out = json::array();
  for (const auto& x : refused_arguments())
    out.push_back({{"names", {x.call}},
                   {"action", "SCMP_ACT_ERRNO"},
                   {"errnoRet", x.error},
                   {"args", condition_of(x)}});
  return out;
}

json linux_of(const sandbox_limits& limits) {
  auto namespaces = json::array();
  for (const char* name : {"pid", "ipc", "uts", "mount", "network", "cgroup"})
    namespaces.push_back({{"type", name}});
  auto names = json::array();
  for (const char* name : refused_calls)
    names.push_back(name);
  auto calls = refused_by_arguments();
  calls.push_back({{"names", std::move(names)},
                   {"action", "SCMP_ACT_ERRNO"},
                   {"errnoRet", EPERM}});
  return {{"namespaces", std::move(namespaces)},
          {"resources", {{"pids", {{"limit", limits.processes}}}}},
          {"maskedPaths",
           {"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
            "/proc/latency_stats", "/proc/scsi", "/proc/timer_list",
            "/proc/sched_debug", "/sys/firmware"}},
          {"readonlyPaths",
           {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
            "/proc/sysrq-trigger"}},
          {"seccomp",
           {{"defaultAction", "SCMP_ACT_ALLOW"},
            {"architectures", {"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"}},
            {"syscalls", std::move(calls)}}}};
}

}  // namespace

oci_rootfs oci_rootfs_of(const sandbox_spec& spec) {
  oci_rootfs out;
  out.directories = {"proc", "dev", "tmp"};
  if (!spec.workspace.empty())
    out.directories.emplace_back("workspace");
  for (const auto& [inside, ours] : spec.shown)
    out.directories.push_back(inside.substr(1));
  if (spec.system) {
    out.directories.emplace_back("usr");
    for (const char* name : {"bin", "sbin", "lib", "lib64"})
      out.links[name] = std::string{"usr/"} + name;
  }
  return out;
}

json oci_config(const sandbox_spec& spec) {
  auto environment = json::array();
  for (const auto& [name, value] : spec.environment)
    environment.push_back(name + '=' + value);
  auto nothing = json::array();
  auto bounds = json::array();
  const auto bound = [&](const char* name, std::uint64_t value) {
    bounds.push_back({{"type", name}, {"soft", value}, {"hard", value}});
  };
  bound("RLIMIT_CORE", 0);
  bound("RLIMIT_FSIZE", spec.limits.disk_bytes);
  bound("RLIMIT_NOFILE", 1'024);
  return {{"ociVersion", "1.0.2"},
          {"process",
           {{"terminal", false},
            {"user", {{"uid", nobody}, {"gid", nobody}}},
            {"args", spec.command},
            {"env", std::move(environment)},
            {"cwd", spec.workspace.empty() ? "/" : "/workspace"},
            {"capabilities",
             {{"bounding", nothing},
              {"effective", nothing},
              {"inheritable", nothing},
              {"permitted", nothing},
              {"ambient", nothing}}},
            {"rlimits", std::move(bounds)},
            {"noNewPrivileges", true}}},
          {"root", {{"path", "rootfs"}, {"readonly", true}}},
          {"hostname", "agent"},
          {"mounts", mounts_of(spec)},
          {"linux", linux_of(spec.limits)}};
}

launch_order oci_order(const std::string& program, std::string_view platform,
                       const sandbox_spec& spec, const std::string& bundle) {
  launch_order out;
  out.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  out.command = {program, "--root", "/run/closedpaw-oci"};
  if (!platform.empty())
    out.command.insert(out.command.end(),
                       {"--platform=" + std::string{platform}, "--network=none",
                        "--ignore-cgroups"});
  // gVisor's loopback has no way out but the socket that it is shown.
  if (!platform.empty() && spec.limits.network)
    out.command.emplace_back("--host-uds=open");
  out.command.insert(out.command.end(), {"run", "--bundle", bundle, spec.id});
  return out;
}

}  // namespace closedpaw::sandbox
