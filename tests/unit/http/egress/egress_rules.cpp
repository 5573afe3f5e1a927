#define CAF_SUITE egress_rules

#include "http/egress/egress_rules.hpp"

#include "tests/unit_test.hpp"

namespace egress_rules_tests {

using namespace closedpaw;
using namespace closedpaw::http;

std::string judged(const std::string& host, const std::string& ip) {
  const auto judge = without_names_of_here(
      [](std::string_view, std::uint16_t port, bool allow_private) {
        return port == 443 && allow_private
                   ? std::nullopt
                   : std::optional<std::string>{"the next one's"};
      },
      {host, 443}, {"203.0.113.9", "2001:db8::9"});
  return judge(ip, 443, true).value_or("allowed");
}

CAF_TEST(a_name_must_not_lead_to_this_machine) {
  const std::string here = "its name leads to this machine";
  for (const char* ip :
       {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "203.0.113.9",
        "::ffff:203.0.113.9", "2001:db8::9", "2001:db8:0::9"})
    CAF_CHECK_EQUAL(judged("api.example.org", ip), here);
  CAF_CHECK_EQUAL(judged("a.localhost", "127.0.0.1"), here);
  CAF_CHECK_EQUAL(judged("api.example.org", "203.0.113.8"), "allowed");
  CAF_CHECK_EQUAL(judged("api.example.org", "2001:db8::8"), "allowed");
}

CAF_TEST(an_address_says_itself_where_it_goes) {
  CAF_CHECK_EQUAL(judged("127.0.0.1", "127.0.0.1"), "allowed");
  CAF_CHECK_EQUAL(judged("::1", "::1"), "allowed");
  CAF_CHECK_EQUAL(judged("localhost", "127.0.0.1"), "allowed");
}

CAF_TEST(the_next_judge_is_asked_too) {
  const auto judge = without_names_of_here(
      [](std::string_view, std::uint16_t, bool) {
        return std::optional<std::string>{"it is the daemon's own"};
      },
      {"127.0.0.1", 8000}, {});
  CAF_CHECK_EQUAL(judge("127.0.0.1", 8000, false).value(),
                  "it is the daemon's own");
  const auto none = without_names_of_here({}, {"127.0.0.1", 1}, {});
  CAF_CHECK(!none("127.0.0.1", 1, false));
}

CAF_TEST(only_what_a_rule_has_is_allowed) {
  const std::vector<std::string> rules{"api.example.org:443", "*.test:80"};
  CAF_CHECK(!refuse_destination(rules, {"api.example.org", 443}));
  CAF_CHECK(!refuse_destination(rules, {"a.test", 80}));
  const auto why = refuse_destination(rules, {"api.example.org", 80});
  CAF_REQUIRE(why.has_value());
  CAF_CHECK(why->code == errc::forbidden);
  CAF_CHECK(contains(why->message, "api.example.org:80"));
  CAF_CHECK(contains(why->message, "sandbox.network_allow"));
  CAF_CHECK(refuse_destination({}, {"a.test", 80}).has_value());
}

CAF_TEST(a_refusal_is_a_whole_answer) {
  const auto text = refusal_of({errc::unreachable, "nobody there", {}, {}});
  CAF_CHECK(text.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
  CAF_CHECK(contains(text, "\r\nContent-Length: 13\r\n"));
  CAF_CHECK(text.ends_with("\r\n\r\nnobody there\n"));
  CAF_CHECK(refusal_of({errc::timeout, "x", {}, {}})
                .starts_with("HTTP/1.1 504 Gateway Timeout\r\n"));
  CAF_CHECK(refusal_of({errc::forbidden, "x", {}, {}})
                .starts_with("HTTP/1.1 403 Forbidden\r\n"));
}

CAF_TEST(this_machine_has_addresses) {
  const auto own = own_addresses();
  CAF_CHECK(std::ranges::find(own, "127.0.0.1") != own.end());
}

}  // namespace egress_rules_tests
