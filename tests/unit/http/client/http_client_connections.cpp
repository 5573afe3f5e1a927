#define CAF_SUITE http_client_connections

#include "tests/unit/http/client/client_fixture.hpp"
#include "tests/unit_test.hpp"

namespace http_client_connections_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using std::chrono::milliseconds;

/// Answers the first request; closes on the second without a word.
void answer_then_close_on_next(peer& p) {
  p.read_request();
  p.send(ok("first"));
  p.read_request();
}

CAF_TEST(connection_is_kept_and_used_again) {
  fake_server server{{answer_always(ok("hi"))}};
  client_fixture f;
  for (int i = 0; i < 5; ++i) {
    CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "hi");
  }
  CAF_CHECK_EQUAL(server.accepted(), 1u);
  auto stats = f.get().stats();
  CAF_CHECK_EQUAL(stats.requests, 5u);
  CAF_CHECK_EQUAL(stats.connects, 1u);
  CAF_CHECK_EQUAL(stats.reuses, 4u);
  CAF_CHECK_EQUAL(stats.idle_connections, 1u);
  CAF_CHECK_EQUAL(stats.in_flight, 0u);
}

CAF_TEST(connection_is_not_kept_when_the_answer_says_close) {
  fake_server server{{answer_always(
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")}};
  client_fixture f;
  CAF_REQUIRE(f.fetch(get(server.url())));
  CAF_REQUIRE(f.fetch(get(server.url())));
  CAF_CHECK_EQUAL(server.accepted(), 2u);
}

CAF_TEST(bytes_after_the_answer_end_the_connection) {
  fake_server server{{answer_always(ok("a") + ok("smuggled"))}};
  client_fixture f;
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "a");
  CAF_CHECK_EQUAL(f.get().stats().idle_connections, 0u);
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "a");
  CAF_CHECK_EQUAL(server.accepted(), 2u);
}

CAF_TEST(origins_do_not_share_connections) {
  fake_server one{{answer_always(ok("one"))}};
  fake_server two{{answer_always(ok("two"))}};
  client_fixture f;
  CAF_CHECK_EQUAL(body_of(f.fetch(get(one.url()))), "one");
  CAF_CHECK_EQUAL(body_of(f.fetch(get(two.url()))), "two");
  CAF_CHECK_EQUAL(body_of(f.fetch(get(one.url()))), "one");
  CAF_CHECK_EQUAL(one.accepted() + two.accepted(), 2u);
}

CAF_TEST(closed_connection_is_seen_before_anything_is_sent) {
  fake_server server{{answer_once(ok("one")), answer_always(ok("two"))}};
  client_fixture f;
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "one");
  CAF_REQUIRE(server.wait_until_ended(1));
  CAF_CHECK_EQUAL(body_of(f.fetch(post(server.url(), "x"))), "two");
  CAF_CHECK_EQUAL(f.get().stats().retries, 0u);
}

CAF_TEST(stale_connection_is_retried_for_idempotent_methods) {
  fake_server server{{answer_then_close_on_next, answer_always(ok("second"))}};
  client_fixture f;
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "first");
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "second");
  CAF_CHECK_EQUAL(server.accepted(), 2u);
  CAF_CHECK_EQUAL(f.get().stats().retries, 1u);
}

CAF_TEST(stale_connection_is_not_retried_for_post) {
  fake_server server{{answer_then_close_on_next, answer_always(ok("second"))}};
  client_fixture f;
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "first");
  auto x = f.fetch(post(server.url(), "pay"));
  CAF_CHECK(code_of(x) == errc::unreachable);
  CAF_CHECK(says(x, "before an answer"));
  CAF_CHECK_EQUAL(server.accepted(), 1u);
}

CAF_TEST(new_connection_that_is_lost_is_not_retried) {
  fake_server server{{[](peer& p) { p.read_request(); }}};
  client_fixture f;
  CAF_CHECK(code_of(f.fetch(get(server.url()))) == errc::unreachable);
  CAF_CHECK_EQUAL(server.accepted(), 1u);
}

CAF_TEST(stale_answer_in_pieces_is_not_retried) {
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send(ok("first"));
    p.read_request();
    p.send("HTTP/1.1 2");
  }}};
  client_fixture f;
  CAF_REQUIRE(f.fetch(get(server.url())));
  CAF_CHECK(code_of(f.fetch(get(server.url()))) == errc::upstream_malformed);
  CAF_CHECK_EQUAL(server.accepted(), 1u);
}

CAF_TEST(kept_connections_are_bounded) {
  fake_server server{{answer_always(ok("x"))}};
  client_fixture f{{.max_idle_per_origin = 2}};
  std::size_t answers = 0;
  for (int i = 0; i < 5; ++i) {
    f.get().fetch(get(server.url()), [&](auto x) { answers += x ? 1 : 0; });
  }
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (answers < 5 && f.context().run_one_until(until) > 0) {
  }
  CAF_REQUIRE_EQUAL(answers, 5u);
  CAF_CHECK_EQUAL(server.accepted(), 5u);
  CAF_CHECK_EQUAL(f.get().stats().idle_connections, 2u);
  CAF_CHECK(server.wait_until_ended(3));
}

CAF_TEST(kept_connections_are_bounded_over_all_origins) {
  fake_server one{{answer_always(ok("x"))}};
  fake_server two{{answer_always(ok("x"))}};
  client_fixture f{{.max_idle = 1}};
  CAF_REQUIRE(f.fetch(get(one.url())));
  CAF_REQUIRE(f.fetch(get(two.url())));
  CAF_CHECK_EQUAL(f.get().stats().idle_connections, 1u);
  CAF_CHECK(one.wait_until_ended(1));
}

CAF_TEST(kept_connection_expires) {
  fake_server server{{answer_always(ok("x"))}};
  client_fixture f{{.idle_expiry = milliseconds{20}}};
  CAF_REQUIRE(f.fetch(get(server.url())));
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (f.get().stats().idle_connections > 0 &&
         f.context().run_one_until(until) > 0) {
  }
  CAF_CHECK_EQUAL(f.get().stats().idle_connections, 0u);
  CAF_CHECK(server.wait_until_ended(1));
}

CAF_TEST(close_idle_closes_kept_connections) {
  fake_server server{{answer_always(ok("x"))}};
  client_fixture f;
  CAF_REQUIRE(f.fetch(get(server.url())));
  f.get().close_idle();
  f.poll();
  CAF_CHECK(server.wait_until_ended(1));
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "x");
  CAF_CHECK_EQUAL(server.accepted(), 2u);
}

CAF_TEST(closing_the_client_ends_fetches_and_lets_the_context_finish) {
  fake_server server{{[](peer& p) { p.wait_for_close(); }}};
  client_fixture f;
  f.start(get(server.url()));
  f.poll();
  f.close_client();
  auto x = f.wait();
  CAF_CHECK(code_of(x) == errc::cancelled);
  f.context().run_for(std::chrono::seconds{10});
  CAF_CHECK(f.context().stopped());
  CAF_CHECK(server.wait_until_ended(server.accepted()));
}

}  // namespace http_client_connections_tests
