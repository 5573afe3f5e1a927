#define CAF_SUITE peer_identity

#include "actors/security/peer_identity.hpp"

#include <poll.h>

#include "tests/unit/http/server/raw_client.hpp"
#include "tests/unit_test.hpp"

namespace peer_identity_tests {

using namespace closedpaw;
using namespace closedpaw::security;
using closedpaw::test::raw_client;

/// A listening socket on loopback.
class listening {
 public:
  explicit listening(int family) {
    fd_ = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (family == AF_INET) {
      sockaddr_in v4{};
      v4.sin_family = AF_INET;
      v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      std::memcpy(&address, &v4, sizeof v4);
      size = sizeof v4;
    } else {
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_addr = in6addr_loopback;
      std::memcpy(&address, &v6, sizeof v6);
      size = sizeof v6;
    }
    usable = bind(fd_, where(), size) == 0 && listen(fd_, 8) == 0 &&
             getsockname(fd_, where(), &size) == 0;
  }
  listening(const listening&) = delete;
  listening& operator=(const listening&) = delete;
  ~listening() {
    for (const int fd : {fd_, accepted})
      if (fd >= 0)
        close(fd);
  }

  sockaddr* where() { return reinterpret_cast<sockaddr*>(&address); }
  std::uint16_t port() const {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return ntohs(v4.sin_port);
  }
  int accept_one() { return accepted = accept(fd_, nullptr, nullptr); }

  sockaddr_storage address{};
  socklen_t size = 0;
  bool usable = false;
  int accepted = -1;

 private:
  int fd_ = -1;
};

/// Waits until the other end's FIN or RST has arrived.
void await_end(int fd) {
  pollfd one{fd, POLLRDHUP, 0};
  poll(&one, 1, 20'000);
}

bool is_us(const result<peer>& found) {
  return found && found->uid == geteuid() && found->inode != 0;
}

CAF_TEST(who may use the daemon) {
  static_assert(peer_allowed(1000, 1000, false));
  static_assert(!peer_allowed(1001, 1000, false));
  static_assert(!peer_allowed(1001, 1000, true));
  static_assert(!peer_allowed(0, 1000, false));
  static_assert(peer_allowed(0, 1000, true));
  CAF_CHECK_EQUAL(to_principal({1000, 5}).kind, "local");
  CAF_CHECK_EQUAL(to_principal({1000, 5}).id, "uid:1000");
}

CAF_TEST(our own client over IPv4) {
  listening server{AF_INET};
  raw_client client{server.port()};
  CAF_CHECK(is_us(lookup_peer(server.accept_one())));
}

CAF_TEST(our own client over IPv6) {
  listening server{AF_INET6};
  if (!server.usable) {
    CAF_MESSAGE("skipped: this machine has no IPv6 loopback");
    CAF_CHECK(!server.usable);
    return;
  }
  raw_client client{socket(AF_INET6, SOCK_STREAM, 0), server.where(),
                    server.size};
  CAF_CHECK(is_us(lookup_peer(server.accept_one())));
}

CAF_TEST(a dual - stack client of an IPv4 listener) {
  listening server{AF_INET};
  sockaddr_in6 mapped{};
  mapped.sin6_family = AF_INET6;
  mapped.sin6_port = htons(server.port());
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr);
  raw_client client{socket(AF_INET6, SOCK_STREAM, 0),
                    reinterpret_cast<sockaddr*>(&mapped), sizeof mapped};
  if (!client.connected()) {
    CAF_MESSAGE("skipped: this machine has no IPv6");
    CAF_CHECK(!client.connected());
    return;
  }
  CAF_CHECK(is_us(lookup_peer(server.accept_one())));
}

CAF_TEST(a client that half - closed is still there) {
  listening server{AF_INET};
  raw_client client{server.port()};
  const int fd = server.accept_one();
  client.send("x");
  client.half_close();
  await_end(fd);
  CAF_CHECK(is_us(lookup_peer(fd)));
}

CAF_TEST(a client that sent and closed is unknown) {
  listening server{AF_INET};
  raw_client client{server.port()};
  const int fd = server.accept_one();
  client.send("x");
  client.close();
  await_end(fd);
  const auto found = lookup_peer(fd);
  CAF_REQUIRE(!found);
  CAF_CHECK(found.error().code == errc::forbidden);
}

CAF_TEST(a client that reset is unknown) {
  listening server{AF_INET};
  raw_client client{server.port()};
  const int fd = server.accept_one();
  client.send("x");
  client.reset();
  await_end(fd);
  CAF_CHECK(!lookup_peer(fd));
}

CAF_TEST(what is no connection is unknown) {
  listening server{AF_INET};
  const int loose = socket(AF_INET, SOCK_STREAM, 0);
  CAF_CHECK(!lookup_peer(loose));
  close(loose);
  CAF_CHECK(!lookup_peer(-1));
}

}  // namespace peer_identity_tests
