#include "actors/sandbox/runtime/seccomp_filter.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "actors/sandbox/runtime/refused_calls.hpp"
#include "messages/model/file_descriptor.hpp"

namespace closedpaw::sandbox {

namespace {

constexpr std::uint64_t namespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

struct release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

bool refuse_calls(scmp_filter_ctx filter) {
  for (const char* name : refused_calls) {
    const int call = seccomp_syscall_resolve_name(name);
    // Of another architecture.
    if (call < 0)
      continue;
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) != 0)
      return false;
  }
  return true;
}

// clone with a namespace, terminals' input, and socket families other than
// local and internet ones.
bool refuse_arguments(scmp_filter_ctx filter) {
  for (std::uint64_t flag = 1; flag <= namespaces; flag <<= 1)
    if ((namespaces & flag) != 0 &&
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                         SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)) != 0)
      return false;
  for (const unsigned request : {TIOCSTI, TIOCLINUX})
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                         SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffU, request)) !=
        0)
      return false;
  const int above = AF_INET6 + 1;
  for (int family = 0; family < above; ++family)
    if (family != AF_UNIX && family != AF_INET && family != AF_INET6 &&
        seccomp_rule_add(
            filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
            SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family))) != 0)
      return false;
  return seccomp_rule_add(
             filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
             SCMP_A0(SCMP_CMP_GE, static_cast<scmp_datum_t>(above))) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3),
                          0) == 0;
}

std::string bytes_of(int fd) {
  std::string out;
  char block[4096];
  lseek(fd, 0, SEEK_SET);
  for (ssize_t n = 0; (n = read(fd, block, sizeof block)) > 0;)
    out.append(block, static_cast<std::size_t>(n));
  return out;
}

}  // namespace

result<std::string> seccomp_filter() {
  const std::unique_ptr<void, release> filter{seccomp_init(SCMP_ACT_ALLOW)};
  const file_descriptor file{memfd_create("seccomp", MFD_CLOEXEC)};
  const bool built = filter && file &&
                     seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH,
                                      SCMP_ACT_KILL_PROCESS) == 0 &&
                     refuse_calls(filter.get()) &&
                     refuse_arguments(filter.get()) &&
                     seccomp_export_bpf(filter.get(), file.get()) == 0;
  if (!built)
    return failure{errc::internal,
                   "the filter of system calls could not be made; sandboxes do "
                   "not start without it",
                   {},
                   {}};
  return bytes_of(file.get());
}

}  // namespace closedpaw::sandbox
