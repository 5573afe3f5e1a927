#define CAF_SUITE destination

#include "messages/model/destination.hpp"

#include "tests/unit_test.hpp"

namespace destination_tests {

using namespace closedpaw;

CAF_TEST(a_host_and_a_port_are_read) {
  const std::vector<std::pair<std::string, std::string>> known{
      {"example.org:443", "example.org:443"},
      {"API.Example.org.:8443", "api.example.org:8443"},
      {"192.0.2.7:80", "192.0.2.7:80"},
      {"[2001:DB8:0:0::1]:443", "[2001:db8::1]:443"},
      {"a_b-c:1", "a_b-c:1"}};
  for (const auto& [text, shown] : known) {
    const auto found = destination_from(text);
    CAF_REQUIRE(found.has_value());
    CAF_CHECK_EQUAL(to_string(*found), shown);
  }
}

CAF_TEST(what_is_none_is_refused) {
  for (const std::string text : {"",
                                 ":443",
                                 "example.org",
                                 "example.org:",
                                 "example.org:0",
                                 "example.org:65536",
                                 "example.org:+1",
                                 "example.org:443 ",
                                 "http://example.org:443",
                                 "user@example.org:443",
                                 "exa mple.org:443",
                                 "ex\r\nample.org:443",
                                 ".example.org:443",
                                 "a..b:443",
                                 "[::1:443",
                                 "[example.org]:443",
                                 "::1:443",
                                 "[::::]:443",
                                 "[1.2.3.4]:443",
                                 "*.example.org:443"})
    CAF_CHECK(!destination_from(text).has_value());
  CAF_CHECK(!destination_from(std::string(254, 'a') + ":1").has_value());
}

CAF_TEST(a_rule_has_what_it_says_and_no_more) {
  const auto is_allowed = [](const char* rule, const char* to) {
    return allows(rule, destination_from(to).value());
  };
  CAF_CHECK(is_allowed("api.example.org:443", "API.example.org.:443"));
  CAF_CHECK(!is_allowed("api.example.org:443", "api.example.org:80"));
  CAF_CHECK(!is_allowed("example.org:443", "api.example.org:443"));
  CAF_CHECK(is_allowed("*.example.org:443", "api.example.org:443"));
  CAF_CHECK(is_allowed("*.example.org:443", "a.b.example.org:443"));
  CAF_CHECK(!is_allowed("*.example.org:443", "example.org:443"));
  CAF_CHECK(!is_allowed("*.example.org:443", "evilexample.org:443"));
  CAF_CHECK(!is_allowed("*.example.org:443", "example.org.evil.net:443"));
  CAF_CHECK(is_allowed("[::1]:9", "[::1]:9"));
  for (const char* rule : {"*:443", "*.:443", "example.org", "a.*.b:1"})
    CAF_CHECK(!is_destination_rule(rule));
  CAF_CHECK(is_destination_rule("*.example.org:443"));
}

}  // namespace destination_tests
