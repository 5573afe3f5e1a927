#define CAF_SUITE syslog_targets

#include "messages/model/syslog_target.hpp"

#include "tests/unit_test.hpp"

namespace syslog_targets_tests {

using namespace closedpaw;

CAF_TEST(addresses) {
  const auto shown = [](const char* url) {
    const auto x = parse_syslog_target(url);
    return x ? to_string(*x) : std::string{"none"};
  };
  CAF_CHECK_EQUAL(shown("udp://127.0.0.1"), "udp://127.0.0.1:514");
  CAF_CHECK_EQUAL(shown("tcp://log.example:1514"), "tcp://log.example:1514");
  CAF_CHECK_EQUAL(shown("tls://log.example"), "tls://log.example:6514");
  CAF_CHECK_EQUAL(shown("tls://[::1]:99"), "tls://[::1]:99");
  CAF_CHECK_EQUAL(shown("udp://[::1]"), "udp://[::1]:514");
  CAF_CHECK_EQUAL(shown("unix:///dev/log"), "unix:///dev/log");
  for (const char* wrong :
       {"", "udp://", "udp://h:0", "udp://h:99999", "udp://h:x", "udp://h:1x",
        "http://h", "unix://dev/log", "tcp://a b", "tcp://u@h", "tcp://h/x",
        "h:514"})
    CAF_CHECK_EQUAL(shown(wrong), "none");
  CAF_CHECK_EQUAL(shown(("unix:///" + std::string(200, 'x')).c_str()), "none");
}

CAF_TEST(facilities) {
  CAF_CHECK_EQUAL(facility_number("audit").value_or(0), 13U);
  CAF_CHECK_EQUAL(facility_number("local7").value_or(0), 23U);
  CAF_CHECK(!facility_number("local8"));
}

}  // namespace syslog_targets_tests
