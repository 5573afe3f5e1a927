#include "actors/sandbox/init/command_runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace closedpaw::sandbox {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Between two looks at a process that cannot be waited for by poll(2).
constexpr int look_ms = 10;

struct child {
  pid_t pid = -1;
  /// -1 where the kernel has none (gVisor).
  int pidfd = -1;
  std::array<int, 2> streams{-1, -1};
};

[[noreturn]] void become(const std::vector<std::string>& command, int output,
                         int errors) {
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(output, 1);
  dup2(errors, 2);
  // Also where there is no close_range(2), as in gVisor.
  closefrom(3);
  std::vector<char*> arguments;
  for (const auto& x : command)
    arguments.push_back(const_cast<char*>(x.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  dprintf(2, "%s: %s\n", arguments.front(), std::strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

child start(const std::vector<std::string>& command) {
  int output[2] = {-1, -1};
  int errors[2] = {-1, -1};
  child out;
  if (pipe2(output, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0)
    return out;
  out.pid = fork();
  if (out.pid == 0)
    become(command, output[1], errors[1]);
  close(output[1]);
  close(errors[1]);
  out.streams = {output[0], errors[0]};
  if (out.pid > 0)
    out.pidfd = static_cast<int>(syscall(SYS_pidfd_open, out.pid, 0));
  return out;
}

/// False at its end.
bool take(int from, std::string& to, std::uint64_t most, bool& truncated) {
  char block[16'384];
  const auto n = read(from, block, sizeof block);
  if (n <= 0)
    return n < 0 && errno == EINTR;
  const auto room = most - std::min<std::uint64_t>(most, to.size());
  const auto fits =
      std::min<std::uint64_t>(room, static_cast<std::uint64_t>(n));
  to.append(block, fits);
  truncated = truncated || fits < static_cast<std::uint64_t>(n);
  return true;
}

/// When it ends, and what ends it.
class patience {
 public:
  patience(pid_t group, clock::time_point until)
      : group_{group}, until_{until} {}

  int left_ms() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until_ - clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count() + 1));
  }
  bool is_over() const { return over_; }
  void look() {
    if (clock::now() < until_)
      return;
    kill(-group_, over_ ? SIGKILL : SIGTERM);
    over_ = true;
    until_ = clock::now() + 500ms;
  }

 private:
  pid_t group_;
  clock::time_point until_;
  bool over_ = false;
};

/// Whether it has ended.
bool note_end(pid_t pid, command_outcome& out) {
  int status = 0;
  if (waitpid(pid, &status, WNOHANG) != pid)
    return false;
  if (WIFSIGNALED(status))
    out.signal = WTERMSIG(status);
  else
    out.exit_code = WEXITSTATUS(status);
  return true;
}

}  // namespace

command_outcome run_command(const command_request& what) {
  command_outcome out;
  const auto run = start(what.command);
  if (run.pid < 0) {
    out.exit_code = 126;
    out.errors =
        std::string{"cannot start a process: "} + std::strerror(errno) + '\n';
    for (const int fd : run.streams)
      close(fd);
    return out;
  }
  patience time{run.pid, clock::now() + what.timeout};
  std::array<pollfd, 3> waits{{{run.streams[0], POLLIN, 0},
                               {run.streams[1], POLLIN, 0},
                               {run.pidfd, POLLIN, 0}}};
  std::array<std::string*, 2> to{&out.output, &out.errors};
  bool ended = false;
  // What it left running may hold its streams open, and write, for ever: after
  // its end only what is there already is read.
  for (int more = 64; more > 0; more -= ended ? 1 : 0) {
    const int longest =
        run.pidfd < 0 ? std::min(look_ms, time.left_ms()) : time.left_ms();
    const int ready = poll(waits.data(), waits.size(), ended ? 0 : longest);
    if (ended && ready <= 0)
      break;
    for (std::size_t i = 0; i < 2; ++i)
      if (waits[i].revents != 0 &&
          !take(waits[i].fd, *to[i], what.output_bytes, out.truncated))
        waits[i].fd = -1;
    if (!ended && (waits[2].revents != 0 || run.pidfd < 0))
      ended = note_end(run.pid, out);
    if (ended)
      waits[2].fd = -1;
    else
      time.look();
  }
  out.timed_out = time.is_over();
  for (const int fd : {run.streams[0], run.streams[1], run.pidfd})
    close(fd);
  return out;
}

}  // namespace closedpaw::sandbox
