#define CAF_SUITE routes_event_hub

#include "http/routes/event_hub.hpp"

#include <thread>

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_event_hub_tests {

using namespace closedpaw;
using namespace closedpaw::http;

struct recorder : byte_stream {
  bool congested() const override { return false; }
  void watch(std::function<void()>) override {}
  bool push(std::string chunk) override {
    std::lock_guard guard{mutex};
    if (left)
      return false;
    text += chunk;
    ++chunks;
    return true;
  }
  void close() override { closed = true; }
  bool gone() const override { return left; }

  std::mutex mutex;
  std::string text;
  int chunks = 0;
  bool left = false;
  bool closed = false;
};

struct fixture {
  std::shared_ptr<recorder> join(std::string_view last = {}) {
    auto stream = std::make_shared<recorder>();
    auto seat = hub.admit();
    CAF_REQUIRE(seat);
    hub.subscribe(stream, *seat, last);
    return stream;
  }
  // The ids look like "<run>.<n>".
  std::string id(int n) {
    return std::to_string(test::noon.time_since_epoch().count()) + "." +
           std::to_string(n);
  }

  event_hub hub{test::noon, {.subscribers = 2, .kept = 3}};
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

CAF_TEST(frames) {
  CAF_CHECK_EQUAL(sse_frame("1", "x", "{}"), "id: 1\nevent: x\ndata: {}\n\n");
  CAF_CHECK_EQUAL(sse_frame("", "x", "a\nb\r\nc\rd\n"),
                  "event: x\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
  CAF_CHECK_EQUAL(sse_frame("1\n2", "x\r\ndata: y", "z"),
                  "id: 12\nevent: xdata: y\ndata: z\n\n");
}

CAF_TEST_FIXTURE_SCOPE(with_fixture, fixture)

CAF_TEST(subscribers_get_what_is_published) {
  auto stream = join();
  CAF_CHECK_EQUAL(stream->text, "retry: 3000\n\n");
  hub.publish("supervision", {{"state", "a\nb"}});
  CAF_CHECK(has(stream->text, "id: " + id(1) +
                                  "\nevent: supervision\n"
                                  "data: {\"state\":\"a\\nb\"}\n\n"));
  hub.heartbeat();
  CAF_CHECK(stream->text.ends_with(":\n\n"));
}

CAF_TEST(lazy_data_are_made_for_readers_only) {
  int made = 0;
  const auto data = [&made] {
    return "{\"n\":" + std::to_string(++made) + "}";
  };
  hub.publish_lazily("action", data);
  CAF_CHECK_EQUAL(made, 0);
  auto stream = join();
  hub.publish_lazily("action", data);
  CAF_CHECK(has(stream->text,
                "id: " + id(2) + "\nevent: action\ndata: {\"n\":1}\n\n"));
  // Who returns reads those that nobody read.
  CAF_CHECK(has(join(id(0))->text,
                "id: " + id(1) + "\nevent: action\ndata: {\"n\":2}\n\n"));
}

CAF_TEST(a_client_that_returns_misses_nothing) {
  hub.publish("one", {});
  hub.publish("two", {});
  hub.publish("three", {});
  auto stream = join(id(1));
  CAF_CHECK(!has(stream->text, "event: gap"));
  CAF_CHECK(!has(stream->text, "event: one"));
  CAF_CHECK(has(stream->text, "event: two"));
  CAF_CHECK(has(stream->text, "event: three"));
  CAF_CHECK_EQUAL(stream->chunks, 1);
}

CAF_TEST(what_is_no_longer_kept_is_a_gap) {
  for (auto type : {"one", "two", "three", "four", "five"})
    hub.publish(type, {});
  auto stream = join(id(1));
  CAF_CHECK(has(stream->text, "event: gap"));
  CAF_CHECK(!has(stream->text, "event: two"));
  CAF_CHECK(has(stream->text, "event: three"));
  CAF_CHECK(has(stream->text, "event: five"));
  auto recent = join(id(2));
  CAF_CHECK(!has(recent->text, "event: gap"));
}

CAF_TEST(ids_that_are_not_ours_are_a_gap) {
  hub.publish("one", {});
  for (std::string last : {std::string{"1"}, std::string{"0.1"}, id(9),
                           id(1) + "x", std::string{"."}}) {
    event_hub other{test::noon};
    other.publish("one", {});
    auto stream = std::make_shared<recorder>();
    other.subscribe(stream, *other.admit(), last);
    CAF_CHECK(has(stream->text, "event: gap"));
    CAF_CHECK(!has(stream->text, "event: one"));
  }
}

CAF_TEST(seats_are_bounded_and_given_back) {
  auto first = join();
  auto second = join();
  auto third = hub.admit();
  CAF_REQUIRE(!third);
  CAF_CHECK(third.error().code == errc::overloaded);
  CAF_CHECK(third.error().retry_after.has_value());
  first->left = true;
  hub.heartbeat();
  CAF_CHECK_EQUAL(hub.subscribers(), 1u);
  CAF_CHECK(hub.admit());
  // A seat that nobody used is free again.
  CAF_CHECK(hub.admit());
}

CAF_TEST(closing) {
  auto stream = join();
  auto seat = hub.admit();
  CAF_REQUIRE(seat);
  hub.close_all();
  CAF_CHECK(stream->closed);
  auto late = std::make_shared<recorder>();
  hub.subscribe(late, *seat);
  CAF_CHECK(late->closed);
  auto refused = hub.admit();
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::unavailable);
}

CAF_TEST(publishers_on_many_threads) {
  auto stream = join();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this] {
      for (int i = 0; i < 100; ++i)
        hub.publish("x", {});
    });
  for (auto& t : threads)
    t.join();
  CAF_CHECK_EQUAL(stream->chunks, 401);
  // In the order of their ids.
  std::size_t at = 0;
  for (int i = 1; i <= 400 && at != std::string::npos; ++i)
    at = stream->text.find("id: " + id(i) + "\n", at);
  CAF_CHECK(at != std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(the_route) {
  test::api_fixture api;
  auto r =
      api.answer(method::get, "/api/events", {}, {{"last-event-id", "0.7"}});
  CAF_CHECK_EQUAL(r.status, 200u);
  CAF_CHECK_EQUAL(test::header_of(r, "Content-Type"), "text/event-stream");
  CAF_REQUIRE(r.stream);
  auto stream = std::make_shared<recorder>();
  r.stream(stream);
  CAF_CHECK(has(stream->text, "event: gap"));
  std::vector<response> open;
  for (int i = 0; i < 63; ++i)
    open.push_back(api.get("/api/events"));
  CAF_CHECK_EQUAL(api.get("/api/events").status, 503u);
  open.clear();
  CAF_CHECK_EQUAL(api.get("/api/events").status, 200u);
}

}  // namespace routes_event_hub_tests
