#define CAF_SUITE http_client_failures

#include "http/client/dial.hpp"
#include "tests/unit/http/client/client_fixture.hpp"
#include "tests/unit_test.hpp"

#include <boost/asio/co_spawn.hpp>
#include <future>

namespace http_client_failures_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using namespace std::chrono_literals;

void never_answer(peer& p) {
  p.wait_for_close();
}

/// A port that nobody listens on.
std::uint16_t closed_port() {
  fake_server server{{never_answer}};
  return server.port();
}

/// Accepts nothing: its queue of one is taken, so the kernel drops what comes.
class silent_listener {
 public:
  silent_listener()
      : acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}},
        first_{context_} {
    acceptor_.listen(0);
    first_.connect(acceptor_.local_endpoint());
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::socket first_;
};

bool connects_to_one_of(const std::vector<std::uint16_t>& ports) {
  using namespace closedpaw::http::client_detail;
  endpoints addresses;
  for (auto port : ports) {
    addresses.emplace_back(boost::asio::ip::address_v4::loopback(), port);
  }
  http::client_request request;
  request.timeouts.connect = 200ms;
  boost::asio::io_context context;
  auto j = std::make_shared<job>(context.get_executor(), request, http::url{});
  j->start();
  j->arm(phase::connect);
  bool connected = false;
  http::client_options options;
  boost::asio::co_spawn(j->executor(), connect_any(*j, options, addresses),
                        [&](const std::exception_ptr&, const auto& made) {
                          connected = made.has_value();
                          j->finish();
                        });
  context.run_for(10s);
  return connected;
}

CAF_TEST(refused_connection_says_where_and_what_to_do) {
  client_fixture f;
  auto origin = "http://127.0.0.1:" + std::to_string(closed_port());
  auto x = f.fetch(get(origin + "/api/tags?key=s3cret"));
  CAF_CHECK(code_of(x) == errc::unreachable);
  CAF_CHECK_EQUAL(message_of(x), "cannot connect to " + origin +
                                     ": connection refused; is the server "
                                     "running?");
  CAF_CHECK_EQUAL(f.get().stats().failures, 1u);
}

CAF_TEST(unknown_host_is_unreachable) {
  client_fixture f;
  // A label of 64 characters is refused without asking any server.
  auto host = std::string(64, 'a') + ".example";
  auto x = f.fetch(get("http://" + host + "/"));
  CAF_CHECK(code_of(x) == errc::unreachable);
  CAF_CHECK(says(x, "cannot find the address of " + host));
}

CAF_TEST(reset_before_the_answer_is_unreachable) {
  fake_server server{{[](peer& p) {
    p.read_request();
    p.reset_on_close();
  }}};
  client_fixture f;
  auto x = f.fetch(get(server.url()));
  CAF_CHECK(code_of(x) == errc::unreachable);
  CAF_CHECK(says(x, "reset by peer"));
}

CAF_TEST(bad_urls_are_bad_requests) {
  client_fixture f;
  auto x = f.fetch(get("http://user:s3cret@127.0.0.1/"));
  CAF_CHECK(code_of(x) == errc::bad_request);
  CAF_CHECK(!says(x, "s3cret"));
  CAF_CHECK(code_of(f.fetch(get("ftp://127.0.0.1/"))) == errc::bad_request);
  CAF_CHECK_EQUAL(f.get().stats().in_flight, 0u);
}

CAF_TEST(first_byte_timeout) {
  fake_server server{{never_answer}};
  client_fixture f;
  auto request = get(server.url("/?key=s3cret"));
  request.timeouts.first_byte = 30ms;
  auto x = f.fetch(request);
  CAF_CHECK(code_of(x) == errc::timeout);
  CAF_CHECK(says(x, "within 30 ms (first-byte timeout)"));
  CAF_CHECK(says(x, "http://127.0.0.1:" + std::to_string(server.port())));
  CAF_CHECK(!says(x, "s3cret"));
  CAF_CHECK(server.wait_until_ended(1));
}

CAF_TEST(idle_timeout) {
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    p.wait_for_close();
  }}};
  client_fixture f;
  auto request = get(server.url());
  request.timeouts.idle = 30ms;
  auto x = f.fetch(request);
  CAF_CHECK(code_of(x) == errc::timeout);
  CAF_CHECK(says(x, "for 30 ms (idle timeout)"));
  CAF_CHECK(server.wait_until_ended(1));
}

CAF_TEST(total_timeout_ends_an_answer_that_keeps_coming) {
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    // Each piece follows the last at once, so no pause is ever too long.
    while (p.send("1\r\nx\r\n")) {
    }
  }}};
  client_fixture f;
  auto request = get(server.url());
  request.timeouts.total = 50ms;
  request.max_response_bytes = 1ul << 40;
  auto x = f.fetch(request);
  CAF_CHECK(code_of(x) == errc::timeout);
  CAF_CHECK(says(x, "within 50 ms (total timeout)"));
  server.stop();
}

