#define CAF_SUITE request_policy

#include "actors/security/request_policy.hpp"

#include "tests/unit_test.hpp"

namespace request_policy_tests {

using namespace closedpaw;
using namespace closedpaw::security;

using headers = std::vector<std::pair<std::string, std::string>>;

const policy ours = make_policy(8000, {"http://localhost:3000"});

/// 0 for a request that passes, else the status it is refused with.
unsigned verdict(std::string_view method, const headers& fields,
                 std::string_view path = "/api/actions",
                 bool has_body = false) {
  const auto refused = check_request({.method = method,
                                      .path = path,
                                      .headers = fields,
                                      .authority = {},
                                      .has_body = has_body},
                                     ours);
  return refused ? http_status(refused->code) : 0;
}

CAF_TEST(only loopback names with our port are ours) {
  for (const auto* good :
       {"127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LocalHost:8000"})
    CAF_CHECK_EQUAL(verdict("GET", {{"host", good}}), 0u);
  for (const auto* bad :
       {"evil.example:8000", "127.0.0.1", "127.0.0.1:8001", "localhost", "",
        "localhost:8000.evil.example", "127.0.0.1:8000@evil", "127.1:8000",
        "localhost.:8000", "[::]:8000"})
    CAF_CHECK_EQUAL(verdict("GET", {{"host", bad}}), 403u);
}

CAF_TEST(the address that is listened on is ours) {
  const auto other = make_policy(8000, {}, "127.0.0.2");
  CAF_CHECK(host_allowed("127.0.0.2:8000", other));
  CAF_CHECK(host_allowed("localhost:8000", other));
  CAF_CHECK(origin_allowed("http://127.0.0.2:8000", other));
  CAF_CHECK(!host_allowed("127.0.0.3:8000", other));
  CAF_CHECK(host_allowed("[::1]:8000", make_policy(8000, {}, "::1")));
}

CAF_TEST(port 80 needs no port) {
  const auto plain = make_policy(80, {});
  CAF_CHECK(host_allowed("localhost", plain));
  CAF_CHECK(host_allowed("localhost:80", plain));
  CAF_CHECK(origin_allowed("http://127.0.0.1", plain));
  CAF_CHECK(!host_allowed("localhost:8000", plain));
}

CAF_TEST(an absolute target is checked like Host) {
  const headers fields{{"host", "localhost:8000"}};
  request_view view{.method = "GET",
                    .path = "/",
                    .headers = fields,
                    .authority = "localhost:8000"};
  CAF_CHECK(!check_request(view, ours));
  view.authority = "evil.example";
  CAF_CHECK(check_request(view, ours).has_value());
  view.authority = "";
  CAF_CHECK(check_request(view, ours).has_value());
  const headers evil{{"host", "evil.example"}};
  view.headers = evil;
  view.authority = "localhost:8000";
  CAF_CHECK(check_request(view, ours).has_value());
}

CAF_TEST(what only a proxy sends is refused) {
  for (const auto* name : {"forwarded", "via", "x-forwarded-for",
                           "x-forwarded-host", "x-forwarded-anything"})
    CAF_CHECK_EQUAL(verdict("GET", {{name, "x"}}), 403u);
  CAF_CHECK_EQUAL(verdict("GET", {{"x-forward", "x"}}), 0u);
}

CAF_TEST(a foreign Origin may not change state) {
  for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    for (const auto* foreign :
         {"http://evil.example", "null", "", "https://localhost:3000",
          "http://localhost:3001", "http://localhost:3000.evil.example"})
      CAF_CHECK_EQUAL(verdict(method, {{"origin", foreign}}), 403u);
    for (const auto* good : {"http://localhost:3000", "http://127.0.0.1:8000",
                             "http://[::1]:8000"})
      CAF_CHECK_EQUAL(verdict(method, {{"origin", good}}), 0u);
    CAF_CHECK_EQUAL(verdict(method, {}), 0u);
  }
  CAF_CHECK_EQUAL(verdict("GET", {{"origin", "http://evil.example"}}), 0u);
}

CAF_TEST(a foreign Origin may not listen) {
  const std::pair<std::string, std::string> evil{"origin",
                                                 "http://evil.example"};
  CAF_CHECK_EQUAL(verdict("GET", {evil}, "/api/events"), 403u);
  CAF_CHECK_EQUAL(verdict("GET", {evil}, "/api/channels/ui/stream"), 403u);
  CAF_CHECK_EQUAL(verdict("GET", {evil}, "/api/channels/ui/messages"), 0u);
  CAF_CHECK_EQUAL(verdict("GET", {evil, {"accept", "text/event-stream"}}, "/x"),
                  403u);
  CAF_CHECK_EQUAL(verdict("GET", {evil, {"upgrade", "WebSocket"}}, "/x"), 403u);
  CAF_CHECK_EQUAL(verdict("GET", {}, "/api/events"), 0u);
  // However it is written.
  const std::pair<std::string, std::string> elsewhere{"sec-fetch-site",
                                                      "cross-site"};
  CAF_CHECK_EQUAL(verdict("GET", {elsewhere}, "/api/%65vents"), 403u);
  CAF_CHECK_EQUAL(verdict("GET", {elsewhere}, "/api/channels/x/strea%6d"),
                  403u);
  CAF_CHECK_EQUAL(verdict("GET", {}, "/api/models/a%2Fb"), 0u);
}

CAF_TEST(another site without Origin may not change state) {
  CAF_CHECK_EQUAL(verdict("POST", {{"sec-fetch-site", "cross-site"}}), 403u);
  CAF_CHECK_EQUAL(verdict("POST", {{"sec-fetch-site", "same-origin"}}), 0u);
  CAF_CHECK_EQUAL(verdict("GET", {{"sec-fetch-site", "cross-site"}}), 0u);
  // The frontend on localhost is another site than 127.0.0.1.
  CAF_CHECK_EQUAL(verdict("POST", {{"sec-fetch-site", "cross-site"},
                                   {"origin", "http://localhost:3000"}}),
                  0u);
}

CAF_TEST(bodies that need no preflight are refused) {
  const auto post = [](headers fields, bool has_body = true) {
    return verdict("POST", fields, "/api/actions", has_body);
  };
  for (const auto* type :
       {"text/plain", "Text/Plain; charset=utf-8",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        " text/plain", "text/plain, application/json"})
    CAF_CHECK_EQUAL(post({{"content-type", type}}), 400u);
  CAF_CHECK_EQUAL(post({{"content-type", "application/json"}}), 0u);
  CAF_CHECK_EQUAL(post({{"content-type", "text/plain"}}, false), 0u);
  CAF_CHECK_EQUAL(post({}), 0u);
  CAF_CHECK_EQUAL(post({{"content-type", ""}}), 0u);
  CAF_CHECK_EQUAL(post({{"origin", "http://localhost:3000"}}), 400u);
}

CAF_TEST(a refusal quotes nothing that could act) {
  const headers fields{{"host", "a\x1b[2J'<\xff" + std::string(500, 'x')}};
  const auto refused = check_request(
      {.method = "GET", .path = "/", .headers = fields, .authority = {}}, ours);
  CAF_REQUIRE(refused.has_value());
  CAF_CHECK(refused->message.find('\x1b') == std::string::npos);
  CAF_CHECK(refused->message.find('\xff') == std::string::npos);
  CAF_CHECK(refused->message.size() < 300);
}

}  // namespace request_policy_tests
