#define CAF_SUITE http_client_url

#include "http/client/url.hpp"

#include "tests/unit_test.hpp"

namespace http_client_url_tests {

using closedpaw::errc;
using closedpaw::http::parse_url;

bool refused(std::string_view text) {
  auto x = parse_url(text);
  return !x && x.error().code == errc::bad_request;
}

std::string origin_of(std::string_view text) {
  auto x = parse_url(text);
  return x ? x->origin() : x.error().message;
}

int port_of(std::string_view text) {
  auto x = parse_url(text);
  return x ? x->port : -1;
}

std::string target_of(std::string_view text) {
  auto x = parse_url(text);
  return x ? x->target : x.error().message;
}

CAF_TEST(parts_of_a_url) {
  auto x = parse_url("HTTPS://API.Example.org:8443/v1/chat%2Fx?a=b&c");
  CAF_REQUIRE(x);
  CAF_CHECK(x->secure);
  CAF_CHECK_EQUAL(x->host, "api.example.org");
  CAF_CHECK_EQUAL(x->port, 8443);
  CAF_CHECK_EQUAL(x->target, "/v1/chat%2Fx?a=b&c");
  CAF_CHECK_EQUAL(x->authority(), "api.example.org:8443");
}

CAF_TEST(ports_default_to_the_scheme) {
  CAF_CHECK_EQUAL(port_of("http://h"), 80);
  CAF_CHECK_EQUAL(port_of("https://h"), 443);
  CAF_CHECK_EQUAL(port_of("http://h:"), 80);
  CAF_CHECK_EQUAL(origin_of("http://h:80/x"), "http://h");
  CAF_CHECK_EQUAL(origin_of("https://h:443/x?k=s3cret"), "https://h");
  CAF_CHECK_EQUAL(origin_of("https://h:80/"), "https://h:80");
}

CAF_TEST(target_is_never_empty) {
  CAF_CHECK_EQUAL(target_of("http://h"), "/");
  CAF_CHECK_EQUAL(target_of("http://h?q"), "/?q");
}

CAF_TEST(ipv6_addresses_lose_and_regain_their_brackets) {
  auto x = parse_url("http://[::1]:8080/");
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->host, "::1");
  CAF_CHECK_EQUAL(x->origin(), "http://[::1]:8080");
}

CAF_TEST(what_is_refused) {
  for (auto text : {"",
                    "127.0.0.1:11434",
                    "/api/tags",
                    "//host/",
                    "ftp://host/",
                    "file:///etc/passwd",
                    "http:",
                    "http://",
                    "http:///path",
                    "http://user@host/",
                    "http://user:pw@host/",
                    "http://@host/",
                    "http://host/#top",
                    "http://host:0/",
                    "http://host:65536/",
                    "http://host:port/",
                    "http://ho st/",
                    "http://host/a b",
                    "http://host/a\r\nX: y",
                    "http://ho%73t/",
                    "http://[v1.x]/",
                    "http://[::1/",
                    "javascript:alert(1)"}) {
    CAF_MESSAGE(text);
    CAF_CHECK(refused(text));
  }
}

CAF_TEST(refusals_keep_secrets_to_themselves) {
  auto x = parse_url("http://user:s3cret@host/");
  CAF_REQUIRE(!x);
  CAF_CHECK(x.error().message.find("s3cret") == std::string::npos);
}

}  // namespace http_client_url_tests
