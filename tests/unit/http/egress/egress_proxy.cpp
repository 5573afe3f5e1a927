#define CAF_SUITE egress_proxy

#include "http/egress/egress_proxy.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <mutex>
#include <thread>

#include "tests/temporary_directory.hpp"
#include "tests/unit/http/client/fake_server.hpp"
#include "tests/unit_test.hpp"

namespace egress_proxy_tests {

using namespace closedpaw;
using namespace closedpaw::http;
using test::fake_server;
using test::peer;

using std::chrono::milliseconds;

/// The sandbox's end of one connection; blocking.
class inside {
 public:
  explicit inside(const std::string& path)
      : fd_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address),
                           sizeof address) == 0;
  }
  inside(const inside&) = delete;
  inside& operator=(const inside&) = delete;
  ~inside() { ::close(fd_); }

  bool connected() const { return connected_; }
  bool say(std::string_view text) const {
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  void say_no_more() const { ::shutdown(fd_, SHUT_WR); }

  std::string hear_head() const {
    std::string out;
    while (!out.ends_with("\r\n\r\n") && hear_byte(out)) {
    }
    return out;
  }

  /// Until the other side has said all.
  std::string hear_all() const {
    std::string out;
    while (hear_byte(out)) {
    }
    return out;
  }

 private:
  bool hear_byte(std::string& out) const {
    char c = 0;
    if (::recv(fd_, &c, 1, 0) != 1)
      return false;
    out += c;
    return true;
  }

  int fd_;
  bool connected_ = false;
};

struct fixture {
  fixture() {
    options.directory = directory.path() / "way";
    options.allow_private_addresses = true;
    options.report = [this](const egress_report& x) {
      std::lock_guard guard{mutex};
      reports.push_back(x);
    };
  }
  ~fixture() {
    proxy.reset();
    work.reset();
    loop.join();
  }
  fixture(const fixture&) = delete;
  fixture& operator=(const fixture&) = delete;

  void open(std::uint16_t allowed = 1) {
    options.allow = {"127.0.0.1:" + std::to_string(allowed)};
    auto made = egress_proxy::open(io, options);
    CAF_REQUIRE(made.has_value());
    proxy = std::move(*made);
  }
  std::string socket() const {
    return options.directory + '/' + egress_socket_name;
  }

  temporary_directory directory;
  egress_options options;
  std::mutex mutex;
  std::vector<egress_report> reports;
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      io.get_executor()};
  std::thread loop{[this] { io.run(); }};
  std::unique_ptr<egress_proxy> proxy;
};

std::string connect_to(std::uint16_t port) {
  const auto to = "127.0.0.1:" + std::to_string(port);
  return "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n";
}

constexpr std::string_view established =
    "HTTP/1.1 200 Connection Established\r\n\r\n";

CAF_TEST_FIXTURE_SCOPE(egress_proxy_of_a_sandbox, fixture)

CAF_TEST(what_comes_with_the_request_is_passed_on) {
  std::string heard;
  fake_server upstream{{[&](peer& p) {
    heard = p.read_request();
    p.send("and here is the answer");
  }}};
  open(upstream.port());
  const inside client{socket()};
  const std::string early = "GET /early HTTP/1.1\r\n\r\n";
  CAF_REQUIRE(client.say(connect_to(upstream.port()) + early));
  CAF_CHECK_EQUAL(client.hear_head(), established);
  CAF_CHECK_EQUAL(client.hear_all(), "and here is the answer");
  upstream.stop();
  CAF_CHECK_EQUAL(heard, early);
  const auto n = proxy->counters();
  CAF_CHECK_EQUAL(n.connections, 1u);
  CAF_CHECK_EQUAL(n.refused, 0u);
  CAF_CHECK_EQUAL(n.sent_bytes, early.size());
  std::lock_guard guard{mutex};
  CAF_REQUIRE_EQUAL(reports.size(), 1u);
  CAF_CHECK_EQUAL(to_string(reports[0].to),
                  "127.0.0.1:" + std::to_string(upstream.port()));
  CAF_CHECK(!reports[0].refused);
}

