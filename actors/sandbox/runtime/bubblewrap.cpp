#include "actors/sandbox/runtime/bubblewrap.hpp"

#include <sys/resource.h>

#include <initializer_list>

namespace closedpaw::sandbox {

namespace {

constexpr const char* stages = "/run/closedpaw/";

class command_line {
 public:
  explicit command_line(std::vector<std::string>& to) : to_{to} {}
  void add(std::initializer_list<std::string> words) {
    to_.insert(to_.end(), words);
  }

 private:
  std::vector<std::string>& to_;
};

// Merged /usr, as Debian has it since 12.
void show_system(command_line& c) {
  c.add({"--ro-bind", "/usr", "/usr"});
  for (const char* name : {"bin", "sbin", "lib", "lib64"})
    c.add({"--symlink", std::string{"usr/"} + name, std::string{"/"} + name});
  for (const char* file : {"/etc/ld.so.cache", "/etc/alternatives"})
    c.add({"--ro-bind-try", file, file});
}

}  // namespace

launch_order bubblewrap_order(const std::string& program,
                              const sandbox_spec& spec, bool as_root) {
  launch_order out;
  out.environment = {"PATH=/usr/bin:/bin"};
  const auto shown = [&](const std::string& source) {
    if (!as_root)
      return source;
    out.stages.push_back({source, stages + std::to_string(out.stages.size())});
    return out.stages.back().target;
  };
  const auto disk = std::to_string(spec.limits.disk_bytes);
  const auto id = std::to_string(nobody);
  out.command = {program};
  command_line c{out.command};
  c.add({"--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
         "--hostname", "agent", "--uid", id, "--gid", id, "--cap-drop", "ALL",
         "--seccomp", "3"});
  for (const auto& [name, value] : spec.environment)
    c.add({"--setenv", name, value});
  if (spec.system)
    show_system(c);
  c.add({"--proc", "/proc", "--dev", "/dev"});
  // Without a size of their own they would have half of the machine's memory.
  c.add({"--size", disk, "--tmpfs", "/dev/shm", "--size", disk, "--tmpfs",
         "/tmp"});
  for (const auto& [inside, ours] : spec.shown)
    c.add({"--ro-bind", shown(ours), inside});
  if (spec.workspace.empty())
    c.add({"--chdir", "/"});
  else
    c.add({"--bind", shown(spec.workspace), "/workspace", "--chdir",
           "/workspace"});
  c.add({"--remount-ro", "/dev", "--remount-ro", "/", "--"});
  out.command.insert(out.command.end(), spec.command.begin(),
                     spec.command.end());
  out.bounds = {{RLIMIT_CORE, 0},
                {RLIMIT_FSIZE, spec.limits.disk_bytes},
                {RLIMIT_NOFILE, 1'024}};
  if (as_root)
    out.become = launch_order::account{nobody, nobody};
  return out;
}

}  // namespace closedpaw::sandbox
