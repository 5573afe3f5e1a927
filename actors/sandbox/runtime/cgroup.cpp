#include "actors/sandbox/runtime/cgroup.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <thread>

#include "actors/sandbox/runtime/small_file.hpp"

namespace closedpaw::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t cpu_period_us = 100'000;

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (parsed.ec != std::errc{})
    return std::nullopt;
  return out;
}

/// The groups within one. It may go meanwhile: then there are no more.
template <class Each>
void for_each_group(const fs::path& path, Each each) {
  std::error_code error;
  for (fs::directory_iterator it{path, error};
       !error && it != fs::directory_iterator{}; it.increment(error)) {
    std::error_code unknown;
    if (it->is_directory(unknown))
      each(it->path());
  }
}

// "name 123"
std::optional<std::uint64_t> field_of(const std::string& text,
                                      std::string_view name) {
  std::istringstream in{text};
  for (std::string key, value; in >> key >> value;)
    if (key == name)
      return to_number(value);
  return std::nullopt;
}

failure broken(const std::string& path, const std::string& why) {
  return {errc::unavailable,
          "the control group cannot be used: " + path + ": " + why,
          {},
          {}};
}

}  // namespace

const std::string& cgroup::directory(const char* controller) const {
  static const std::string none;
  const auto it = directories_.find(version_ == 2 ? "" : controller);
  return it == directories_.end() ? none : it->second;
}

bool cgroup::has(const char* controller) const {
  return !directory(controller).empty();
}

std::string cgroup::read(const char* controller, const char* file) const {
  if (!has(controller))
    return {};
  return read_small_file(directory(controller) + '/' + file).value_or("");
}

std::optional<std::uint64_t> cgroup::number(const char* controller,
                                            const char* file) const {
  return to_number(read(controller, file));
}

std::optional<std::uint64_t> cgroup::field(const char* controller,
                                           const char* file,
                                           std::string_view name) const {
  return field_of(read(controller, file), name);
}

std::optional<std::uint64_t> cgroup::count(const char* controller,
                                           const char* file,
                                           std::string_view name) const {
  auto out = field(controller, file, name);
  if (out && version_ == 1)
    for_each_group(directory(controller), [&](const fs::path& inner) {
      *out +=
          field_of(read_small_file((inner / file).string()).value_or(""), name)
              .value_or(0);
    });
  return out;
}

result<void> cgroup::write(const char* controller, const char* file,
                           const std::string& text) const {
  const auto path = directory(controller) + '/' + file;
  if (const int error = write_small_file(path, text); error != 0)
    return broken(path, std::strerror(error));
  return {};
}

result<void> cgroup::limit(const sandbox_limits& limits) const {
  const auto quota = static_cast<std::uint64_t>(
      std::llround(limits.cpus * static_cast<double>(cpu_period_us)));
  struct setting {
    const char* controller;
    const char* file;
    std::string value;
    bool optional = false;
  };
  const auto memory = std::to_string(limits.memory_bytes);
  const auto processes = std::to_string(limits.processes);
  std::vector<setting> all;
  if (version_ == 2)
    all = {{"memory", "memory.max", memory},
           {"memory", "memory.swap.max", "0", true},
           {"memory", "memory.oom.group", "1", true},
           {"cpu", "cpu.max",
            std::to_string(quota) + ' ' + std::to_string(cpu_period_us)},
           {"pids", "pids.max", processes}};
  else
    all = {{"memory", "memory.limit_in_bytes", memory},
           {"memory", "memory.swappiness", "0", true},
           // Where the kernel accounts for swap.
           {"memory", "memory.memsw.limit_in_bytes", memory, true},
           {"cpu", "cpu.cfs_period_us", std::to_string(cpu_period_us)},
           {"cpu", "cpu.cfs_quota_us", std::to_string(quota)},
           {"pids", "pids.max", processes}};
  for (const auto& x : all)
    if (has(x.controller))
      if (auto done = write(x.controller, x.file, x.value);
          !done && !x.optional)
        return done;
  return {};
}

result<void> cgroup::add(pid_t process) const {
  for (const auto& [controller, path] : directories_)
    if (auto done =
            write(controller.c_str(), "cgroup.procs", std::to_string(process));
        !done)
      return done;
  return {};
}

sandbox_usage cgroup::usage() const {
  sandbox_usage out;
  const bool two = version_ == 2;
  out.memory_bytes =
      number("memory", two ? "memory.current" : "memory.usage_in_bytes");
  out.memory_peak_bytes =
      number("memory", two ? "memory.peak" : "memory.max_usage_in_bytes");
  out.tmpfs_bytes =
      field("memory", "memory.stat", two ? "shmem" : "total_shmem");
  out.oom_kills =
      count("memory", two ? "memory.events" : "memory.oom_control", "oom_kill");
  if (const auto n = number("pids", "pids.current"))
    out.processes = static_cast<std::uint32_t>(*n);
  out.processes_refused = count("pids", "pids.events", "max");
  out.throttled = field("cpu", "cpu.stat", "nr_throttled");
  const auto spent = two ? field("cpu", "cpu.stat", "usage_usec")
                         : number("cpuacct", "cpuacct.usage");
  if (spent)
    out.cpu_seconds = static_cast<double>(*spent) / (two ? 1e6 : 1e9);
  return out;
}

