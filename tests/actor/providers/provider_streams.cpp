#define CAF_SUITE provider_streams

#include "tests/actor/providers/provider_fixture.hpp"

namespace provider_streams_tests {

using namespace closedpaw;
using namespace closedpaw::providers;
using namespace closedpaw::providers::test;

constexpr auto delta =
    R"({"model":"m1","message":{"content":"Hel"},"done":false})"
    "\n";
constexpr auto last =
    R"({"model":"m1","message":{"content":"lo"},"done":true,)"
    R"("done_reason":"stop","prompt_eval_count":5,"eval_count":7})"
    "\n";

struct sut_fixture : provider_fixture {
  sut_fixture() {
    args.limits.probe_interval = std::chrono::hours{1};
    streams.open("s1", reader);
    start();
  }
  http::body_sink& sink() { return *fetches.at(0).request.sink; }

  std::shared_ptr<reader_mock> reader = std::make_shared<reader_mock>();
};

struct crowded_fixture : provider_fixture {
  crowded_fixture() {
    args.limits.probe_interval = std::chrono::hours{1};
    args.limits.max_concurrent = 1;
    streams.open("s1", reader);
    start();
  }

  std::shared_ptr<reader_mock> reader = std::make_shared<reader_mock>();
};

struct refusing_fixture : provider_fixture {
  refusing_fixture() : provider_fixture{"custom"} {
    args.limits.probe_interval = std::chrono::hours{1};
    streams.open("s1", reader);
    start();
  }

  std::shared_ptr<reader_mock> reader = std::make_shared<reader_mock>();
};

}  // namespace provider_streams_tests

CAF_TEST_FIXTURE_SCOPE(provider_streams_tests, sut_fixture)

CAF_TEST(the_reader_gets_the_text_as_it_comes_and_the_actor_the_whole) {
  auto x = chat("m1", "s1");
  CAF_CHECK(sink().write(delta));
  CAF_CHECK_EQUAL(reader->text, "Hel");
  CAF_CHECK(!x->answered());
  answer(200, last);
  CAF_REQUIRE_EQUAL(x->code(), "ok");
  CAF_CHECK_EQUAL(reader->text, "Hello");
  CAF_CHECK_EQUAL((**x->answer).text, "Hello");
  CAF_CHECK_EQUAL(seen().completion_tokens, 7U);
  CAF_CHECK(!reader->leave);
}

CAF_TEST(a_stream_that_is_cut_fails_and_is_not_begun_again) {
  auto x = chat("m1", "s1");
  answer(200, delta);
  CAF_CHECK_EQUAL(x->code(), "upstream_malformed");
  CAF_CHECK_EQUAL(x->error->extra["partial"].get<bool>(), true);
  CAF_CHECK_EQUAL(open(), 0U);
}

CAF_TEST(garbage_ends_the_request) {
  auto x = chat("m1", "s1");
  CAF_CHECK(!sink().write("no json\n"));
  refuse({errc::cancelled, "was cancelled", {}, {}});
  CAF_CHECK_EQUAL(x->code(), "upstream_malformed");
  CAF_CHECK(!x->error->extra.contains("partial"));
}

CAF_TEST(an_error_before_the_stream_is_an_answer_like_any_other) {
  auto x = chat("nope", "s1");
  answer(404, R"({"error":"model 'nope' not found"})");
  CAF_CHECK_EQUAL(x->code(), "not_found");
}

CAF_TEST(a_reader_that_leaves_ends_the_request_upstream) {
  auto x = chat("m1", "s1");
  sink().write(delta);
  reader->left = true;
  reader->leave();
  settle();
  CAF_CHECK(*fetches.at(0).cancelled);
  refuse({errc::cancelled, "was cancelled", {}, {}});
  CAF_CHECK_EQUAL(x->code(), "cancelled");
  CAF_CHECK(contains(x->message(), "went away"));
  // That says nothing about the provider.
  CAF_CHECK(!seen().last_error);
}

CAF_TEST(a_reader_that_is_behind_holds_the_upstream_back) {
  chat("m1", "s1");
  CAF_CHECK(!sink().wants_pause());
  reader->behind = true;
  CAF_CHECK(sink().wants_pause());
  bool resumed = false;
  sink().when_ready([&] { resumed = true; });
  reader->resume();
  CAF_CHECK(resumed);
}

