#define CAF_SUITE server_limits

#include "tests/unit/http/server/running_server.hpp"
#include "tests/unit_test.hpp"

namespace server_limits_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using http::refused_by;

std::string post(const running_server& server, std::size_t size) {
  return "POST / HTTP/1.1\r\n" + server.host() +
         "Content-Type: application/json\r\nContent-Length: " +
         std::to_string(size) + "\r\n\r\n";
}

CAF_TEST(a body at the limit passes and one above does not ) {
  running_server server{echo, {.max_body = 200'000}};
  raw_client client{server.port()};
  client.send(post(server, 200'000) + std::string(200'000, 'x'));
  CAF_CHECK_EQUAL(client.read().body.size(), 200'008u);
  // The client sends all of it before it looks: the answer must survive that.
  client.send(post(server, 2'000'000) + std::string(2'000'000, 'x'));
  CAF_CHECK_EQUAL(client.read().status, 413);
  client.half_close();
  CAF_CHECK(client.at_end());
  CAF_CHECK_EQUAL(server.refused(refused_by::too_large), 1u);
}

CAF_TEST(clients of OpenAI find what was refused where they look for it) {
  running_server server{echo, {.max_body = 100}};
  const auto refused = [&](const std::string& path) {
    raw_client client{server.port()};
    client.send("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" +
                std::to_string(server.port()) +
                "\r\nContent-Length: 101\r\n\r\n");
    return json::parse(client.read().body);
  };
  const auto theirs = refused("/v1/chat/completions");
  CAF_CHECK_EQUAL(theirs["error"]["message"], theirs["detail"]);
  CAF_CHECK_EQUAL(theirs["error"]["type"], "invalid_request_error");
  CAF_CHECK_EQUAL(theirs["error"]["code"], "payload_too_large");
  CAF_CHECK(!refused("/api/chat").contains("error"));
}

CAF_TEST(a header block above the limit) {
  running_server server{echo, {.max_header = 1000}};
  raw_client client{server.port()};
  CAF_CHECK_EQUAL(
      client.get("/", "A: " + std::string(2000, 'x') + "\r\n").status, 431);
  CAF_CHECK_EQUAL(server.refused(refused_by::too_large), 1u);
}

CAF_TEST(a header block that does not end is 408) {
  running_server server{echo, {.header_timeout = 20ms}};
  raw_client client{server.port()};
  client.send("GET / HT");
  const auto answer = client.read();
  CAF_CHECK_EQUAL(answer.status, 408);
  CAF_CHECK_EQUAL(answer.header("connection"), "close");
  CAF_CHECK_EQUAL(server.refused(refused_by::slow_client), 1u);
}

CAF_TEST(a body that does not end is 408) {
  running_server server{echo, {.body_timeout = 20ms}};
  raw_client client{server.port()};
  client.send(post(server, 10) + "12345");
  CAF_CHECK_EQUAL(client.read().status, 408);
}

CAF_TEST(an idle connection is closed without a word) {
  running_server server{echo, {.idle_timeout = 20ms}};
  raw_client client{server.port()};
  CAF_CHECK(client.at_end());
  raw_client used{server.port()};
  CAF_CHECK_EQUAL(used.get("/").status, 200);
  CAF_CHECK(used.at_end());
  CAF_CHECK_EQUAL(server.refused(refused_by::slow_client), 0u);
}

CAF_TEST(a client that does not read is let go) {
  const auto large = std::make_shared<const std::string>(64'000'000, 'x');
  running_server server{
      [&](http::request&&, http::reply_slot&) -> std::optional<http::response> {
        http::response out;
        out.body = large;
        return out;
      },
      {.idle_timeout = 50ms}};
  raw_client client{server.port()};
  client.send("GET / HTTP/1.1\r\n" + server.host() + "\r\n");
  raw_client watcher{server.port()};
  // Both are idle from here on; the watcher's end says that time has passed.
  CAF_CHECK(watcher.at_end());
  const auto answer = client.read();
  CAF_CHECK(answer.body.size() < large->size());
}

CAF_TEST(a large answer arrives whole) {
  const auto large = std::make_shared<const std::string>(20'000'000, 'x');
  running_server server{
      [&](http::request&&, http::reply_slot&) -> std::optional<http::response> {
        http::response out;
        out.body = large;
        return out;
      }};
  raw_client client{server.port()};
  CAF_CHECK(client.get("/").body == *large);
  CAF_CHECK(client.get("/").body == *large);
}

CAF_TEST(connections above the cap get 503) {
  running_server server{echo,
                        {.max_connections = 2, .reserved_connections = 0}};
  raw_client one{server.port()};
  raw_client two{server.port()};
  CAF_CHECK_EQUAL(one.get("/").status, 200);
  CAF_CHECK_EQUAL(two.get("/").status, 200);
  raw_client three{server.port()};
  const auto answer = three.read();
  CAF_CHECK_EQUAL(answer.status, 503);
  CAF_CHECK_EQUAL(answer.header("retry-after"), "1");
  CAF_CHECK(three.at_end());
  CAF_CHECK_EQUAL(server.refused(refused_by::overload), 1u);
  CAF_CHECK_EQUAL(server->counters().connections, 2u);
}

CAF_TEST(the last connections are for health and approvals) {
  running_server server{echo,
                        {.max_connections = 4, .reserved_connections = 9}};
  // At most half is reserved.
  raw_client first{server.port()};
  CAF_CHECK_EQUAL(first.get("/").status, 200);
  raw_client second{server.port()};
  CAF_CHECK_EQUAL(second.get("/").status, 200);
  raw_client vital{server.port()};
  for (const auto* path : {"/healthz", "/readyz", "/api/actions/pending",
                           "/api/actions/1/approve", "/api/actions/1/cancel"})
    CAF_CHECK_EQUAL(vital.get(path).status, 200);
  const auto answer = vital.get("/api/status");
  CAF_CHECK_EQUAL(answer.status, 503);
  CAF_CHECK_EQUAL(answer.header("retry-after"), "1");
  CAF_CHECK(vital.at_end());
  CAF_CHECK_EQUAL(first.get("/api/status").status, 200);
}

}  // namespace server_limits_tests
