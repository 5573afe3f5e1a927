#define CAF_SUITE server_requests

#include "tests/unit/http/server/running_server.hpp"
#include "tests/unit_test.hpp"

namespace server_requests_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using http::refused_by;

CAF_TEST(a request is answered with our headers) {
  running_server server{echo};
  raw_client client{server.port()};
  const auto answer = client.get("/api/x?y=z", "X-Request-Id: abc.1\r\n");
  CAF_CHECK_EQUAL(answer.status, 200);
  CAF_CHECK_EQUAL(answer.body, "GET /api/x?y=z ");
  CAF_CHECK_EQUAL(answer.header("content-type"), "application/json");
  CAF_CHECK_EQUAL(answer.header("server"), "closedpaw");
  CAF_CHECK_EQUAL(answer.header("x-content-type-options"), "nosniff");
  CAF_CHECK_EQUAL(answer.header("x-request-id"), "abc.1");
  CAF_CHECK_EQUAL(answer.header("cache-control"), "no-store");
  CAF_CHECK_EQUAL(answer.header("date").size(), 29u);
  CAF_CHECK_EQUAL(client.get("/x").header("cache-control"), "");
}

CAF_TEST(the handler sees peer and request id and trace) {
  const std::string trace =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  running_server server{
      [](http::request&& r,
         http::reply_slot& slot) -> std::optional<http::response> {
        return http::json_response(200, r.peer.kind + " " + r.peer.id + " " +
                                            r.id + " " + slot.request_id() +
                                            " " + r.traceparent);
      }};
  raw_client client{server.port()};
  const auto who = "local uid:" + std::to_string(geteuid());
  CAF_CHECK_EQUAL(
      client.get("/", "X-Request-Id: a\r\nTraceparent: " + trace + "\r\n").body,
      who + " a a " + trace);
  const auto odd =
      client.get("/", "X-Request-Id: a b\r\nTraceparent: 00-x\r\n");
  const auto id = odd.header("x-request-id");
  CAF_CHECK_EQUAL(id.size(), 36u);
  CAF_CHECK_EQUAL(odd.body, who + " " + id + " " + id + " ");
}

CAF_TEST(each answer is measured with its route) {
  static constexpr std::string_view pattern = "/x/{id}";
  std::vector<std::string> told;
  http::server_options options;
  options.on_answer = [&](const http::answered_request& x) {
    told.push_back(std::string{to_string(x.verb)} + ' ' + std::string{x.route} +
                   ' ' + std::to_string(x.status) +
                   (x.took.count() > 0 ? " timed" : ""));
  };
  {
    running_server server{
        [](http::request&& r,
           http::reply_slot& slot) -> std::optional<http::response> {
          if (r.path == "/none")
            return http::json_response(404, "{}");
          slot.set_route(pattern);
          // One that was moved tells nothing any more.
          auto later = std::move(slot);
          later.set_route("/other");
          later.answer(http::json_response(201, "{}"));
          return std::nullopt;
        },
        std::move(options)};
    raw_client client{server.port()};
    client.get("/x/1");
    client.get("/none");
    client.get("/x/2", "Origin: http://evil.example\r\nVia: 1.1 x\r\n");
    client.send("not HTTP\r\n\r\n");
    client.read();
  }
  CAF_CHECK_EQUAL(
      told, (std::vector<std::string>{"GET /x/{id} 201 timed", "GET  404 timed",
                                      "GET  403 timed", "GET  400"}));
}

CAF_TEST(pipelined requests are answered in order) {
  running_server server{echo};
  raw_client client{server.port()};
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "POST /" + std::to_string(i) + " HTTP/1.1\r\n" + server.host() +
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  client.send(text);
  for (int i = 0; i < 50; ++i)
    CAF_CHECK_EQUAL(client.read().body, "POST /" + std::to_string(i) + "? {}");
}

CAF_TEST(HEAD has the length and no body) {
  running_server server{echo};
  raw_client client{server.port()};
  client.send("HEAD /x HTTP/1.1\r\n" + server.host() + "\r\n");
  CAF_CHECK_EQUAL(client.read(false).header("content-length"), "9");
  CAF_CHECK_EQUAL(client.get("/y").body, "GET /y? ");
}

