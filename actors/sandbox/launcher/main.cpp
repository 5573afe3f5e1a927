#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "actors/sandbox/runtime/launch_order.hpp"

// Waits in a control group for what it is to become. A program of its own: to
// move a process between groups of version 1 takes some 15 ms, which are spent
// before anybody waits for them.

namespace {

using namespace closedpaw::sandbox;

constexpr int cannot = 127;
constexpr std::size_t most_descriptors = 8;

[[noreturn]] void give_up(const char* what, const char* which = "") {
  std::fprintf(stderr, "closedpaw-launcher: %s%s: %s\n", what, which,
               std::strerror(errno));
  _exit(cannot);
}

struct received {
  launch_order order;
  int descriptors[most_descriptors];
  std::size_t count = 0;
};

received wait_for_order(int socket) {
  static char bytes[longest_order];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * most_descriptors)];
  iovec part{bytes, sizeof bytes};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size = 0;
  do
    size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  // Nobody needs it any more.
  if (size <= 0)
    _exit(0);
  received out;
  const auto* head = CMSG_FIRSTHDR(&message);
  if (head != nullptr && head->cmsg_type == SCM_RIGHTS) {
    out.count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::memcpy(out.descriptors, CMSG_DATA(head), out.count * sizeof(int));
  }
  auto order = decode_order({bytes, static_cast<std::size_t>(size)});
  if (!order || out.count < 3) {
    errno = EINVAL;
    give_up("malformed order");
  }
  out.order = std::move(*order);
  return out;
}

/// Out of the way of those that are given, then each to its place.
void place(received& r) {
  constexpr int high = 64;
  for (std::size_t i = 0; i < r.count; ++i)
    r.descriptors[i] = fcntl(r.descriptors[i], F_DUPFD_CLOEXEC, high);
  for (std::size_t i = 0; i < r.count; ++i)
    if (r.descriptors[i] < 0 || dup2(r.descriptors[i], static_cast<int>(i)) < 0)
      _exit(cannot);
  if (close_range(static_cast<unsigned>(r.count), ~0U, 0) != 0)
    give_up("close_range");
}

/// Root shows others what lies below directories that only root may enter, in
/// a mount namespace of its own.
void make_room() {
  if (geteuid() != 0)
    return;
  if (unshare(CLONE_NEWNS) != 0 ||
      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0)
    give_up("mount namespace");
}

void make_directories(const std::string& path) {
  for (auto at = path.find('/', 1); at != std::string::npos;
       at = path.find('/', at + 1))
    mkdir(path.substr(0, at).c_str(), 0755);
  mkdir(path.c_str(), 0755);
}

void show(const launch_order& order) {
  for (const auto& s : order.stages) {
    make_directories(s.target);
    if (mount(s.source.c_str(), s.target.c_str(), nullptr, MS_BIND | MS_REC,
              nullptr) != 0)
      give_up("cannot show ", s.source.c_str());
  }
}

void bound(const launch_order& order) {
  for (const auto& b : order.bounds) {
    const rlimit limit{b.value, b.value};
    if (setrlimit(static_cast<__rlimit_resource>(b.resource), &limit) != 0)
      give_up("setrlimit");
  }
}

void become(const launch_order& order, pid_t parent) {
  if (order.become)
    if (setgroups(0, nullptr) != 0 ||
        setresgid(order.become->group, order.become->group,
                  order.become->group) != 0 ||
        setresuid(order.become->user, order.become->user, order.become->user) !=
            0)
      give_up("cannot become another account");
  // Not before: it does not outlive a change of account.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
    _exit(cannot);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& x : texts)
    out.push_back(x.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("closedpaw-launcher is started by the daemon\n", stderr);
    return 2;
  }
  const auto parent = static_cast<pid_t>(std::atoi(argv[1]));
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The daemon does without large pages; that is inherited, and its own affair.
  prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
  // The daemon keeps what it makes to itself; this is to be seen.
  umask(022);
  make_room();
  auto given = wait_for_order(order_socket);
  place(given);
  auto& order = given.order;
  show(order);
  bound(order);
  become(order, parent);
  auto command = pointers(order.command);
  auto environment = pointers(order.environment);
  execve(command.front(), command.data(), environment.data());
  give_up("cannot execute ", command.front());
}