std::vector<pid_t> cgroup::processes() const {
  std::vector<pid_t> out;
  if (directories_.empty())
    return out;
  const char* any = version_ == 2 || !has("pids")
                        ? directories_.begin()->first.c_str()
                        : "pids";
  // OCI runtimes make groups of their own within.
  std::vector<std::string> dirs{directory(any)};
  for_each_group(dirs.front(),
                 [&](const fs::path& inner) { dirs.push_back(inner); });
  for (const auto& dir : dirs) {
    std::istringstream in{read_small_file(dir + "/cgroup.procs").value_or("")};
    for (pid_t p = 0; in >> p;)
      out.push_back(p);
  }
  return out;
}

void cgroup::signal(int number, pid_t except) const {
  for (const auto p : processes())
    // One that is ending may be listed as 0, which would be ourselves.
    if (p > 0 && p != except)
      ::kill(p, number);
}

result<void> cgroup::freeze(bool frozen) const {
  if (version_ == 2)
    return write("", "cgroup.freeze", frozen ? "1" : "0");
  if (!has("freezer"))
    return failure{errc::unavailable,
                   "processes cannot be paused here: there is no freezer among "
                   "the control groups",
                   {},
                   {}};
  return write("freezer", "freezer.state", frozen ? "FROZEN" : "THAWED");
}

void cgroup::kill() const {
  if (version_ == 2 && write("", "cgroup.kill", "1"))
    return;
  // None is added meanwhile: a fork bomb would outrun us.
  if (has("pids"))
    (void)write("pids", "pids.max", "0");
  signal(SIGKILL, 0);
  // A frozen process does not die.
  (void)freeze(false);
}

bool cgroup::remove() const {
  bool gone = true;
  for (const auto& [controller, path] : directories_) {
    for_each_group(path, [](const fs::path& inner) { ::rmdir(inner.c_str()); });
    gone = (::rmdir(path.c_str()) == 0 || errno == ENOENT) && gone;
  }
  return gone;
}

cgroup_tree::cgroup_tree(const cgroup_layout& layout,
                         const std::string& instance) {
  if (layout.version != 0)
    make_top(layout, instance);
  const auto need = [this](const char* controller, const char* limit,
                           const std::string& because) {
    if (!top_.has(controller))
      unenforced_.emplace_back(limit, because);
  };
  const std::string because =
      layout.version == 0
          ? "no control groups are mounted here"
          : "its control group cannot be made here (root, or a group delegated "
            "to us, is needed)";
  need("memory", "memory_bytes", because);
  need("cpu", "cpus", because);
  need("pids", "processes", because);
}

void cgroup_tree::make_top(const cgroup_layout& layout,
                           const std::string& instance) {
  top_.version_ = layout.version;
  for (const auto& [controller, own] : layout.own) {
    if (layout.version == 2)
      delegate(own);
    const auto path = own + "/closedpaw-" + instance;
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST)
      continue;
    if (::access((path + "/cgroup.procs").c_str(), W_OK) != 0)
      continue;
    if (layout.version == 2 &&
        write_small_file(path + "/cgroup.subtree_control",
                         "+memory +cpu +pids") != 0)
      continue;
    top_.directories_[controller] = path;
  }
  if (top_.directories_.empty())
    top_.version_ = 0;
}

// A group of version 2 that shares its controllers has no processes itself: we
// move out of the way.
void cgroup_tree::delegate(const std::string& own) {
  const auto control = own + "/cgroup.subtree_control";
  const std::string wanted = "+memory +cpu +pids";
  if (write_small_file(control, wanted) == 0)
    return;
  const auto leaf = own + "/closedpaw-daemon";
  if (::mkdir(leaf.c_str(), 0755) != 0 && errno != EEXIST)
    return;
  if (write_small_file(leaf + "/cgroup.procs", std::to_string(getpid())) == 0)
    (void)write_small_file(control, wanted);
}

cgroup cgroup_tree::child(const std::string& name) const {
  cgroup out{top_.version_, {}};
  for (const auto& [controller, path] : top_.directories_)
    out.directories_[controller] = path + '/' + name;
  return out;
}

result<cgroup> cgroup_tree::create(const std::string& name) const {
  auto out = child(name);
  for (const auto& [controller, path] : out.directories_)
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
      const int error = errno;
      (void)out.remove();
      return broken(path, std::strerror(error));
    }
  return out;
}

std::size_t cgroup_tree::remove_orphans() const {
  std::map<std::string, bool> names;
  for (const auto& [controller, path] : top_.directories_) {
    for_each_group(path,
                   [&](const fs::path& inner) { names[inner.filename()]; });
  }
  for (const auto& [name, unused] : names) {
    const auto left = child(name);
    // What is killed takes a moment to go.
    for (int i = 0; i < 100 && !left.remove(); ++i) {
      left.kill();
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }
  return names.size();
}

void remove_container_groups(std::string_view name_begins) {
  const auto hierarchies =
      own_directories(read_small_file("/proc/self/mountinfo").value_or(""),
                      read_small_file("/proc/self/cgroup").value_or(""));
  for (const auto& own : hierarchies)
    for_each_group(own, [&](const fs::path& group) {
      if (group.filename().string().starts_with(name_begins))
        ::rmdir(group.c_str());
    });
}

cgroup_layout find_cgroups() {
  return find_cgroups(
      read_small_file("/proc/self/mountinfo").value_or(""),
      read_small_file("/proc/self/cgroup").value_or(""),
      [](const std::string& mount) {
        auto text = read_small_file(mount + "/cgroup.controllers").value_or("");
        while (!text.empty() && text.back() == '\n')
          text.pop_back();
        return text;
      });
}

}  // namespace closedpaw::sandbox
