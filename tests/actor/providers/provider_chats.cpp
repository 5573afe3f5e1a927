#define CAF_SUITE provider_chats

#include "tests/actor/providers/provider_fixture.hpp"

namespace provider_chats_tests {

using namespace closedpaw;
using namespace closedpaw::providers;
using namespace closedpaw::providers::test;
using std::chrono::seconds;

struct sut_fixture : provider_fixture {
  sut_fixture() {
    args.limits.probe_interval = std::chrono::hours{1};
    // What is asked after a failure is the subject of other tests.
    hides_listings = true;
  }

  static failure no_connection() {
    return {errc::unreachable, "refused", {}, {{"phase", "connect"}}};
  }
  void fail_chats(int n) {
    args.limits.retries = 0;
    args.limits.circuit_failures = static_cast<std::uint32_t>(n);
    args.limits.circuit_open_min = seconds{5};
    start();
    for (int i = 0; i < n; ++i) {
      auto x = chat();
      answer(500, "{}");
      CAF_CHECK_EQUAL(x->code(), "upstream_failed");
    }
  }
};

}  // namespace provider_chats_tests

CAF_TEST_FIXTURE_SCOPE(provider_chats_tests, sut_fixture)

CAF_TEST(a_chat_is_asked_and_its_answer_counted) {
  start();
  auto x = chat();
  CAF_CHECK_EQUAL(asked().url, "http://h:1/api/chat");
  CAF_CHECK_EQUAL(asked().method, "POST");
  CAF_CHECK_EQUAL(seen().load->in_flight.load(), 1U);
  answer_chat("hello");
  CAF_CHECK_EQUAL(seen().load->in_flight.load(), 0U);
  CAF_REQUIRE_EQUAL(x->code(), "ok");
  CAF_CHECK_EQUAL((**x->answer).text, "hello");
  CAF_CHECK_EQUAL((**x->answer).provider, "p");
  CAF_CHECK_EQUAL(seen().prompt_tokens, 5U);
  CAF_CHECK_EQUAL(seen().completion_tokens, 7U);
  CAF_CHECK(seen().last_success.has_value());
  CAF_CHECK_EQUAL(announced, strings{"ok"});
}

CAF_TEST(a_call_that_the_vendor_gave_no_id_has_one) {
  start();
  auto x = chat();
  answer(200, R"({"message":{"role":"assistant","content":"","tool_calls":[
    {"function":{"name":"f","arguments":{"a":1}}}]},"done":true})");
  CAF_REQUIRE_EQUAL(x->code(), "ok");
  const auto& calls = (**x->answer).tool_calls;
  CAF_REQUIRE_EQUAL(calls.size(), 1U);
  CAF_CHECK(calls[0].id.starts_with("call_"));
  CAF_CHECK_EQUAL(calls[0].arguments, R"({"a":1})");
}

CAF_TEST(what_the_vendor_has_no_words_for_is_not_asked) {
  start();
  chat_request q{"m", {{"user", "hi"}}, "r1"};
  q.tools.tools = {{"f", "", {}, {}}};
  q.tools.choice = tool_choice::required;
  auto x = ask_now<chat_reply_payload>(*this, sut, chat_request_payload{q});
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK_EQUAL(x->code(), "bad_request");
}

CAF_TEST(what_was_not_begun_is_tried_again_after_a_while) {
  start();
  auto x = chat();
  refuse(no_connection());
  CAF_CHECK_EQUAL(open(), 0U);
  advance(milliseconds{125});
  CAF_REQUIRE_EQUAL(open(), 1U);
  answer(503, "{}", {{"retry-after", "2"}});
  advance(milliseconds{1950});
  CAF_CHECK_EQUAL(open(), 0U);
  advance(milliseconds{50});
  answer_chat();
  CAF_CHECK_EQUAL(tries(x), "ok unreachable upstream_failed");
}

CAF_TEST(tries_end_and_all_are_told) {
  start();
  auto x = chat();
  for (int i = 0; i < 3; ++i) {
    refuse(no_connection());
    advance(milliseconds{1000});
  }
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK_EQUAL(tries(x), "unreachable unreachable unreachable unreachable");
  // How far it came is for us to know.
  CAF_CHECK(!x->error->extra.contains("phase"));
}

CAF_TEST(what_may_have_been_done_is_not_done_twice) {
  start();
  auto x = chat();
  refuse({errc::unreachable, "lost the connection before an answer", {}, {}});
  advance(seconds{10});
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK_EQUAL(tries(x), "unreachable unreachable");
}

CAF_TEST(an_unknown_model_is_the_callers_mistake) {
  args.limits.circuit_failures = 1;
  start();
  for (int i = 0; i < 3; ++i) {
    auto x = chat("nope");
    answer(404, R"({"error":"model 'nope' not found"})");
    CAF_CHECK_EQUAL(x->code(), "not_found");
  }
  CAF_CHECK(seen().circuits.empty());
  CAF_CHECK(!seen().last_error);
  CAF_CHECK(seen().last_success.has_value());
}

CAF_TEST(what_never_left_us_proves_nothing) {
  start();
  auto x = chat();
  refuse({errc::bad_request, "a header with a line break", {}, {}});
  CAF_CHECK_EQUAL(x->code(), "bad_request");
  CAF_CHECK(!seen().last_success);
  CAF_CHECK(seen().last_error.has_value());
}

CAF_TEST(the_failure_that_opens_the_circuit_is_told_as_what_it_is) {
  args.limits.circuit_failures = 1;
  start();
  auto x = chat();
  answer(429, "{}", {{"retry-after", "1"}});
  CAF_CHECK_EQUAL(x->code(), "too_many_requests");
  CAF_CHECK_EQUAL(open(), 0U);
}

