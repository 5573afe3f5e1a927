#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace closedpaw::sandbox {

/// System calls that no sandbox may make; Docker's default profile refuses them
/// too. Those of other architectures and times are ignored where unknown.
inline constexpr std::array refused_calls{
    "acct",
    "add_key",
    "adjtimex",
    "bpf",
    "chroot",
    "clock_adjtime",
    "clock_settime",
    "create_module",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "get_mempolicy",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mbind",
    "migrate_pages",
    "mount",
    "mount_setattr",
    "move_mount",
    "move_pages",
    "name_to_handle_at",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "personality",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "set_mempolicy",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "swapoff",
    "swapon",
    "sysfs",
    "syslog",
    "umount2",
    "unshare",
    "uselib",
    "userfaultfd",
    "ustat",
    "vhangup",
};

/// A call that is refused where its argument is like that.
struct refused_argument {
  enum class comparison : std::uint8_t { any, masked_equal, greater };

  const char* call;
  int error;
  comparison is = comparison::any;
  unsigned argument = 0;
  std::uint64_t value = 0;
  /// Of masked_equal. Where the kernel takes 32 bits, the others say nothing.
  std::uint64_t mask = 0;
};

/// New namespaces, input to terminals, and socket families other than local
/// and internet ones. clone3 has its flags in memory, where no filter sees
/// them, so it does not exist: who calls it then calls clone.
std::vector<refused_argument> refused_arguments();

}  // namespace closedpaw::sandbox
