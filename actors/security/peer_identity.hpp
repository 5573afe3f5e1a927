#pragma once

#include <sys/types.h>

#include <cstdint>

#include "messages/model/action.hpp"
#include "messages/model/error.hpp"

namespace closedpaw::security {

/// The owner of the socket at the other end of a loopback connection.
struct peer {
  uid_t uid = 0;
  std::uint64_t inode = 0;

  bool operator==(const peer&) const = default;
};

/// Asks the kernel (sock_diag(7)) who owns the other end of `connected_fd`, by
/// the exact four-tuple, and makes sure afterwards that our end is still
/// connected, so that the tuple was not reused. IPv4 and IPv6. A peer that is
/// gone, or that cannot be told, is `forbidden`: the kernel reports a socket
/// that was sent from and closed as uid 0 without an inode. A peer that only
/// shut down its sending side is still there and told like any other.
/// Takes a few microseconds and does not wait. Any thread.
result<peer> lookup_peer(int connected_fd);

/// The same user, and root where the configuration says so.
constexpr bool peer_allowed(uid_t peer_uid, uid_t own_uid, bool allow_root) {
  return peer_uid == own_uid || (peer_uid == 0 && allow_root);
}

/// {"local", "uid:1000"}
principal to_principal(const peer& who);

}  // namespace closedpaw::security
