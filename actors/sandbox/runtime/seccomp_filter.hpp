#pragma once

#include <string>

#include "messages/model/error.hpp"

namespace closedpaw::sandbox {

/// The system calls that no skill needs and that reach deep into the kernel are
/// refused (EPERM; ENOSYS for clone3, whose flags cannot be looked at, so that
/// libraries fall back to clone): mounting, namespaces, tracing, modules, keys,
/// BPF, io_uring, raw and exotic sockets. Other architectures' calls end the
/// process. As a program for SECCOMP_SET_MODE_FILTER (seccomp(2)).
result<std::string> seccomp_filter();

}  // namespace closedpaw::sandbox