CAF_TEST(failures_in_a_row_open_the_models_circuit_and_no_other) {
  fail_chats(2);
  auto refused = chat();
  CAF_CHECK_EQUAL(refused->code(), "unavailable");
  CAF_CHECK(contains(refused->message(), "circuit of p/m1 is open"));
  CAF_CHECK(refused->error->retry_after == seconds{5});
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_REQUIRE_EQUAL(seen().circuits.size(), 1U);
  CAF_CHECK(seen().circuits[0].open_until == test_now() + seconds{5});
  auto other = chat("m2");
  CAF_CHECK_EQUAL(open(), 1U);
  answer_chat();
  CAF_CHECK_EQUAL(other->code(), "ok");
  CAF_CHECK_EQUAL(seen().circuits.size(), 1U);
}

CAF_TEST(one_probe_closes_the_circuit_again) {
  fail_chats(2);
  advance(seconds{5});
  auto probe = chat();
  auto waits = chat();
  CAF_CHECK_EQUAL(open(), 1U);
  CAF_CHECK_EQUAL(waits->code(), "unavailable");
  answer_chat();
  CAF_CHECK_EQUAL(probe->code(), "ok");
  CAF_CHECK(seen().circuits.empty());
  chat();
  CAF_CHECK_EQUAL(open(), 1U);
}

CAF_TEST(no_more_than_the_limit_are_asked_and_the_rest_wait_or_are_refused) {
  args.limits.max_concurrent = 1;
  args.limits.max_queued = 1;
  start();
  auto first = chat();
  auto second = chat();
  auto third = chat();
  CAF_CHECK_EQUAL(open(), 1U);
  CAF_CHECK_EQUAL(third->code(), "too_many_requests");
  CAF_CHECK(third->error->retry_after.has_value());
  CAF_CHECK_EQUAL(seen().load->queued.load(), 1U);
  answer_chat("1");
  CAF_CHECK_EQUAL(first->code(), "ok");
  CAF_CHECK_EQUAL(open(), 1U);
  CAF_CHECK_EQUAL(seen().load->queued.load(), 0U);
  answer_chat("2");
  CAF_CHECK_EQUAL((**second->answer).text, "2");
}

CAF_TEST(a_rate_lets_them_go_one_after_the_other) {
  args.limits.requests_per_minute = 60;
  args.limits.max_concurrent = 1000;
  start();
  for (int i = 0; i < 61; ++i)
    chat();
  CAF_CHECK_EQUAL(open(), 60U);
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(open(), 61U);
}

CAF_TEST(a_place_that_is_given_back_does_not_raise_the_rate) {
  args.limits.requests_per_minute = 60;
  args.limits.max_concurrent = 1000;
  start();
  for (int i = 0; i < 64; ++i)
    chat();
  for (int i = 0; i < 10; ++i)
    answer_chat();
  CAF_CHECK_EQUAL(open(), 50U);
  for (int i = 1; i <= 4; ++i) {
    advance(milliseconds{1000});
    CAF_CHECK_EQUAL(open(), static_cast<std::size_t>(50 + i));
  }
}

CAF_TEST(a_chat_that_waited_for_too_long_fails) {
  args.limits.max_concurrent = 1;
  args.limits.total_timeout = seconds{2};
  start();
  auto first = chat();
  auto second = chat();
  advance(milliseconds{1999});
  CAF_CHECK(!second->answered());
  advance(milliseconds{1});
  CAF_CHECK_EQUAL(second->code(), "timeout");
  answer_chat();
  CAF_CHECK_EQUAL(first->code(), "ok");
  CAF_CHECK_EQUAL(open(), 0U);
}

CAF_TEST(chats_that_are_cancelled_leave_the_queue) {
  args.limits.max_concurrent = 1;
  args.limits.max_queued = 1;
  start();
  chat();
  for (int i = 0; i < 3; ++i) {
    const auto id = make_uuid(test_now());
    auto queued = chat("m1", "", id);
    CAF_CHECK(!queued->answered());
    caf::anon_send(sut, cancel_action{id});
    settle();
    CAF_CHECK_EQUAL(queued->code(), "cancelled");
  }
}

CAF_TEST(a_cancelled_chat_ends_the_request_upstream) {
  args.limits.max_concurrent = 1;
  start();
  const auto id = make_uuid(test_now());
  auto running = chat("m1", "", id);
  caf::anon_send(sut, cancel_action{id});
  settle();
  CAF_CHECK(*fetches.at(0).cancelled);
  refuse({errc::cancelled, "was cancelled", {}, {}});
  CAF_CHECK_EQUAL(running->code(), "cancelled");
  CAF_CHECK(!seen().last_error);
  const auto other = make_uuid(test_now());
  chat();
  auto queued = chat("m1", "", other);
  caf::anon_send(sut, cancel_action{other});
  settle();
  CAF_CHECK_EQUAL(queued->code(), "cancelled");
  CAF_CHECK_EQUAL(open(), 1U);
}

CAF_TEST(whoever_waits_is_answered_when_the_provider_ends) {
  args.limits.max_concurrent = 1;
  start();
  auto asked_now = chat();
  auto queued = chat();
  auto check = ask_now<std::string>(*this, sut, check_atom::value);
  auto handle = fetches.at(0).cancelled;
  kill(sut);
  for (const auto& x : {asked_now, queued})
    CAF_CHECK_EQUAL(x->code(), "unavailable");
  CAF_CHECK_EQUAL(check->code(), "unavailable");
  CAF_CHECK(*handle);
}

CAF_TEST_FIXTURE_SCOPE_END()
