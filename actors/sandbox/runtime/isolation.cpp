#include "actors/sandbox/runtime/isolation.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>

#include "actors/sandbox/runtime/seccomp_filter.hpp"
#include "actors/sandbox/runtime/small_file.hpp"

namespace closedpaw::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr int trial_patience_ms = 10'000;
constexpr std::uint32_t own_processes = 64;
constexpr std::uint64_t own_memory = std::uint64_t{64} << 20;

/// The first line of what it says.
std::string version_of(const std::string& program) {
  const auto command = '\'' + program + "' --version 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> out{popen(command.c_str(), "re"),
                                                  pclose};
  char line[200] = {};
  if (!out || std::fgets(line, sizeof line, out.get()) == nullptr)
    return {};
  std::string text{line};
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

std::string all_of(int fd) {
  std::string out;
  char block[1024];
  for (ssize_t n = 0;
       out.size() < 2'000 && (n = read(fd, block, sizeof block)) > 0;)
    out.append(block, static_cast<std::size_t>(n));
  std::ranges::replace(out, '\n', ' ');
  return out;
}

/// Kills what is left of it. Its own process by its descriptor, since there may
/// be no group.
siginfo_t end_of(const launched& x) {
  syscall(SYS_pidfd_send_signal, x.pidfd.get(), SIGKILL, nullptr, 0);
  x.group.kill();
  siginfo_t info{};
  waitid(P_PIDFD, static_cast<id_t>(x.pidfd.get()), &info, WEXITED);
  return info;
}

std::string explain(const launched& x, const siginfo_t& info) {
  const auto said = all_of(x.errors.get());
  if (info.si_code == CLD_EXITED && info.si_status == 0)
    return {};
  return (said.empty() ? "it said nothing" : said) + " (" +
         (info.si_code == CLD_EXITED ? "exit code " : "signal ") +
         std::to_string(info.si_status) + ')';
}

/// Has it a process of another namespace that is named like that, or whatever
/// it is named? Once it runs its runtime moves it no more.
bool holds(const cgroup& group, const std::string& name) {
  std::error_code ignored;
  const auto ours = fs::read_symlink("/proc/self/ns/pid", ignored);
  return std::ranges::any_of(group.processes(), [&](pid_t p) {
    const auto about = "/proc/" + std::to_string(p);
    std::error_code gone;
    const auto its = fs::read_symlink(about + "/ns/pid", gone);
    return !gone && its != ours &&
           (name.empty() ||
            read_small_file(about + "/comm").value_or("") == name + '\n');
  });
}

struct trial_end {
  bool bounded = false;
  bool ended = false;
};

/// Until it has ended, which it is let only once `program` is seen in its
/// group; nothing to be seen where there are no groups.
trial_end watch_trial(launched& x, const std::optional<std::string>& program,
                      const std::stop_token& stop) {
  constexpr int slice_ms = 5;
  pollfd wait{x.pidfd.get(), POLLIN, 0};
  trial_end out;
  out.bounded = !program;
  for (int left = trial_patience_ms;
       !out.ended && left > 0 && !stop.stop_requested(); left -= slice_ms) {
    out.bounded = out.bounded || holds(x.group, *program);
    if (out.bounded || left < trial_patience_ms / 2)
      x.input = file_descriptor{};
    out.ended = poll(&wait, 1, slice_ms) == 1;
  }
  return out;
}

bool contains(const std::vector<std::string>& all, const std::string& x) {
  return std::ranges::find(all, x) != all.end();
}

}  // namespace

isolation::isolation(isolation_options options)
    : options_{std::move(options)},
      containers_{"closedpaw-" + options_.instance + '-'},
      as_root_{geteuid() == 0},
      groups_{find_cgroups(), options_.instance},
      filter_{failure{errc::internal, "no filter was made yet", {}, {}}},
      spawner_{std::make_unique<spawner>(
          groups_, options_.helpers + "/closedpaw-launcher", options_.warm)} {
  std::error_code ignored;
  orphans_ = groups_.remove_orphans();
  remove_container_groups(containers_);
  fs::remove_all(options_.directory, ignored);
}

