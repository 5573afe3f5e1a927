#include "actors/security/peer_identity.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

namespace closedpaw::security {

namespace {

/// An address as sock_diag shows it: network byte order.
struct endpoint {
  std::array<std::uint32_t, 4> address{};
  std::uint16_t port = 0;

  bool operator==(const endpoint&) const = default;
};

struct four_tuple {
  std::uint8_t family = 0;
  endpoint ours;
  endpoint theirs;
};

failure unknown(std::string why) {
  return {.code = errc::forbidden,
          .message = "the peer's identity is unknown: " + std::move(why)};
}

failure unknown_errno(const std::string& what) {
  return unknown(what + ": " + std::strerror(errno));
}

class netlink_socket {
 public:
  netlink_socket()
      : fd_{socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                   NETLINK_SOCK_DIAG)} {}
  netlink_socket(const netlink_socket&) = delete;
  netlink_socket& operator=(const netlink_socket&) = delete;
  ~netlink_socket() {
    if (fd_ >= 0)
      close(fd_);
  }
  int fd() const { return fd_; }
  /// Tells an answer from one that belongs to an earlier question.
  std::uint32_t next_question() {
    answered_ = false;
    return ++question_;
  }
  void was_answered() { answered_ = true; }
  bool answered() const { return answered_; }

 private:
  int fd_;
  std::uint32_t question_ = 0;
  bool answered_ = false;
};

endpoint to_endpoint(const sockaddr_storage& from) {
  endpoint out;
  if (from.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    out.address[0] = v4.sin_addr.s_addr;
    out.port = v4.sin_port;
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    std::memcpy(out.address.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    out.port = v6.sin6_port;
  }
  return out;
}

/// A client may reach our IPv4 listener with a dual-stack socket, which the
/// kernel then shows with mapped addresses (::ffff:127.0.0.1).
endpoint unmapped(std::uint8_t family, const __be32* address, __be16 port) {
  endpoint out;
  std::memcpy(out.address.data(), address, sizeof out.address);
  out.port = port;
  const auto& a = out.address;
  if (family == AF_INET6 && a[0] == 0 && a[1] == 0 && a[2] == htonl(0xffff))
    out.address = {a[3], 0, 0, 0};
  else if (family == AF_INET)
    out.address = {a[0], 0, 0, 0};
  return out;
}

result<four_tuple> tuple_of(int fd) {
  sockaddr_storage ours{};
  sockaddr_storage theirs{};
  socklen_t size = sizeof ours;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&ours), &size) != 0)
    return unknown_errno("no local address");
  size = sizeof theirs;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&theirs), &size) != 0)
    return unknown_errno("it is gone");
  if (ours.ss_family != AF_INET && ours.ss_family != AF_INET6)
    return unknown("not a TCP connection");
  return four_tuple{static_cast<std::uint8_t>(ours.ss_family),
                    to_endpoint(ours), to_endpoint(theirs)};
}

struct diag_request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

bool send_query(int fd, const four_tuple& tuple, std::uint32_t question) {
  diag_request query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST;
  query.header.nlmsg_seq = question;
  query.body.sdiag_family = tuple.family;
  query.body.sdiag_protocol = IPPROTO_TCP;
  query.body.idiag_states = ~0U;
  auto& id = query.body.id;
  std::memcpy(id.idiag_src, tuple.theirs.address.data(), sizeof id.idiag_src);
  std::memcpy(id.idiag_dst, tuple.ours.address.data(), sizeof id.idiag_dst);
  id.idiag_sport = tuple.theirs.port;
  id.idiag_dport = tuple.ours.port;
  id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  return sendto(fd, &query, sizeof query, 0,
                reinterpret_cast<const sockaddr*>(&kernel),
                sizeof kernel) == static_cast<ssize_t>(sizeof query);
}

/// Only a connected end counts: SYN_SENT, for one, is somebody who reuses the
/// tuple of a peer that is gone.
bool is_connected_state(std::uint8_t state) {
  return state == TCP_ESTABLISHED || state == TCP_FIN_WAIT1 ||
         state == TCP_FIN_WAIT2 || state == TCP_CLOSE_WAIT;
}

result<peer> judge(const inet_diag_msg& entry, const four_tuple& tuple) {
  const auto theirs =
      unmapped(entry.idiag_family, entry.id.idiag_src, entry.id.idiag_sport);
  const auto ours =
      unmapped(entry.idiag_family, entry.id.idiag_dst, entry.id.idiag_dport);
  if (theirs != tuple.theirs || ours != tuple.ours)
    return unknown("no socket has this connection");
  if (entry.idiag_inode == 0)
    return unknown("its socket is closed already");
  if (!is_connected_state(entry.idiag_state))
    return unknown("its socket is not connected");
  return peer{entry.idiag_uid, entry.idiag_inode};
}

result<peer> ask_kernel(netlink_socket& link, const four_tuple& tuple) {
  const auto question = link.next_question();
  if (!send_query(link.fd(), tuple, question))
    return unknown_errno("cannot ask sock_diag");
  alignas(nlmsghdr) std::array<char, 2048> buffer{};
  sockaddr_nl from{};
  socklen_t from_size = sizeof from;
  const auto size = recvfrom(link.fd(), buffer.data(), buffer.size(), 0,
                             reinterpret_cast<sockaddr*>(&from), &from_size);
  if (size >= 0 && from.nl_pid != 0)
    return unknown("somebody else answered in the kernel's place");
  if (size < 0)
    return unknown_errno("sock_diag does not answer");
  nlmsghdr header{};
  if (static_cast<std::size_t>(size) < sizeof header)
    return unknown("sock_diag answered something short");
  std::memcpy(&header, buffer.data(), sizeof header);
  if (header.nlmsg_seq != question)
    return unknown("sock_diag answered another question");
  link.was_answered();
  inet_diag_msg entry{};
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
      static_cast<std::size_t>(size) < NLMSG_HDRLEN + sizeof entry)
    return unknown("no socket has this connection");
  std::memcpy(&entry, buffer.data() + NLMSG_HDRLEN, sizeof entry);
  return judge(entry, tuple);
}

/// By one socket, which is kept: out of file descriptors, peers are still
/// known.
result<peer> ask_kernel(const four_tuple& tuple) {
  static std::mutex mutex;
  static std::unique_ptr<netlink_socket> link;
  const std::lock_guard guard{mutex};
  if (!link)
    link = std::make_unique<netlink_socket>();
  auto found = link->fd() < 0 ? unknown_errno("cannot open sock_diag")
                              : ask_kernel(*link, tuple);
  // An answer may be left in it.
  if (!link->answered())
    link.reset();
  return found;
}

/// While our end is connected nobody else can have its four-tuple.
bool still_connected(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
    return false;
  tcp_info info{};
  size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return false;
  return info.tcpi_state == TCP_ESTABLISHED ||
         info.tcpi_state == TCP_CLOSE_WAIT;
}

}  // namespace

result<peer> lookup_peer(int connected_fd) {
  const auto tuple = tuple_of(connected_fd);
  if (!tuple)
    return tuple.error();
  auto found = ask_kernel(*tuple);
  if (found && !still_connected(connected_fd))
    return unknown("it left while it was looked up");
  return found;
}

principal to_principal(const peer& who) {
  return {.kind = "local", .id = "uid:" + std::to_string(who.uid)};
}

}  // namespace closedpaw::security
