#define CAF_SUITE syslog_messages

#include "actors/monitoring/shipping/syslog.hpp"

#include "tests/unit_test.hpp"

namespace syslog_messages_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring::shipping;

stored_event event() {
  stored_event out;
  out.sequence = 41;
  auto& e = out.event;
  // RFC 5424, 6.2.3.1: microseconds are the finest that may be told.
  e.time = timestamp{std::chrono::microseconds{1'700'000'000'123'456}};
  e.actor = "orchestrator";
  e.user = {"local", "uid:1000"};
  e.action_type = "chat";
  e.status = "completed";
  e.outcome = "success";
  e.level = "low";
  return out;
}

syslog_sender sender() {
  return {"host.example", "77", 13, 8'192};
}

CAF_TEST(a message has the form of RFC 5424) {
  const auto text = syslog_message(sender(), event());
  // 13 * 8 + notice.
  CAF_CHECK(text.starts_with(
      "<109>1 2023-11-14T22:13:20.123456Z host.example closedpaw 77 chat "
      "[closedpaw@32473 sequence=\"41\" "
      "actor=\"orchestrator\" user=\"uid:1000\" status=\"completed\" "
      "level=\"low\" outcome=\"success\"] {"));
  const auto body = parse_json(text.substr(text.find("] {") + 2));
  CAF_REQUIRE(body.has_value());
  CAF_CHECK_EQUAL(body->value("sequence", 0), 41);
  CAF_CHECK_EQUAL(body->value("status", ""), "completed");
}

CAF_TEST(severity follows level and outcome) {
  const auto priority = [](const char* level, const char* outcome) {
    auto e = event();
    e.event.level = level;
    e.event.outcome = outcome;
    const auto text = syslog_message(sender(), e);
    return std::stoi(text.substr(1)) % 8;
  };
  CAF_CHECK_EQUAL(priority("critical", "success"), 2);
  CAF_CHECK_EQUAL(priority("high", "success"), 3);
  CAF_CHECK_EQUAL(priority("medium", "success"), 4);
  CAF_CHECK_EQUAL(priority("info", "failure"), 4);
  CAF_CHECK_EQUAL(priority("low", "success"), 5);
  CAF_CHECK_EQUAL(priority("info", "success"), 6);
}

CAF_TEST(hostile text stays where it is) {
  auto e = event();
  e.event.status = "x\"] \n<0>1 - evil - - - - \x1b[2Jx\\";
  e.event.actor = "a]b";
  e.event.action_type = "two words\n";
  e.event.details =
      json_text{json{{"text", "line\r\n<13>1 other \xe2\x80\xae \x1b[31m"}}};
  const auto text = syslog_message(sender(), e);
  for (const char c : text)
    CAF_CHECK(c >= ' ' && c <= '~');
  CAF_CHECK(contains(text, "actor=\"a\\]b\""));
  CAF_CHECK(contains(text, "status=\"x\\\"\\] "));
  CAF_CHECK(contains(text, " two?words? ["));
}

CAF_TEST(a message that is too long says what was left out) {
  auto e = event();
  e.event.details = json_text{json{{"text", std::string(20'000, 'x')}}};
  const auto text = syslog_message(sender(), e);
  CAF_CHECK(text.size() < 2'000);
  const auto body = parse_json(text.substr(text.find("] {") + 2));
  CAF_REQUIRE(body.has_value());
  const auto& details = (*body)["details"];
  CAF_CHECK_EQUAL(details.value("omitted_bytes", 0), 20'011);
  CAF_CHECK_EQUAL(details.value("sha256", "").size(), 64U);
  CAF_CHECK(contains(details.value("see", ""), "before=42"));
}

}  // namespace syslog_messages_tests