void isolation::probe(const std::stop_token& stop) {
  make_filter();
  isolation_report next;
  next.accounting = groups_.version() == 0
                        ? "none"
                        : "cgroup v" + std::to_string(groups_.version());
  next.unenforced = groups_.unenforced();
  std::optional<candidate> chosen;
  for (const auto& name : options_.runtimes) {
    auto report = look_at(name);
    for (const auto& c : candidates_for(name, report)) {
      report.version = version_of(c.program);
      report.why_not = attempt(c, stop);
      report.works = report.why_not.empty();
      if (!report.works)
        continue;
      if (!chosen)
        chosen = c;
      break;
    }
    next.runtimes.push_back(std::move(report));
  }
  if (chosen)
    next.chosen = chosen->name;
  {
    const std::lock_guard guard{mutex_};
    report_ = std::move(next);
    chosen_ = std::move(chosen);
  }
  probing_ = false;
  spawner_->start_warming();
}

std::string isolation::find_program(const char* name) const {
  for (const auto& directory : options_.program_directories)
    if (auto path = directory + '/' + name; ::access(path.c_str(), X_OK) == 0)
      return path;
  return {};
}

void isolation::make_filter() {
  auto made = seccomp_filter();
  const std::lock_guard guard{mutex_};
  filter_ = std::move(made);
}

isolation_report isolation::report() const {
  const std::lock_guard guard{mutex_};
  return report_;
}

runtime_report isolation::look_at(const std::string& name) {
  runtime_report out;
  out.name = name;
  out.tried_at = options_.now();
  const auto kata =
      name == "kata" ? find_program("kata-runtime") : std::string{};
  if (!kata.empty()) {
    out.installed = true;
    out.version = version_of(kata);
    out.why_not =
        "it is started by containerd only, which this daemon does not "
        "speak to";
    return out;
  }
  out.why_not = "not installed, or not in sandbox.program_directories";
  return out;
}

std::vector<isolation::candidate> isolation::candidates_for(
    const std::string& name, runtime_report& report) const {
  std::vector<candidate> out;
  if (name == "gvisor")
    for (const char* platform : {"systrap", "ptrace"})
      out.push_back({name, find_program("runsc"), platform});
  else if (name == "oci")
    for (const char* program : {"runc", "crun"})
      out.push_back({name, find_program(program), {}});
  else if (name == "bubblewrap")
    out.push_back({name, find_program("bwrap"), {}});
  std::erase_if(out, [](const candidate& c) { return c.program.empty(); });
  if (out.empty())
    return out;
  report.installed = true;
  // Elsewhere its containers are put outside of the group that bounds them.
  if (name == "oci" && groups_.version() != 1)
    report.why_not =
        "its containers can be bounded with control groups of "
        "version 1 only";
  else if (name != "bubblewrap" && !as_root_)
    report.why_not = "it needs root here";
  else
    return out;
  report.version = version_of(out.front().program);
  out.clear();
  return out;
}

// Without anything of this machine but its programs.
std::string isolation::attempt(const candidate& with,
                               const std::stop_token& stop) {
  sandbox_spec spec;
  spec.id = "trial-" + with.name + with.platform;
  // Runs until its input ends.
  spec.command = {"/usr/bin/cat"};
  spec.system = true;
  auto request = request_for(with, spec);
  if (!request)
    return request.error().message;
  std::promise<result<launched>> promise;
  spawner_->launch(std::move(*request), [&promise](result<launched> x) {
    promise.set_value(std::move(x));
  });
  auto started = promise.get_future().get();
  if (!started)
    return started.error().message;
  std::optional<std::string> program;
  // gVisor's programs are none of this machine's: its kernel is there instead.
  if (groups_.version() != 0)
    program = with.name == "gvisor" ? "" : "cat";
  const auto seen = watch_trial(*started, program, stop);
  const auto info = end_of(*started);
  auto why = !seen.ended ? "it did not end within " +
                               std::to_string(trial_patience_ms) + " ms"
                         : explain(*started, info);
  if (why.empty() && !seen.bounded)
    why = "what it starts is not in the control group that bounds it";
  retire(started->group, spec.id);
  return why;
}

