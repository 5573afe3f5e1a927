#include "actors/sandbox/runtime/spawner.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace closedpaw::sandbox {

namespace {

using namespace std::chrono_literals;

failure cannot_start(const std::string& what, int error) {
  return {errc::unavailable,
          "a sandbox cannot be started: " + what + ": " + std::strerror(error),
          {},
          {}};
}

struct pipe_ends {
  file_descriptor ours;
  file_descriptor theirs;
};

/// Ours does not block.
std::optional<pipe_ends> make_pipe(bool we_write) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return std::nullopt;
  file_descriptor read_end{ends[0]};
  file_descriptor write_end{ends[1]};
  fcntl(we_write ? ends[1] : ends[0], F_SETFL, O_NONBLOCK);
  if (we_write)
    return pipe_ends{std::move(write_end), std::move(read_end)};
  return pipe_ends{std::move(read_end), std::move(write_end)};
}

/// Only what the launcher is to have; signals as they are by default.
class spawn_rules {
 public:
  explicit spawn_rules(int socket) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, socket, order_socket);
    posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF |
                                               POSIX_SPAWN_SETSIGMASK |
                                               POSIX_SPAWN_SETPGROUP);
  }
  ~spawn_rules() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  spawn_rules(const spawn_rules&) = delete;
  spawn_rules& operator=(const spawn_rules&) = delete;

  int spawn(pid_t& pid, std::string program) const {
    auto parent = std::to_string(getpid());
    char* arguments[] = {program.data(), parent.data(), nullptr};
    char* environment[] = {nullptr};
    return posix_spawn(&pid, program.c_str(), &files_, &attributes_, arguments,
                       environment);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

file_descriptor memory_file(const std::string& content) {
  file_descriptor out{memfd_create("closedpaw", MFD_CLOEXEC)};
  if (out && write(out.get(), content.data(), content.size()) ==
                 static_cast<ssize_t>(content.size()))
    lseek(out.get(), 0, SEEK_SET);
  return out;
}

bool send_with(int socket, const std::string& bytes,
               const std::vector<int>& descriptors) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 8)] = {};
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
  auto* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
  std::memcpy(CMSG_DATA(head), descriptors.data(),
              sizeof(int) * descriptors.size());
  return sendmsg(socket, &message, MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

}  // namespace

spawner::spawner(const cgroup_tree& groups, std::string launcher,
                 std::size_t warm)
    : groups_{groups},
      launcher_{std::move(launcher)},
      warm_{warm},
      thread_{[this] { run(); }} {}

spawner::~spawner() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void spawner::start_warming() {
  {
    const std::lock_guard guard{mutex_};
    warming_ = true;
  }
  wake_.notify_one();
}

void spawner::put(task what) {
  {
    const std::lock_guard guard{mutex_};
    tasks_.push_back(std::move(what));
  }
  wake_.notify_one();
}

void spawner::launch(launch_request what, on_launched done) {
  put([this, what = std::move(what), done = std::move(done)] {
    done(launch_now(what));
  });
}

void spawner::retire(cgroup group, std::string container) {
  put([this, group = std::move(group),
       container = std::move(container)]() mutable {
    leaving_.push_back({std::move(group), std::move(container), 0});
    remove_leaving();
  });
}

void spawner::run() {
  std::unique_lock held{mutex_};
  for (;;) {
    if (!tasks_.empty()) {
      auto next = std::move(tasks_.front());
      tasks_.pop_front();
      held.unlock();
      next();
      next = nullptr;
      held.lock();
      continue;
    }
    if (stopping_)
      break;
    const bool warm = warming_ && ready_.size() < warm_ &&
                      std::chrono::steady_clock::now() >= no_warming_before_;
    if (warm || !leaving_.empty()) {
      held.unlock();
      remove_leaving();
      if (warm) {
        if (auto more = make())
          ready_.push_back(std::move(*more));
        else
          no_warming_before_ = std::chrono::steady_clock::now() + 1s;
      }
      held.lock();
    }
    if (!tasks_.empty() || stopping_)
      continue;
    if (!leaving_.empty())
      wake_.wait_for(held, 10ms);
    else if (warming_ && ready_.size() < warm_)
      wake_.wait_for(held, 100ms);
    else
      wake_.wait(held);
  }
  held.unlock();
  for (auto& unused : ready_)
    end(unused);
  for (int i = 0; i < 100 && !leaving_.empty(); ++i) {
    remove_leaving();
    if (!leaving_.empty())
      std::this_thread::sleep_for(5ms);
  }
}

result<spawner::waiting> spawner::make() {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
    return cannot_start("a socket", errno);
  waiting out;
  out.socket = file_descriptor{sockets[0]};
  const file_descriptor theirs{sockets[1]};
  auto group = groups_.create(std::to_string(++made_));
  if (!group)
    return group.error();
  out.process.group = *group;
  if (const int error =
          spawn_rules{theirs.get()}.spawn(out.process.pid, launcher_);
      error != 0) {
    (void)group->remove();
    return cannot_start(launcher_, error);
  }
  out.process.pidfd = file_descriptor{
      static_cast<int>(syscall(SYS_pidfd_open, out.process.pid, 0))};
  if (auto done = group->add(out.process.pid); !done || !out.process.pidfd) {
    const auto why = done ? cannot_start("pidfd_open", errno) : done.error();
    end(out);
    return why;
  }
  return out;
}

result<launched> spawner::launch_now(const launch_request& what) {
  // One that waited may have been killed meanwhile.
  for (;;) {
    const bool fresh = ready_.empty();
    if (fresh) {
      auto made = make();
      if (!made)
        return made.error();
      ready_.push_back(std::move(*made));
    }
    auto next = std::move(ready_.front());
    ready_.pop_front();
    launched out;
    auto limited = next.process.group.limit(what.limits);
    if (limited && send(next, what, out)) {
      out.pid = next.process.pid;
      out.pidfd = std::move(next.process.pidfd);
      out.group = std::move(next.process.group);
      return out;
    }
    end(next);
    if (!limited)
      return limited.error();
    if (fresh)
      return cannot_start("its launcher does not answer", EPIPE);
  }
}

bool spawner::send(const waiting& to, const launch_request& what,
                   launched& into) {
  auto input = make_pipe(true);
  auto output = make_pipe(false);
  auto errors = make_pipe(false);
  if (!input || !output || !errors)
    return false;
  std::vector<int> descriptors{input->theirs.get(), output->theirs.get(),
                               errors->theirs.get()};
  file_descriptor third;
  if (!what.third.empty()) {
    third = memory_file(what.third);
    if (!third)
      return false;
    descriptors.push_back(third.get());
  }
  into.input = std::move(input->ours);
  into.output = std::move(output->ours);
  into.errors = std::move(errors->ours);
  return send_with(to.socket.get(), encode(what.order), descriptors);
}

void spawner::end(waiting& unused) {
  kill(unused.process.pid, SIGKILL);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(unused.process.pid), &info, WEXITED);
  (void)unused.process.group.remove();
}

// What was killed takes a moment to go; what does not is found at the next
// start.
void spawner::remove_leaving() {
  constexpr int most_tries = 500;
  std::erase_if(leaving_, [](leaving& x) {
    const bool gone = x.group.remove();
    if (gone && !x.container.empty())
      remove_container_groups(x.container);
    if (gone || ++x.tries > most_tries)
      return true;
    x.group.kill();
    return false;
  });
}

}  // namespace closedpaw::sandbox