CAF_TEST(persistence follows version and Connection) {
  running_server server{echo};
  raw_client old{server.port()};
  old.send("GET / HTTP/1.0\r\n\r\n");
  CAF_CHECK_EQUAL(old.read().header("connection"), "close");
  CAF_CHECK(old.at_end());
  raw_client kept{server.port()};
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CAF_CHECK_EQUAL(kept.read().header("connection"), "keep-alive");
  CAF_CHECK_EQUAL(kept.get("/", "Connection: close\r\n").status, 200);
  CAF_CHECK(kept.at_end());
}

CAF_TEST(100-continue is sent when the body is waited for) {
  running_server server{echo};
  raw_client client{server.port()};
  client.send("POST / HTTP/1.1\r\n" + server.host() +
              "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CAF_CHECK_EQUAL(client.read_bytes(25), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  CAF_CHECK_EQUAL(client.read().body, "POST /? {}");
}

CAF_TEST(what is malformed is answered and closed) {
  running_server server{echo};
  const std::pair<std::string, int> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"\x16\x03\x01\x02", 400},
      {"POST / HTTP/1.1\r\n" + server.host() +
           "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"TRACE / HTTP/1.1\r\n" + server.host() + "\r\n", 405},
      {"BREW / HTTP/1.1\r\n" + server.host() + "\r\n", 501},
  };
  for (const auto& [text, status] : cases) {
    raw_client client{server.port()};
    client.send(text);
    const auto answer = client.read();
    CAF_CHECK_EQUAL(answer.status, status);
    CAF_CHECK_EQUAL(answer.header("connection"), "close");
    CAF_CHECK_EQUAL(answer.header("allow").empty(), status != 405);
    CAF_CHECK(answer.has("\"request_id\":\"" + answer.header("x-request-id")));
    CAF_CHECK(client.at_end());
  }
  CAF_CHECK_EQUAL(server.refused(refused_by::malformed), 5u);
  CAF_CHECK_EQUAL(server->counters().requests_total, 0u);
}

CAF_TEST(the policy is asked before the handler) {
  running_server server{echo};
  raw_client client{server.port()};
  client.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  CAF_CHECK_EQUAL(client.read().status, 403);
  // Nothing is left unread, so the connection goes on.
  CAF_CHECK_EQUAL(client.get("/", "X-Forwarded-For: 1.2.3.4\r\n").status, 403);
  client.send("POST / HTTP/1.1\r\n" + server.host() +
              "Origin: http://evil.example\r\nContent-Length: 5\r\n\r\n");
  const auto answer = client.read();
  CAF_CHECK_EQUAL(answer.status, 403);
  CAF_CHECK_EQUAL(answer.header("connection"), "close");
  CAF_CHECK_EQUAL(answer.header("access-control-allow-origin"), "");
  CAF_CHECK(client.at_end());
  CAF_CHECK_EQUAL(server.refused(refused_by::policy), 3u);
}

CAF_TEST(an absolute target must be ours) {
  running_server server{echo};
  raw_client client{server.port()};
  const auto ask = [&](const std::string& authority) {
    client.send("GET http://" + authority + "/p?q HTTP/1.1\r\n" +
                server.host() + "\r\n");
    return client.read();
  };
  CAF_CHECK_EQUAL(ask("localhost:" + std::to_string(server.port())).body,
                  "GET /p?q ");
  CAF_CHECK_EQUAL(ask("evil.example").status, 403);
}

CAF_TEST(CORS) {
  running_server server{echo};
  raw_client client{server.port()};
  const auto simple = client.get("/", "Origin: http://localhost:3000\r\n");
  CAF_CHECK_EQUAL(simple.header("access-control-allow-origin"),
                  "http://localhost:3000");
  client.send("OPTIONS /nope HTTP/1.1\r\n" + server.host() +
              "Origin: http://localhost:3000\r\n"
              "Access-Control-Request-Method: POST\r\n\r\n");
  const auto preflight = client.read();
  CAF_CHECK_EQUAL(preflight.body, "OK");
  CAF_CHECK_EQUAL(preflight.header("access-control-allow-origin"),
                  "http://localhost:3000");
  const auto first = preflight.head.find("Allow-Origin");
  CAF_CHECK(preflight.head.find("Allow-Origin", first + 1) ==
            std::string::npos);
  client.send("OPTIONS /x HTTP/1.1\r\n" + server.host() + "\r\n");
  CAF_CHECK_EQUAL(client.read().body, "OPTIONS /x? ");
}

}  // namespace server_requests_tests
