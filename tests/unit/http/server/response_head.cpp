#define CAF_SUITE response_head

#include "http/server/response_head.hpp"

#include "tests/unit_test.hpp"

namespace response_head_tests {

using closedpaw::contains;
using namespace closedpaw::http;

std::string head(response answer, head_context context) {
  context.date = "today";
  context.request_id = "id";
  std::string out;
  append_head(out, answer, context);
  return out;
}

response with(header field) {
  response out;
  out.headers.push_back(std::move(field));
  return out;
}

CAF_TEST(a plain answer) {
  CAF_CHECK_EQUAL(head(with({"A", "b"}), {.length = 12}),
                  "HTTP/1.1 200 OK\r\nDate: today\r\nServer: closedpaw\r\n"
                  "X-Content-Type-Options: nosniff\r\nX-Request-Id: id\r\n"
                  "A: b\r\nContent-Length: 12\r\n\r\n");
}

CAF_TEST(status lines) {
  response answer;
  answer.status = 503;
  CAF_CHECK(head(answer, {}).starts_with("HTTP/1.1 503 Service Unavailable\r"));
  answer.status = 307;
  CAF_CHECK(
      head(answer, {}).starts_with("HTTP/1.1 307 Temporary Redirect\r\n"));
}

CAF_TEST(no value becomes a header) {
  const auto text = head(with({"A", std::string{"b\r\nEvil: c\0d", 12}}), {});
  CAF_CHECK(contains(text, "A: bEvil: cd\r\n"));
  CAF_CHECK(!contains(text, "\r\nEvil"));
}

CAF_TEST(answers of the API are not cached) {
  CAF_CHECK(
      contains(head({}, {.is_api = true}), "Cache-Control: no-store\r\n"));
  CAF_CHECK(!contains(head({}, {.is_api = false}), "Cache-Control"));
  const auto own = head(with({"cache-control", "max-age=5"}), {.is_api = true});
  CAF_CHECK(!contains(own, "no-store"));
}

CAF_TEST(fields of the handler stand beside the answers own) {
  const auto all = head({}, {.fields = "RateLimit: \"read\";r=1;t=1\r\n"});
  CAF_CHECK(contains(all, "\r\nRateLimit: \"read\";r=1;t=1\r\n"));
  CAF_CHECK(all.ends_with("\r\n\r\n"));
}

CAF_TEST(only an allowed Origin may read) {
  const auto ours = head({}, {.origin = "http://a", .origin_is_allowed = true});
  CAF_CHECK(contains(ours, "Access-Control-Allow-Origin: http://a\r\n"));
  CAF_CHECK(contains(ours, "Access-Control-Allow-Credentials: true\r\n"));
  CAF_CHECK(contains(ours,
                     "Access-Control-Expose-Headers: X-Request-Id, Link, "
                     "Retry-After, X-Should-Retry, RateLimit, "
                     "RateLimit-Policy\r\n"));
  CAF_CHECK(contains(ours, "Vary: Origin\r\n"));
  const auto foreign = head({}, {.origin = "http://a"});
  CAF_CHECK(!contains(foreign, "Access-Control"));
  CAF_CHECK(contains(foreign, "Vary: Origin\r\n"));
  CAF_CHECK(!contains(head({}, {}), "Vary"));
}

CAF_TEST(framing and persistence) {
  CAF_CHECK(contains(head({}, {.body = framing::chunked}),
                     "Transfer-Encoding: chunked\r\n"));
  CAF_CHECK(!contains(head({}, {.body = framing::none}), "Content-Length"));
  CAF_CHECK(contains(head({}, {.keep_alive = false}), "Connection: close\r\n"));
  CAF_CHECK(
      contains(head({}, {.is_http_1_1 = false}), "Connection: keep-alive\r\n"));
}

CAF_TEST(dates) {
  using namespace std::chrono;
  CAF_CHECK_EQUAL(http_date(sys_days{1994y / November / 6} + 8h + 49min + 37s),
                  "Sun, 06 Nov 1994 08:49:37 GMT");
  CAF_CHECK_EQUAL(http_date(sys_seconds{}), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace response_head_tests
