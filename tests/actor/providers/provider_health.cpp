#define CAF_SUITE provider_health

#include "tests/actor/providers/provider_fixture.hpp"

namespace provider_health_tests {

using namespace closedpaw;
using namespace closedpaw::providers;
using namespace closedpaw::providers::test;
using std::chrono::seconds;

struct keyed : provider_fixture {
  keyed() : provider_fixture{"openai"} {
    args.limits.probe_interval = std::chrono::hours{1};
  }
  std::string header(const std::string& name) const {
    for (const auto& [key, value] : asked().headers)
      if (key == name)
        return value;
    return "none";
  }
  closedpaw::test::outcome<std::string> check() {
    auto x = ask_now<std::string>(*this, sut, check_atom::value);
    if (open() > 0)
      answer(200, R"({"data":[{"id":"m1"}]})");
    return *x;
  }
};

}  // namespace provider_health_tests

CAF_TEST_FIXTURE_SCOPE(provider_health_tests, keyed)

CAF_TEST(a_probe_lists_models_on_a_period_with_jitter) {
  args.limits.probe_interval = seconds{10};
  start();
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK(seen().next_probe == test_now() + seconds{9});
  advance(seconds{9});
  CAF_REQUIRE_EQUAL(open(), 1U);
  CAF_CHECK_EQUAL(asked().url, "http://h:1/models");
  answer(200, R"({"data":[{"id":"m1"}]})");
  CAF_CHECK_EQUAL(seen().models.at(0).name, "m1");
  CAF_CHECK(seen().models_at == test_now());
  advance(seconds{9});
  CAF_CHECK_EQUAL(open(), 1U);
}

CAF_TEST(a_check_proves_an_exchange) {
  start();
  CAF_CHECK_EQUAL(*check().answer, "listed 1 models");
  auto x = ask_now<std::string>(*this, sut, check_atom::value);
  answer(401, R"({"error":{"message":"Incorrect API key"}})");
  CAF_CHECK_EQUAL(x->code(), "upstream_refused");
  CAF_CHECK(contains(seen().last_error->message, "Incorrect API key"));
  CAF_CHECK_EQUAL(announced, (strings{"ok", "not ok"}));
}

CAF_TEST(the_key_comes_from_the_vault_for_each_use) {
  start();
  auto x = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_CHECK_EQUAL(header("authorization"), "Bearer sk-1");
  answer(200, R"({"data":[]})");
  stored_key = "sk-2";
  chat();
  CAF_CHECK_EQUAL(header("authorization"), "Bearer sk-2");
}

CAF_TEST(a_vendor_that_repeats_the_key_is_not_repeated) {
  start();
  auto x = ask_now<std::string>(*this, sut, check_atom::value);
  answer(401, R"({"error":{"message":"Incorrect API key: sk-1"}})");
  CAF_CHECK(contains(x->message(), "Incorrect API key: [redacted]"));
  auto y = chat();
  answer(401, R"({"error":{"message":"sk-1 and Bearer sk-1"}})");
  CAF_CHECK(contains(y->message(), "[redacted] and Bearer [redacted]"));
  CAF_CHECK(!contains(dump(y->error->extra), "sk-1"));
  CAF_CHECK(!contains(seen().last_error->message, "sk-1"));
}

CAF_TEST(after_a_chat_that_failed_it_is_asked_out_of_turn) {
  args.limits.retries = 0;
  start();
  auto x = chat();
  refuse({errc::unreachable, "reset", {}, {}});
  CAF_CHECK(x->answered());
  CAF_CHECK(seen().last_error.has_value());
  CAF_CHECK_EQUAL(open(), 0U);
  advance(seconds{1});
  CAF_REQUIRE_EQUAL(open(), 1U);
  CAF_CHECK_EQUAL(asked().url, "http://h:1/models");
  answer(200, R"({"data":[{"id":"m1"}]})");
  CAF_CHECK(!seen().last_error);
  // Once, and not where something else has told meanwhile.
  advance(seconds{5});
  CAF_CHECK_EQUAL(open(), 0U);
}

CAF_TEST(without_a_key_nothing_is_sent_where_one_is_needed) {
  stored_key.reset();
  start();
  auto x = chat();
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK_EQUAL(x->code(), "upstream_refused");
  CAF_CHECK(contains(x->message(), "no API key is stored for provider p"));
}

CAF_TEST(without_the_vault_nothing_is_sent_either) {
  vault_place.slot->clear();
  start();
  auto x = chat();
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK_EQUAL(x->code(), "unavailable");
}

CAF_TEST(a_later_life_knows_what_the_earlier_learnt) {
  start();
  CAF_CHECK(check().answer.has_value());
  kill(sut);
  start();
  CAF_CHECK_EQUAL(seen().models.size(), 1U);
  CAF_CHECK_EQUAL(seen().exchanges, 1U);
}

CAF_TEST_FIXTURE_SCOPE_END()