result<std::string> isolation::make_bundle(const sandbox_spec& spec) const {
  const auto bundle = options_.directory + '/' + spec.id;
  std::error_code error;
  const auto holds = oci_rootfs_of(spec);
  const fs::path rootfs = bundle + "/rootfs";
  auto dirs = holds.directories;
  dirs.emplace_back("");
  for (const auto& dir : dirs) {
    fs::create_directories(rootfs / dir, error);
    // Seen by another account, from within.
    fs::permissions(rootfs / dir, fs::perms{0755}, error);
  }
  for (const auto& [name, target] : holds.links)
    fs::create_symlink(target, rootfs / name, error);
  std::ofstream file{bundle + "/config.json"};
  file << dump(oci_config(spec));
  file.close();
  if (!file)
    return failure{
        errc::unavailable,
        "a sandbox cannot be started: " + bundle + " cannot be written",
        {},
        {}};
  return bundle;
}

result<launch_request> isolation::request_for(const candidate& with,
                                              const sandbox_spec& spec) const {
  launch_request out;
  out.limits = spec.limits;
  // What leads to it is a process of its own.
  if (spec.limits.network)
    ++out.limits.processes;
  if (with.name == "bubblewrap") {
    const std::lock_guard guard{mutex_};
    if (!filter_)
      return filter_.error();
    out.order = bubblewrap_order(with.program, spec, as_root_);
    out.third = *filter_;
  } else {
    auto container = spec;
    container.limits.processes = out.limits.processes;
    auto bundle = make_bundle(container);
    if (!bundle)
      return bundle.error();
    container.id = containers_ + spec.id;
    out.order = oci_order(with.program, with.platform, container, *bundle);
    // The runtime's own, which run in the same group.
    out.limits.processes += own_processes;
    if (with.name == "gvisor") {
      out.limits.memory_bytes += own_memory;
      // Its kernel has a thread or two for each of the sandbox's, and ends when
      // it gets none.
      out.limits.processes += out.limits.processes + own_processes;
    }
  }
  for (const auto& [limit, why] : groups_.unenforced())
    if (limit == "memory_bytes")
      out.order.bounds.push_back({RLIMIT_AS, spec.limits.memory_bytes});
  return out;
}

std::optional<failure> isolation::refusal(const sandbox_limits& limits) const {
  if (limits.network && !options_.network)
    return failure{errc::forbidden,
                   "an agent with a network may connect to nothing: "
                   "sandbox.network_allow is empty; add where it may go, such "
                   "as \"api.example.org:443\", to the configuration and "
                   "restart",
                   {},
                   {}};
  const std::lock_guard guard{mutex_};
  if (!chosen_) {
    std::string why;
    for (const auto& r : report_.runtimes)
      why += (why.empty() ? "" : "; ") + r.name + ": " + r.why_not;
    return failure{errc::unavailable,
                   "no isolation works here, so no agent starts (" +
                       (why.empty() ? "it was not tried yet" : why) +
                       "); see GET /api/agents/runtimes",
                   {},
                   {}};
  }
  for (const auto& [limit, why] : report_.unenforced) {
    if (contains(options_.may_be_unenforced, limit))
      continue;
    return failure{errc::unavailable,
                   "the limit " + limit + " cannot be enforced here: " + why +
                       "; sandbox.may_be_unenforced can name it",
                   {},
                   {}};
  }
  return std::nullopt;
}

void isolation::start(const sandbox_spec& spec, spawner::on_launched done) {
  if (auto no = refusal(spec.limits))
    return done(*no);
  std::optional<candidate> with;
  {
    const std::lock_guard guard{mutex_};
    with = chosen_;
  }
  auto request = request_for(*with, spec);
  if (!request)
    return done(request.error());
  spawner_->launch(std::move(*request), std::move(done));
}

void isolation::discard(launched x) {
  (void)end_of(x);
  spawner_->retire(x.group);
}

void isolation::retire(const cgroup& group, const std::string& id) {
  std::error_code error;
  const bool had_bundle =
      fs::remove_all(options_.directory + '/' + id, error) > 0;
  spawner_->retire(group, had_bundle ? containers_ + id : std::string{});
}

}  // namespace closedpaw::sandbox