CAF_TEST(connect_timeout_covers_the_tls_handshake) {
  fake_server server{{never_answer}};
  client_fixture f;
  auto request = get("https://127.0.0.1:" + std::to_string(server.port()));
  request.timeouts.connect = 60ms;
  auto x = f.fetch(request);
  CAF_CHECK(code_of(x) == errc::timeout);
  CAF_CHECK(says(x, "within 60 ms (connect timeout)"));
  CAF_CHECK(server.wait_until_ended(1));
}

CAF_TEST(timeout_on_a_kept_connection_is_not_retried) {
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send(ok("first"));
    p.wait_for_close();
  }}};
  client_fixture f;
  CAF_REQUIRE(f.fetch(get(server.url())));
  auto request = get(server.url());
  request.timeouts.first_byte = 30ms;
  CAF_CHECK(code_of(f.fetch(request)) == errc::timeout);
  CAF_CHECK_EQUAL(server.accepted(), 1u);
}

CAF_TEST(cancel_from_another_thread_closes_the_connection) {
  std::promise<http::cancel_handle> handle;
  fake_server server{{[&](peer& p) {
    p.read_request();
    handle.get_future().get().cancel();
    p.wait_for_close();
  }}};
  client_fixture f;
  auto mine = f.start(get(server.url()));
  handle.set_value(mine);
  auto x = f.wait();
  CAF_CHECK(code_of(x) == errc::cancelled);
  CAF_CHECK(server.wait_until_ended(1));
  mine.cancel();
  f.poll();
  CAF_CHECK_EQUAL(f.calls(), 1u);
}

CAF_TEST(cancel_before_anything_began) {
  fake_server server{{never_answer}};
  client_fixture f;
  f.start(get(server.url())).cancel();
  CAF_CHECK(code_of(f.wait()) == errc::cancelled);
}

CAF_TEST(cancel_after_the_end_does_nothing) {
  fake_server server{{answer_always(ok("x"))}};
  http::cancel_handle handle;
  {
    client_fixture f;
    handle = f.start(get(server.url()));
    CAF_CHECK_EQUAL(body_of(f.wait()), "x");
    handle.cancel();
    f.poll();
    CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "x");
    CAF_CHECK_EQUAL(f.calls(), 2u);
  }
  handle.cancel();
}

CAF_TEST(refused_address_is_never_connected) {
  fake_server server{{answer_always(ok("x"))}};
  http::client_options options;
  options.refuse_address = [&](std::string_view ip, std::uint16_t port,
                               bool) -> std::optional<std::string> {
    if (ip == "127.0.0.1" && port == server.port()) {
      return "it is this daemon's own address";
    }
    return std::nullopt;
  };
  client_fixture f{options};
  auto x = f.fetch(get(server.url()));
  CAF_CHECK(code_of(x) == errc::forbidden);
  CAF_CHECK(says(x, "own address"));
  auto by_name = "http://localhost:" + std::to_string(server.port());
  CAF_CHECK(code_of(f.fetch(get(by_name))) == errc::forbidden);
  CAF_CHECK_EQUAL(server.accepted(), 0u);
}

CAF_TEST(next_address_is_tried_when_one_refuses) {
  fake_server server{{never_answer}};
  CAF_CHECK(connects_to_one_of({closed_port(), server.port()}));
}

CAF_TEST(silent_address_leaves_time_for_the_next) {
  silent_listener silent;
  fake_server server{{never_answer}};
  CAF_CHECK(!connects_to_one_of({silent.port()}));
  CAF_CHECK(connects_to_one_of({silent.port(), server.port()}));
}

CAF_TEST(connect_timeout) {
  silent_listener silent;
  client_fixture f;
  auto request = get("http://127.0.0.1:" + std::to_string(silent.port()));
  request.timeouts.connect = 40ms;
  auto x = f.fetch(request);
  CAF_CHECK(code_of(x) == errc::timeout);
  CAF_CHECK(says(x, "within 40 ms (connect timeout)"));
}

CAF_TEST(localhost_needs_no_lookup) {
  fake_server server{{answer_always(ok("x"))}};
  client_fixture f;
  auto port = std::to_string(server.port());
  CAF_CHECK_EQUAL(body_of(f.fetch(get("http://LOCALHOST:" + port))), "x");
  CAF_CHECK_EQUAL(body_of(f.fetch(get("http://any.localhost:" + port))), "x");
}

}  // namespace http_client_failures_tests
