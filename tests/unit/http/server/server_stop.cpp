#define CAF_SUITE server_stop

#include "tests/unit/http/server/running_server.hpp"
#include "tests/unit_test.hpp"

namespace server_stop_tests {

using namespace closedpaw;
using namespace closedpaw::test;

result<std::unique_ptr<http::server>> open(boost::asio::io_context& io,
                                           std::string host,
                                           std::uint16_t port = 0) {
  return http::server::open(io, {.host = std::move(host), .port = port}, echo);
}

CAF_TEST(only loopback is listened on) {
  boost::asio::io_context io;
  for (const auto* host : {"127.0.0.1", "localhost", "127.0.0.2"})
    CAF_CHECK(open(io, host).has_value());
  for (const auto* host :
       {"0.0.0.0", "::", "[::]", "192.168.1.1", "8.8.8.8", "::ffff:1.2.3.4"}) {
    const auto refused = open(io, host);
    CAF_REQUIRE(!refused);
    CAF_CHECK(refused.error().code == errc::forbidden);
    CAF_CHECK(refused.error().message.find(host) != std::string::npos);
  }
  for (const auto* host : {"", "example.org", "[::1"})
    CAF_CHECK(open(io, host).error().code == errc::bad_request);
}

CAF_TEST(a port that is taken is named) {
  boost::asio::io_context io;
  const auto first = open(io, "127.0.0.1");
  const auto second = open(io, "127.0.0.1", (*first)->port());
  CAF_REQUIRE(!second);
  CAF_CHECK(second.error().code == errc::unavailable);
  CAF_CHECK(second.error().message.find(std::to_string((*first)->port())) !=
            std::string::npos);
}

CAF_TEST(idle connections end and requests in flight finish) {
  slot_keeper slots;
  running_server server{slots.handler()};
  raw_client idle{server.port()};
  raw_client busy{server.port()};
  busy.send("GET / HTTP/1.1\r\n" + server.host() + "\r\n");
  auto slot = slots.take();
  std::promise<void> stopped;
  auto done = stopped.get_future();
  server->stop(1h, [&] { stopped.set_value(); });
  CAF_CHECK(idle.at_end());
  CAF_CHECK(done.wait_for(0s) == std::future_status::timeout);
  CAF_CHECK(!raw_client{server.port()}.connected());
  slot.answer(http::json_response(200, "last"));
  const auto answer = busy.read();
  CAF_CHECK_EQUAL(answer.body, "last");
  CAF_CHECK_EQUAL(answer.header("connection"), "close");
  CAF_CHECK(busy.at_end());
  done.get();
  CAF_CHECK_EQUAL(server->counters().connections, 0u);
}

CAF_TEST(what does not finish in time is told so) {
  slot_keeper slots;
  running_server server{slots.handler()};
  raw_client busy{server.port()};
  busy.send("GET / HTTP/1.1\r\n" + server.host() + "\r\n");
  const auto slot = slots.take();
  std::promise<void> stopped;
  server->stop(20ms, [&] { stopped.set_value(); });
  const auto answer = busy.read();
  CAF_CHECK_EQUAL(answer.status, 503);
  CAF_CHECK_EQUAL(answer.header("connection"), "close");
  CAF_CHECK(answer.body.find("outcome_unknown") != std::string::npos);
  CAF_CHECK(busy.at_end());
  stopped.get_future().get();
  CAF_CHECK_EQUAL(server->counters().in_flight, 0u);
}

CAF_TEST(a second stop may hurry the first) {
  slot_keeper slots;
  running_server server{slots.handler()};
  raw_client busy{server.port()};
  busy.send("GET / HTTP/1.1\r\n" + server.host() + "\r\n");
  const auto slot = slots.take();
  std::promise<void> first;
  std::promise<void> second;
  server->stop(1h, [&] { first.set_value(); });
  server->stop(0ms, [&] { second.set_value(); });
  first.get_future().get();
  second.get_future().get();
  CAF_CHECK_EQUAL(busy.read().status, 503);
  CAF_CHECK(busy.at_end());
}

CAF_TEST(a server that never ran can be destroyed with requests waiting) {
  http::reply_slot kept;
  {
    boost::asio::io_context io;
    auto server = http::server::open(
        io, {},
        [&](http::request&&,
            http::reply_slot& slot) -> std::optional<http::response> {
          kept = std::move(slot);
          io.stop();
          return std::nullopt;
        });
    CAF_REQUIRE(server.has_value());
    raw_client client{(*server)->port()};
    client.send("GET / HTTP/1.0\r\n\r\n");
    io.run();
    CAF_CHECK(kept.pending());
  }
  kept.answer({});
  CAF_CHECK(!kept.pending());
}

}  // namespace server_stop_tests
