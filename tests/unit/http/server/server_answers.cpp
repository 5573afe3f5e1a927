#define CAF_SUITE server_answers

#include "tests/unit/http/server/running_server.hpp"
#include "tests/unit_test.hpp"

namespace server_answers_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using http::refused_by;

std::string ask(const running_server& server, std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.1\r\n" + server.host() +
         "X-Request-Id: r1\r\n\r\n";
}

CAF_TEST(an answer may come later from another thread) {
  slot_keeper slots;
  running_server server{slots.handler()};
  raw_client client{server.port()};
  for (int i = 0; i < 3; ++i) {
    client.send(ask(server, "/"));
    auto slot = slots.take();
    CAF_CHECK_EQUAL(server->counters().in_flight, 1u);
    slot.answer(http::json_response(200, std::to_string(i)));
    CAF_CHECK_EQUAL(client.read().body, std::to_string(i));
  }
  CAF_CHECK_EQUAL(server->counters().in_flight, 0u);
  CAF_CHECK_EQUAL(server->counters().requests_total, 3u);
}

CAF_TEST(pipelined requests wait for the one before) {
  slot_keeper slots;
  running_server server{slots.handler()};
  raw_client client{server.port()};
  client.send(ask(server, "/1") + ask(server, "/2"));
  slots.take().answer(http::json_response(200, "one"));
  slots.take().answer(http::json_response(200, "two"));
  CAF_CHECK_EQUAL(client.read().body, "one");
  CAF_CHECK_EQUAL(client.read().body, "two");
}

CAF_TEST(a slot that is dropped answers 500) {
  slot_keeper slots;
  running_server server{slots.handler()};
  raw_client client{server.port()};
  client.send(ask(server, "/"));
  slots.take();
  const auto answer = client.read();
  CAF_CHECK_EQUAL(answer.status, 500);
  CAF_CHECK(answer.has("\"request_id\":\"r1\""));
}

CAF_TEST(a handler that does nothing answers 500) {
  running_server server{
      [](http::request&&, http::reply_slot&) -> std::optional<http::response> {
        return std::nullopt;
      }};
  raw_client client{server.port()};
  CAF_CHECK_EQUAL(client.get("/").status, 500);
  CAF_CHECK_EQUAL(client.get("/").status, 500);
}

CAF_TEST(a handler that throws answers 500 and its cause is told) {
  std::promise<std::string> told;
  http::server_options options;
  options.on_fault = [&](std::string_view id, std::string_view what) {
    told.set_value(std::string{id} + ": " + std::string{what});
  };
  running_server server{
      [](http::request&&, http::reply_slot&) -> std::optional<http::response> {
        throw std::runtime_error{"no idea"};
      },
      options};
  raw_client client{server.port()};
  client.send(ask(server, "/"));
  CAF_CHECK_EQUAL(client.read().status, 500);
  CAF_CHECK_EQUAL(told.get_future().get(), "r1: no idea");
}

CAF_TEST(a slot may be answered inside the handler) {
  running_server server{
      [](http::request&&,
         http::reply_slot& slot) -> std::optional<http::response> {
        slot.answer(http::json_response(202, "{}"));
        return std::nullopt;
      }};
  raw_client client{server.port()};
  CAF_CHECK_EQUAL(client.get("/").status, 202);
  CAF_CHECK_EQUAL(server->counters().in_flight, 0u);
}

CAF_TEST(the deadline answers 504 and a late answer is dropped) {
  slot_keeper slots;
  http::server_options options;
  options.request_deadline = [](http::method, std::string_view path) {
    return path == "/slow" ? 20ms : std::chrono::milliseconds{1h};
  };
  running_server server{slots.handler(), std::move(options)};
  raw_client client{server.port()};
  client.send(ask(server, "/slow"));
  auto late = slots.take();
  const auto answer = client.read();
  CAF_CHECK_EQUAL(answer.status, 504);
  CAF_CHECK(answer.has("\"request_id\":\"r1\""));
  CAF_CHECK_EQUAL(server.refused(refused_by::deadline), 1u);
  client.send(ask(server, "/other"));
  auto slot = slots.take();
  late.answer(http::json_response(200, "late"));
  slot.answer(http::json_response(200, "right"));
  CAF_CHECK_EQUAL(client.read().body, "right");
  CAF_CHECK_EQUAL(server->counters().in_flight, 0u);
}

CAF_TEST(an answer for a client that left is dropped) {
  slot_keeper slots;
  running_server server{slots.handler()};
  {
    raw_client client{server.port()};
    client.send(ask(server, "/"));
    auto slot = slots.take();
    client.reset();
    slot.answer(http::json_response(200, "nobody"));
  }
  raw_client next{server.port()};
  next.send(ask(server, "/"));
  slots.take().answer(http::json_response(200, "fine"));
  CAF_CHECK_EQUAL(next.read().body, "fine");
}

CAF_TEST(a client that half - closes is served) {
  slot_keeper slots;
  running_server server{slots.handler()};
  raw_client client{server.port()};
  client.send(ask(server, "/"));
  client.half_close();
  slots.take().answer(http::json_response(200, "still"));
  CAF_CHECK_EQUAL(client.read().body, "still");
  CAF_CHECK(client.at_end());
}

CAF_TEST(an answer after the server is gone is dropped) {
  slot_keeper slots;
  http::reply_slot slot;
  {
    running_server server{slots.handler()};
    raw_client client{server.port()};
    client.send(ask(server, "/"));
    slot = slots.take();
  }
  CAF_CHECK(slot.pending());
  slot.answer({});
  CAF_CHECK(!slot.pending());
}

CAF_TEST(204 has neither body nor length) {
  running_server server{
      [](http::request&&, http::reply_slot&) -> std::optional<http::response> {
        return http::json_response(204, "never");
      }};
  raw_client client{server.port()};
  const auto answer = client.get("/");
  CAF_CHECK_EQUAL(answer.status, 204);
  CAF_CHECK_EQUAL(answer.header("content-length"), "");
  CAF_CHECK_EQUAL(client.get("/").status, 204);
}

}  // namespace server_answers_tests