CAF_TEST(a_reader_that_holds_it_up_is_not_the_providers_failure) {
  args.limits.circuit_failures = 1;
  kill(sut);
  start();
  auto x = chat("m1", "s1");
  sink().write(delta);
  refuse({errc::timeout, "held up", {}, {{"phase", "reader"}}});
  CAF_CHECK_EQUAL(x->code(), "timeout");
  CAF_CHECK(seen().circuits.empty());
  CAF_CHECK(!seen().last_error);
}

CAF_TEST(a_stream_that_was_complete_is_an_answer_however_its_body_ends) {
  auto x = chat("m1", "s1");
  sink().write(delta);
  CAF_CHECK(!sink().is_enough());
  sink().write(last);
  CAF_CHECK(sink().is_enough());
  refuse({errc::unreachable, "reset", {}, {}});
  CAF_REQUIRE_EQUAL(x->code(), "ok");
  CAF_CHECK_EQUAL((**x->answer).text, "Hello");
}

CAF_TEST(each_try_decodes_from_the_beginning) {
  auto x = chat("m1", "s1");
  sink().write(R"({"model":"half a li)");
  refuse({errc::unreachable, "refused", {}, {{"phase", "connect"}}});
  advance(milliseconds{125});
  CAF_REQUIRE_EQUAL(open(), 1U);
  answer(200, last);
  CAF_CHECK_EQUAL(x->code(), "ok");
  CAF_CHECK_EQUAL(reader->text, "lo");
}

CAF_TEST(a_provider_that_ends_says_that_a_part_was_shown) {
  auto x = chat("m1", "s1");
  sink().write(delta);
  auto late = fetches.at(0).request.sink;
  kill(sut);
  CAF_CHECK_EQUAL(x->code(), "unavailable");
  CAF_CHECK_EQUAL(x->error->extra["partial"].get<bool>(), true);
  // Nobody else's answer continues it, and it does not go on beside another.
  start();
  auto second = chat("m1", "s1");
  CAF_CHECK_EQUAL(second->code(), "upstream_failed");
  CAF_CHECK_EQUAL(second->error->extra["partial"].get<bool>(), true);
  CAF_CHECK_EQUAL(open(), 1U);
  reader->text.clear();
  chat("m1", "s1");
  CAF_CHECK_EQUAL(open(), 2U);
  CAF_CHECK(!late->write(delta));
  CAF_CHECK_EQUAL(reader->text, "");
}

CAF_TEST(nobody_is_asked_for_a_reader_that_is_gone) {
  auto x = chat("m1", "s2");
  CAF_CHECK_EQUAL(x->code(), "cancelled");
  CAF_CHECK_EQUAL(open(), 0U);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST_FIXTURE_SCOPE(provider_streams_refusing_tests,
                       provider_streams_tests::refusing_fixture)

CAF_TEST(the_reader_is_told_that_it_reads_a_refusal) {
  auto x = chat("m1", "s1");
  auto& sink = *fetches.at(0).request.sink;
  sink.write("data: {\"choices\":[{\"delta\":{\"content\":\"\"}}]}\n\n");
  CAF_CHECK(!reader->refused);
  sink.write("data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n");
  CAF_CHECK(reader->refused);
  answer(200, "data: [DONE]\n\n");
  CAF_REQUIRE_EQUAL(x->code(), "ok");
  CAF_CHECK((**x->answer).refused);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST_FIXTURE_SCOPE(provider_streams_crowded_tests,
                       provider_streams_tests::crowded_fixture)

CAF_TEST(a_reader_that_leaves_the_queue_gives_up_its_place) {
  auto first = chat("m1");
  auto second = chat("m1", "s1");
  CAF_REQUIRE_EQUAL(seen().load->queued.load(), 1U);
  CAF_REQUIRE(reader->leave);
  reader->left = true;
  reader->leave();
  settle();
  CAF_CHECK_EQUAL(second->code(), "cancelled");
  CAF_CHECK_EQUAL(seen().load->queued.load(), 0U);
  answer_chat();
  CAF_CHECK_EQUAL(first->code(), "ok");
  CAF_CHECK_EQUAL(open(), 0U);
}

CAF_TEST_FIXTURE_SCOPE_END()
