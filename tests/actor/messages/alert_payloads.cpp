#define CAF_SUITE alert_payloads

#include "tests/actor/messages/payload_fixture.hpp"

namespace alert_payloads_tests {

using namespace closedpaw;
using namespace closedpaw::test;

}  // namespace alert_payloads_tests

CAF_TEST_FIXTURE_SCOPE(alert_payloads_tests, payload_fixture)

CAF_TEST(silences) {
  silence_alerts c;
  c.what.id = "s1";
  c.what.matchers = {{"alertname", {"A", "B"}, false}, {"who", {"x"}, true}};
  c.what.starts_at = timestamp{std::chrono::seconds{10}};
  c.what.ends_at = timestamp{std::chrono::seconds{20}};
  c.what.comment = "known";
  c.what.created_by = "uid:4";
  const auto r = travel(ask_silence{ask<silence_alerts>{c, full_context()}});
  CAF_CHECK(r->command.what == c.what);
  check_context(r->context);
  const auto e =
      travel(ask_end_silence{ask<end_silence>{{"s1"}, full_context()}});
  CAF_CHECK_EQUAL(e->command.id, "s1");
  check_context(e->context);
}

CAF_TEST_FIXTURE_SCOPE_END()
