#define CAF_SUITE outbound_calls

#include "actors/outbound/calls.hpp"
#include "tests/unit_test.hpp"

namespace outbound_calls_tests {

using namespace closedpaw;
using namespace closedpaw::outbound;

std::string verdict(const std::string& url,
                    std::vector<std::string> allow = {"https://a.example",
                                                      "http://b.example:81"}) {
  config::api_call_settings s;
  s.allow = std::move(allow);
  call_api x;
  x.url = url;
  const auto q = request_for(x, s);
  return q ? "ok" : std::string{to_string(q.error().code)};
}

json shown(std::string body,
           std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::client_response x;
  x.status = 404;
  x.body = std::move(body);
  x.headers = std::move(headers);
  return answer_of(x).result.value();
}

CAF_TEST(only_what_is_allowed_is_called) {
  CAF_CHECK_EQUAL(verdict("https://a.example/x?y=1"), "ok");
  CAF_CHECK_EQUAL(verdict("https://A.EXAMPLE:443"), "ok");
  CAF_CHECK_EQUAL(verdict("http://b.example:81/"), "ok");
  CAF_CHECK_EQUAL(verdict("http://a.example/"), "forbidden");
  CAF_CHECK_EQUAL(verdict("https://a.example:444/"), "forbidden");
  CAF_CHECK_EQUAL(verdict("https://a.example.evil.org/"), "forbidden");
  CAF_CHECK_EQUAL(verdict("https://sub.a.example/"), "forbidden");
  CAF_CHECK_EQUAL(verdict("https://a.example@evil.org/"), "bad_request");
  CAF_CHECK_EQUAL(verdict("https://evil.org/?https://a.example"), "forbidden");
  CAF_CHECK_EQUAL(verdict("file:///etc/shadow"), "bad_request");
  CAF_CHECK_EQUAL(verdict("https://a.example/", {}), "forbidden");
}

CAF_TEST(the_configured_limits_hold) {
  config::api_call_settings s;
  s.allow = {"http://a.example"};
  s.timeout = std::chrono::milliseconds{70};
  s.max_response_bytes = 2'000;
  const call_api x{{}, "PUT", "http://a.example/", {{"A", "b"}}, "body"};
  const auto q = request_for(x, s);
  CAF_REQUIRE(q.has_value());
  CAF_CHECK_EQUAL(q->timeouts.total.count(), 70);
  CAF_CHECK_EQUAL(q->timeouts.connect.count(), 70);
  CAF_CHECK_EQUAL(q->max_response_bytes, 2'000U);
  CAF_CHECK(!q->allow_private_addresses);
  CAF_CHECK_EQUAL(q->method + q->body, "PUTbody");
}

CAF_TEST(any_complete_answer_is_one) {
  const auto x = shown("h\xc3\xa4", {{"content-type", "text/plain"},
                                     {"via", "a"},
                                     {"set-cookie", "session=secret"},
                                     {"via", "b"}});
  CAF_CHECK_EQUAL(x["status"].get<int>(), 404);
  CAF_CHECK_EQUAL(x["body"].get<std::string>(), "h\xc3\xa4");
  CAF_CHECK_EQUAL(x["encoding"].get<std::string>(), "utf-8");
  CAF_CHECK_EQUAL(x["bytes"].get<int>(), 3);
  CAF_CHECK_EQUAL(dump(x["headers"]),
                  R"({"content-type":"text/plain","via":"a, b"})");
}

CAF_TEST(what_is_no_text_is_told_in_base64) {
  const auto x = shown("\xff\xfe\xfd");
  CAF_CHECK_EQUAL(x["encoding"].get<std::string>(), "base64");
  CAF_CHECK_EQUAL(x["body"].get<std::string>(), "//79");
  CAF_CHECK_EQUAL(
      x["sha256"].get<std::string>(),
      "8ca9f8c269c0a4b1d8bf0efc67d97df8ad5e0ea93630fd9099860d36c0fe75ea");
}

}  // namespace outbound_calls_tests
