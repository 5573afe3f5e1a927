#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace closedpaw::sandbox {

/// What a waiting launcher is to become: one datagram, with the descriptors for
/// standard input, output and error and then those that the program gets as 3,
/// 4 … Shared by the daemon and the launcher, so nothing but the standard
/// library.
struct launch_order {
  /// The program first, as an absolute path.
  std::vector<std::string> command;
  /// NAME=VALUE
  std::vector<std::string> environment;

  /// Where only root can look, shown at a path that anybody can.
  struct stage {
    std::string source;
    std::string target;
  };
  std::vector<stage> stages;

  /// Another account, if we are root.
  struct account {
    uid_t user = 0;
    gid_t group = 0;
  };
  std::optional<account> become;

  /// setrlimit(2), soft and hard.
  struct bound {
    int resource = 0;
    std::uint64_t value = 0;
  };
  std::vector<bound> bounds;
};

/// Where the launcher finds its socket.
inline constexpr int order_socket = 3;
inline constexpr std::size_t longest_order = 65'536;

std::string encode(const launch_order& x);
/// Nothing when it is malformed.
std::optional<launch_order> decode_order(std::string_view bytes);

}  // namespace closedpaw::sandbox