CAF_TEST(who_has_said_all_still_hears) {
  fake_server upstream{{[](peer& p) {
    p.wait_for_close();
    p.send(std::string(100'000, 'x'));
  }}};
  open(upstream.port());
  const inside client{socket()};
  CAF_REQUIRE(client.say(connect_to(upstream.port())));
  CAF_CHECK_EQUAL(client.hear_head(), established);
  CAF_REQUIRE(client.say("the question"));
  client.say_no_more();
  CAF_CHECK_EQUAL(client.hear_all().size(), 100'000u);
}

CAF_TEST(silence_ends_a_connection) {
  fake_server upstream{{[](peer& p) { p.wait_for_close(); }}};
  options.idle_timeout = milliseconds{20};
  open(upstream.port());
  const inside client{socket()};
  CAF_REQUIRE(client.say(connect_to(upstream.port())));
  CAF_CHECK_EQUAL(client.hear_head(), established);
  CAF_CHECK_EQUAL(client.hear_all(), "");
  CAF_CHECK(upstream.wait_until_ended(1));
}

CAF_TEST(half_a_request_is_not_waited_for) {
  options.head_timeout = milliseconds{20};
  open();
  const inside client{socket()};
  CAF_REQUIRE(client.say("CONNECT 127.0.0.1:1 HT"));
  CAF_CHECK_EQUAL(client.hear_all(), "");
  std::lock_guard guard{mutex};
  CAF_CHECK(reports.empty());
}

CAF_TEST(a_request_without_end_is_cut_off) {
  open();
  const inside client{socket()};
  CAF_REQUIRE(client.say("CONNECT 127.0.0.1:1 HTTP/1.1\r\nX: "));
  const std::string more(1'000, 'x');
  for (int i = 0; i < 9; ++i)
    client.say(more);
  CAF_CHECK_EQUAL(client.hear_all(), "");
}

CAF_TEST(what_is_no_connect_is_told_so) {
  open();
  const inside client{socket()};
  CAF_REQUIRE(client.say("GET http://127.0.0.1:1/ HTTP/1.1\r\n\r\n"));
  const auto answer = client.hear_all();
  CAF_CHECK(contains(answer, "HTTP/1.1 405 "));
  CAF_CHECK(contains(answer, "use https://"));
  CAF_CHECK_EQUAL(proxy->counters().refused, 1u);
}

CAF_TEST(what_no_rule_has_is_refused_and_reported) {
  open();
  const inside client{socket()};
  CAF_REQUIRE(client.say(connect_to(2)));
  const auto answer = client.hear_all();
  CAF_CHECK(contains(answer, "HTTP/1.1 403 "));
  CAF_CHECK(contains(answer, "sandbox.network_allow"));
  std::lock_guard guard{mutex};
  CAF_REQUIRE_EQUAL(reports.size(), 1u);
  CAF_REQUIRE(reports[0].refused.has_value());
  CAF_CHECK(reports[0].refused->code == errc::forbidden);
}

CAF_TEST(one_too_many_is_told_so) {
  fake_server upstream{{[](peer& p) { p.wait_for_close(); }}};
  options.max_connections = 1;
  open(upstream.port());
  const inside first{socket()};
  CAF_REQUIRE(first.say(connect_to(upstream.port())));
  CAF_CHECK_EQUAL(first.hear_head(), established);
  const inside second{socket()};
  CAF_CHECK(contains(second.hear_all(), "HTTP/1.1 503 "));
}

CAF_TEST(closed_it_has_no_connection_and_no_socket) {
  fake_server upstream{{[](peer& p) { p.wait_for_close(); }}};
  open(upstream.port());
  const inside client{socket()};
  CAF_REQUIRE(client.say(connect_to(upstream.port())));
  CAF_CHECK_EQUAL(client.hear_head(), established);
  proxy->close();
  CAF_CHECK_EQUAL(client.hear_all(), "");
  CAF_CHECK(upstream.wait_until_ended(1));
  CAF_CHECK(!std::filesystem::exists(options.directory));
  CAF_CHECK(!inside{socket()}.connected());
  // As often as somebody thinks that he is the one who has to.
  proxy->close();
}

CAF_TEST_FIXTURE_SCOPE_END()

}  // namespace egress_proxy_tests
