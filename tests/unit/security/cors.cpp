#define CAF_SUITE cors

#include "actors/security/cors.hpp"

#include <algorithm>

#include "tests/unit_test.hpp"

namespace cors_tests {

using namespace closedpaw::security;

using headers = std::vector<std::pair<std::string, std::string>>;

const policy ours = make_policy(8000, {"http://localhost:3000"});

std::optional<preflight_answer> ask(const headers& fields,
                                    std::string_view method = "OPTIONS") {
  return answer_preflight({.method = method,
                           .path = "/api/nope",
                           .headers = fields,
                           .authority = {}},
                          ours);
}

std::string header(const preflight_answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name)
      return value;
  return "none";
}

const std::pair<std::string, std::string> frontend{"origin",
                                                   "http://localhost:3000"};
const std::pair<std::string, std::string> post{"access-control-request-method",
                                               "POST"};

CAF_TEST(only OPTIONS with Origin and a method is a preflight) {
  CAF_CHECK(ask({frontend, post}).has_value());
  CAF_CHECK(!ask({frontend, post}, "GET"));
  CAF_CHECK(!ask({frontend}));
  CAF_CHECK(!ask({post}));
}

CAF_TEST(an allowed preflight is answered like the original) {
  const auto answer =
      ask({frontend,
           post,
           {"access-control-request-headers", "content-type, x-a"}});
  CAF_REQUIRE(answer.has_value());
  CAF_CHECK_EQUAL(answer->status, 200u);
  CAF_CHECK_EQUAL(answer->body, "OK");
  CAF_CHECK_EQUAL(header(*answer, "Content-Type"), "text/plain; charset=utf-8");
  CAF_CHECK_EQUAL(header(*answer, "Access-Control-Allow-Origin"),
                  "http://localhost:3000");
  CAF_CHECK_EQUAL(header(*answer, "Access-Control-Allow-Methods"),
                  "GET, POST, PUT, DELETE");
  CAF_CHECK_EQUAL(header(*answer, "Access-Control-Allow-Headers"),
                  "content-type, x-a");
  CAF_CHECK_EQUAL(header(*answer, "Access-Control-Allow-Credentials"), "true");
  CAF_CHECK_EQUAL(header(*answer, "Access-Control-Max-Age"), "600");
  CAF_CHECK_EQUAL(header(*answer, "Vary"), "Origin");
}

CAF_TEST(headers are only echoed when they were asked for) {
  CAF_CHECK_EQUAL(
      header(*ask({frontend, post}), "Access-Control-Allow-Headers"), "none");
}

CAF_TEST(each failure is named) {
  const std::pair<std::string, std::string> evil{"origin",
                                                 "http://evil.example"};
  const std::pair<std::string, std::string> brew{
      "access-control-request-method", "BREW"};
  const std::pair<std::string, std::string> odd{
      "access-control-request-headers", "a<script>"};
  const auto foreign = ask({evil, post});
  CAF_CHECK_EQUAL(foreign->status, 400u);
  CAF_CHECK_EQUAL(foreign->body, "Disallowed CORS origin");
  CAF_CHECK_EQUAL(header(*foreign, "Access-Control-Allow-Origin"), "none");
  CAF_CHECK_EQUAL(ask({frontend, brew})->body, "Disallowed CORS method");
  const auto answer = ask({frontend, post, odd});
  CAF_CHECK_EQUAL(answer->body, "Disallowed CORS headers");
  CAF_CHECK_EQUAL(header(*answer, "Access-Control-Allow-Headers"), "none");
  CAF_CHECK_EQUAL(ask({evil, brew, odd})->body,
                  "Disallowed CORS origin, method, headers");
}

}  // namespace cors_tests
