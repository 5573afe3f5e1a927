#define CAF_SUITE server_peers

#include <sys/wait.h>

#include <atomic>

#include "tests/unit/http/server/running_server.hpp"
#include "tests/unit_test.hpp"

namespace server_peers_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using http::refused_by;

constexpr uid_t nobody = 65534;

/// A server that counts what it serves.
struct counting {
  std::atomic<int> served{0};
  running_server server;

  explicit counting(http::server_options options = {})
      : server{[this](http::request&& r, http::reply_slot& slot) {
                 ++served;
                 return echo(std::move(r), slot);
               },
               std::move(options)} {}
};

http::server_options with_peer(uid_t own, uid_t theirs) {
  http::server_options out;
  out.own_uid = own;
  out.peer_lookup = [theirs](int) -> result<security::peer> {
    return security::peer{theirs, 1};
  };
  return out;
}

/// Runs `act` as nobody in a child process, with a connected client that has
/// sent a request. Nothing but system calls happens between fork and _exit.
template <class Act>
void as_nobody(const running_server& server, Act act) {
  const auto text = "POST /approve HTTP/1.1\r\n" + server.host() + "\r\n";
  const pid_t child = fork();
  if (child == 0) {
    if (setgid(nobody) != 0 || setuid(nobody) != 0)
      _exit(1);
    raw_client client{server.port()};
    client.send(text);
    act(client);
    _exit(0);
  }
  int status = 1;
  waitpid(child, &status, 0);
  CAF_CHECK_EQUAL(status, 0);
}

/// Our own request comes after the child's in the accept queue: once it is
/// answered, the child's connection was judged.
void check_never_served(counting& c) {
  raw_client ours{c.server.port()};
  CAF_CHECK_EQUAL(ours.get("/").status, 200);
  CAF_CHECK_EQUAL(ours.get("/").status, 200);
  CAF_CHECK_EQUAL(c.served.load(), 2);
  // As another user's, or as one that had left before it could be told.
  CAF_CHECK_EQUAL(c.server.refused(refused_by::peer) +
                      c.server.refused(refused_by::unknown_peer),
                  1u);
}

bool can_change_user() {
  if (geteuid() == 0)
    return true;
  CAF_MESSAGE("skipped: only root can become another user");
  CAF_CHECK(geteuid() != 0);
  return false;
}

CAF_TEST(another user is told so and let go) {
  counting c{with_peer(1000, 1001)};
  raw_client client{c.server.port()};
  const auto answer = client.read();
  CAF_CHECK_EQUAL(answer.status, 403);
  CAF_CHECK_EQUAL(answer.header("connection"), "close");
  CAF_CHECK(answer.has("user 1001"));
  CAF_CHECK(client.at_end());
  CAF_CHECK_EQUAL(c.server.refused(refused_by::peer), 1u);
  CAF_CHECK_EQUAL(c.server->counters().connections, 0u);
}

CAF_TEST(root is another user unless the configuration says so) {
  counting strict{with_peer(1000, 0)};
  CAF_CHECK_EQUAL(raw_client{strict.server.port()}.read().status, 403);
  auto options = with_peer(1000, 0);
  options.allow_root_peer = true;
  counting open{std::move(options)};
  CAF_CHECK_EQUAL(raw_client{open.server.port()}.get("/").status, 200);
}

CAF_TEST(a peer that cannot be told is refused with the reason) {
  http::server_options options;
  options.peer_lookup = [](int) -> result<security::peer> {
    return failure{.code = errc::forbidden, .message = "no idea"};
  };
  counting c{std::move(options)};
  const auto answer = raw_client{c.server.port()}.read();
  CAF_CHECK_EQUAL(answer.status, 403);
  CAF_CHECK(answer.has("no idea"));
  CAF_CHECK_EQUAL(c.served.load(), 0);
}

CAF_TEST(the same user is served) {
  counting c;
  raw_client client{c.server.port()};
  CAF_CHECK_EQUAL(client.get("/").status, 200);
  CAF_CHECK_EQUAL(c.served.load(), 1);
}

CAF_TEST(nobody who waits is refused) {
  if (!can_change_user())
    return;
  counting c;
  as_nobody(c.server, [](raw_client& client) {
    if (client.read().status != 403)
      _exit(2);
  });
  check_never_served(c);
}

CAF_TEST(nobody who sends and closes is refused) {
  if (!can_change_user())
    return;
  counting c;
  as_nobody(c.server, [](raw_client& client) { client.close(); });
  check_never_served(c);
}

CAF_TEST(nobody who sends and resets is refused) {
  if (!can_change_user())
    return;
  counting c;
  as_nobody(c.server, [](raw_client& client) { client.reset(); });
  check_never_served(c);
}

CAF_TEST(nobody who half - closes is refused) {
  if (!can_change_user())
    return;
  counting c;
  as_nobody(c.server, [](raw_client& client) {
    client.half_close();
    if (client.read().status != 403)
      _exit(2);
  });
  check_never_served(c);
}

CAF_TEST(what nobody sent before it was accepted is not served either) {
  if (!can_change_user())
    return;
  // The io_context runs only after the child is gone: the kernel then knows its
  // connection as uid 0 without an inode.
  for (const bool reset : {false, true}) {
    boost::asio::io_context io{1};
    int served = 0;
    const auto server =
        http::server::open(io, {}, [&](http::request&& r, http::reply_slot& s) {
          ++served;
          return echo(std::move(r), s);
        });
    CAF_REQUIRE(server.has_value());
    const auto port = (*server)->port();
    const pid_t child = fork();
    if (child == 0) {
      if (setgid(nobody) != 0 || setuid(nobody) != 0)
        _exit(1);
      raw_client client{port};
      client.send("GET / HTTP/1.0\r\n\r\n");
      reset ? client.reset() : client.close();
      _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    CAF_CHECK_EQUAL(status, 0);
    while ((*server)->counters().accepted_total == 0)
      io.run_one();
    io.poll();
    CAF_CHECK_EQUAL(served, 0);
    CAF_CHECK_EQUAL((*server)
                        ->counters()
                        .refused_total[std::size_t(refused_by::unknown_peer)],
                    1u);
  }
}

}  // namespace server_peers_tests
