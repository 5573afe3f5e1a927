#include "actors/sandbox/runtime/seccomp_filter.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "actors/sandbox/runtime/refused_calls.hpp"
#include "messages/model/file_descriptor.hpp"

namespace closedpaw::sandbox {

namespace {

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

int add_rule(scmp_filter_ctx filter, const refused_argument& x) {
  using enum refused_argument::comparison;
  const auto action = SCMP_ACT_ERRNO(static_cast<unsigned>(x.error));
  const int call = seccomp_syscall_resolve_name(x.call);
  switch (x.is) {
    case masked_equal:
      return seccomp_rule_add(
          filter, action, call, 1,
          SCMP_CMP64(x.argument, SCMP_CMP_MASKED_EQ, x.mask, x.value));
    case greater:
      return seccomp_rule_add(filter, action, call, 1,
                              SCMP_CMP64(x.argument, SCMP_CMP_GT, x.value));
    case any:
      break;
  }
  return seccomp_rule_add(filter, action, call, 0);
}

bool refuse_arguments(scmp_filter_ctx filter) {
  return std::ranges::all_of(refused_arguments(), [&](const auto& x) {
    return add_rule(filter, x) == 0;
  });
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
