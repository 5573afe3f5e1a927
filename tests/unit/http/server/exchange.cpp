#define CAF_SUITE exchange

#include "http/server/exchange.hpp"

#include "http/server/correlation.hpp"
#include "tests/unit_test.hpp"

namespace exchange_tests {

using namespace closedpaw;
using namespace closedpaw::http;

struct answers {
  reply_slot slot(std::string id) {
    return {std::move(id),
            [this](response r) { seen.push_back(std::move(r)); }};
  }
  std::vector<response> seen;
};

CAF_TEST(a slot answers once) {
  answers a;
  {
    auto slot = a.slot("r1");
    CAF_CHECK(slot.pending());
    slot.answer(json_response(201, "{}"));
    slot.answer(json_response(202, "{}"));
    CAF_CHECK(!slot.pending());
  }
  CAF_REQUIRE_EQUAL(a.seen.size(), 1u);
  CAF_CHECK_EQUAL(a.seen[0].status, 201u);
}

CAF_TEST(a slot that is dropped answers 500 with its request id) {
  answers a;
  {
    auto first = a.slot("r1");
    const auto second = std::move(first);
    // NOLINTNEXTLINE: what is left is what is tested
    CAF_CHECK(!first.pending());
    CAF_CHECK(a.seen.empty());
  }
  CAF_REQUIRE_EQUAL(a.seen.size(), 1u);
  CAF_CHECK_EQUAL(a.seen[0].status, 500u);
  CAF_CHECK(a.seen[0].body->find("\"request_id\":\"r1\"") != std::string::npos);
}

CAF_TEST(a slot that is overwritten answers first) {
  answers a;
  auto slot = a.slot("r1");
  slot = a.slot("r2");
  CAF_REQUIRE_EQUAL(a.seen.size(), 1u);
  CAF_CHECK(a.seen[0].body->find("r1") != std::string::npos);
  CAF_CHECK_EQUAL(slot.request_id(), "r2");
  slot.answer({});
}

CAF_TEST(errors name their code and when to come back) {
  const auto answer =
      error_response({.code = errc::unavailable,
                      .message = "down",
                      .retry_after = std::chrono::milliseconds{1},
                      .extra = {{"action_id", "x"}}});
  CAF_CHECK_EQUAL(answer.status, 503u);
  CAF_CHECK_EQUAL(*answer.body,
                  "{\"detail\":\"down\",\"code\":\"unavailable\","
                  "\"action_id\":\"x\"}");
  CAF_CHECK_EQUAL(answer.headers.at(1).second, "1");
}

CAF_TEST(request ids need no quoting) {
  CAF_CHECK(is_request_id("aZ09._-"));
  CAF_CHECK(is_request_id(std::string(128, 'a')));
  CAF_CHECK(!is_request_id(std::string(129, 'a')));
  for (const auto* bad : {"", "a b", "a\"", "a/b", "\xc3\xbc", "a\x1b"})
    CAF_CHECK(!is_request_id(bad));
}

CAF_TEST(trace parents follow the W3C form) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string parent = "00f067aa0ba902b7";
  const auto make = [](std::string version, std::string t, std::string p,
                       std::string tail) {
    return version + "-" + t + "-" + p + "-" + tail;
  };
  CAF_CHECK(is_traceparent(make("00", trace, parent, "01")));
  CAF_CHECK(is_traceparent(make("cc", trace, parent, "01-later")));
  CAF_CHECK(!is_traceparent(make("00", trace, parent, "01-later")));
  CAF_CHECK(!is_traceparent(make("cc", trace, parent, "01later")));
  CAF_CHECK(!is_traceparent(make("ff", trace, parent, "01")));
  CAF_CHECK(!is_traceparent(make("00", std::string(32, '0'), parent, "01")));
  CAF_CHECK(!is_traceparent(make("00", trace, std::string(16, '0'), "01")));
  CAF_CHECK(!is_traceparent(make("00", std::string(32, 'A'), parent, "01")));
  CAF_CHECK(!is_traceparent(make("00", trace, parent, "0")));
  CAF_CHECK(!is_traceparent(""));
}

}  // namespace exchange_tests
