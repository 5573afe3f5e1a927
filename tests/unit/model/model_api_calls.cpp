#define CAF_SUITE model_api_calls

#include "messages/model/api_call.hpp"
#include "messages/model/base64.hpp"
#include "tests/unit_test.hpp"

namespace model_api_calls_tests {

using namespace closedpaw;

std::string trouble(const json& parameters) {
  const auto x = read_api_call(parameters);
  return x ? "none" : x.error().message;
}

CAF_TEST(a_call_is_read) {
  const auto x = read_api_call({{"url", "https://a.example/x"},
                                {"body", {{"b", 1}}},
                                {"method", "POST"},
                                {"headers", {{"Accept", "text/plain"}}}});
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->method, "POST");
  CAF_CHECK_EQUAL(x->url, "https://a.example/x");
  CAF_CHECK_EQUAL(x->body, R"({"b":1})");
  using pairs = std::vector<std::pair<std::string, std::string>>;
  CAF_CHECK(x->headers == (pairs{{"Accept", "text/plain"},
                                 {"Content-Type", "application/json"}}));
}

CAF_TEST(a_type_that_is_given_is_kept) {
  const auto x =
      read_api_call({{"url", "u"},
                     {"body", json::array({1})},
                     {"headers", {{"content-TYPE", "application/ld+json"}}}});
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->headers.size(), 1U);
  CAF_CHECK_EQUAL(x->method, "GET");
}

CAF_TEST(what_is_wrong_is_named) {
  CAF_CHECK(contains(trouble(json::object()), "parameters.url"));
  CAF_CHECK(contains(trouble(json::array()), "parameters.url"));
  CAF_CHECK(contains(trouble({{"url", 1}}), "parameters.url"));
  CAF_CHECK(contains(trouble({{"url", "u"}, {"method", "TRACE"}}),
                     "parameters.method"));
  CAF_CHECK(
      contains(trouble({{"url", "u"}, {"method", 1}}), "parameters.method"));
  CAF_CHECK(contains(trouble({{"url", "u"}, {"headers", "x"}}),
                     "parameters.headers"));
  CAF_CHECK(contains(trouble({{"url", "u"}, {"headers", {{"A", 1}}}}),
                     "parameters.headers.A"));
  CAF_CHECK(contains(trouble({{"url", "u"}, {"body", 1}}), "parameters.body"));
  CAF_CHECK(contains(trouble({{"url", "u"}, {"urls", "x"}}), "urls: unknown"));
}

CAF_TEST(secrets_are_not_recorded) {
  for (const char* name :
       {"Authorization", "cookie", "Proxy-Authorization", "X-API-Key"}) {
    const auto x = refuse_secrets({{"headers", {{name, "x"}}}});
    CAF_REQUIRE(!x);
    CAF_CHECK(contains(x.error().message, "has no place"));
  }
  for (const json& harmless :
       {json::object(), json::array(), json{{"headers", 1}},
        json{{"headers", {{"Accept", "x"}}}}})
    CAF_CHECK(refuse_secrets(harmless).has_value());
}

// RFC 4648, section 10.
CAF_TEST(base64_vectors) {
  CAF_CHECK_EQUAL(to_base64(""), "");
  CAF_CHECK_EQUAL(to_base64("f"), "Zg==");
  CAF_CHECK_EQUAL(to_base64("fo"), "Zm8=");
  CAF_CHECK_EQUAL(to_base64("foo"), "Zm9v");
  CAF_CHECK_EQUAL(to_base64("foob"), "Zm9vYg==");
  CAF_CHECK_EQUAL(to_base64("fooba"), "Zm9vYmE=");
  CAF_CHECK_EQUAL(to_base64("foobar"), "Zm9vYmFy");
  CAF_CHECK_EQUAL(to_base64("\xff\xfe\xfd"), "//79");
}

}  // namespace model_api_calls_tests
