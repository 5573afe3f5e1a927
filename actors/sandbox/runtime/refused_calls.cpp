#include "actors/sandbox/runtime/refused_calls.hpp"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace closedpaw::sandbox {

std::vector<refused_argument> refused_arguments() {
  using enum refused_argument::comparison;
  constexpr std::uint64_t word = 0xffff'ffff;
  std::vector<refused_argument> out;
  for (const std::uint64_t flag :
       {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
        CLONE_NEWPID, CLONE_NEWNET})
    out.push_back({"clone", EPERM, masked_equal, 0, flag, flag});
  for (const std::uint64_t request : {TIOCSTI, TIOCLINUX})
    out.push_back({"ioctl", EPERM, masked_equal, 1, request, word});
  for (unsigned family = 0; family <= AF_INET6; ++family)
    if (family != AF_UNIX && family != AF_INET && family != AF_INET6)
      out.push_back({"socket", EAFNOSUPPORT, masked_equal, 0, family, word});
  out.push_back({"socket", EAFNOSUPPORT, greater, 0, AF_INET6});
  out.push_back({"clone3", ENOSYS});
  return out;
}

}  // namespace closedpaw::sandbox
