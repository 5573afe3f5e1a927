#define CAF_SUITE server_streams

#include <atomic>
#include <thread>

#include "tests/unit/http/server/running_server.hpp"
#include "tests/unit_test.hpp"

namespace server_streams_tests {

using namespace closedpaw;
using namespace closedpaw::test;

using stream_ptr = std::shared_ptr<http::byte_stream>;

/// Answers every request but "/plain" with a stream that the test gets.
class stream_keeper {
 public:
  http::request_handler handler() {
    return [this](http::request&& r,
                  http::reply_slot&) -> std::optional<http::response> {
      if (r.path == "/plain")
        return http::json_response(200, "plain");
      http::response out;
      out.headers.emplace_back("Content-Type", "text/event-stream");
      out.stream = [this](stream_ptr s) { next_.set_value(std::move(s)); };
      return out;
    };
  }
  stream_ptr take() {
    auto out = next_.get_future().get();
    next_ = {};
    return out;
  }

 private:
  std::promise<stream_ptr> next_;
};

/// Pushes until the stream says that nobody reads any more.
bool push_until_refused(http::byte_stream& stream, std::size_t size) {
  const auto limit = std::chrono::steady_clock::now() + 20s;
  while (std::chrono::steady_clock::now() < limit)
    if (!stream.push(std::string(size, 'x')))
      return true;
  return false;
}

CAF_TEST(chunks arrive and the connection goes on) {
  stream_keeper streams;
  running_server server{streams.handler()};
  raw_client client{server.port()};
  const auto answer = client.get("/api/events");
  CAF_CHECK_EQUAL(answer.status, 200);
  CAF_CHECK_EQUAL(answer.header("content-type"), "text/event-stream");
  CAF_CHECK_EQUAL(answer.header("transfer-encoding"), "chunked");
  CAF_CHECK_EQUAL(answer.header("content-length"), "");
  const auto stream = streams.take();
  CAF_CHECK(stream->push("one"));
  CAF_CHECK_EQUAL(client.read_chunk(), "one");
  CAF_CHECK(stream->push("two"));
  CAF_CHECK_EQUAL(client.read_chunk(), "two");
  CAF_CHECK_EQUAL(server->counters().streams, 1u);
  stream->close();
  CAF_CHECK_EQUAL(client.read_chunk(), "");
  CAF_CHECK(client.ended());
  CAF_CHECK_EQUAL(client.get("/plain").body, "plain");
  CAF_CHECK_EQUAL(server->counters().streams, 0u);
  CAF_CHECK(!stream->push("three"));
}

CAF_TEST(a client that goes before the answer is told of to whoever asked) {
  std::promise<void> asked;
  std::promise<void> left;
  http::reply_slot kept;
  running_server server{
      [&](http::request&&,
          http::reply_slot& slot) -> std::optional<http::response> {
        kept = std::move(slot);
        kept.when_gone([&] { left.set_value(); });
        asked.set_value();
        return std::nullopt;
      }};
  {
    raw_client client{server.port()};
    client.send("GET / HTTP/1.1\r\n" + server.host() + "\r\n");
    asked.get_future().wait();
  }
  left.get_future().wait();
  kept.answer({});
}

CAF_TEST(a connection that was watched goes on after the answer) {
  constexpr int requests = 50;
  std::atomic<int> answered{0};
  {
    running_server server{[&](http::request&&, http::reply_slot& slot)
                              -> std::optional<http::response> {
      slot.when_gone([] {});
      std::thread{[&answered,
                   kept = std::make_shared<http::reply_slot>(std::move(slot))] {
        kept->answer(http::json_response(200, "late"));
        ++answered;
      }}.detach();
      return std::nullopt;
    }};
    raw_client client{server.port()};
    for (int i = 0; i < requests; ++i)
      CAF_CHECK_EQUAL(client.get("/").body, "late");
    // Who answers holds the session for a moment longer than the client waits.
    while (answered < requests)
      std::this_thread::yield();
  }
}

CAF_TEST(what was pushed before close arrives) {
  stream_keeper streams;
  running_server server{streams.handler()};
  raw_client client{server.port()};
  client.get("/");
  const auto stream = streams.take();
  stream->push(std::string(500'000, 'x'));
  stream->close();
  std::size_t size = 0;
  while (!client.ended()) {
    const auto chunk = client.read_chunk();
    size += chunk.size();
    if (chunk.empty())
      break;
  }
  CAF_CHECK(client.ended());
  CAF_CHECK_EQUAL(size, 500'000u);
}

CAF_TEST(a client that leaves ends the stream) {
  stream_keeper streams;
  running_server server{streams.handler()};
  for (const bool reset : {false, true}) {
    raw_client client{server.port()};
    client.get("/");
    const auto stream = streams.take();
    reset ? client.reset() : client.close();
    CAF_CHECK(push_until_refused(*stream, 1));
  }
}

CAF_TEST(a reader that is too slow is cut off) {
  stream_keeper streams;
  running_server server{streams.handler(), {.max_stream_backlog = 100'000}};
  raw_client client{server.port()};
  client.get("/");
  const auto stream = streams.take();
  CAF_CHECK(push_until_refused(*stream, 10'000));
  while (!client.read_chunk().empty()) {
  }
  // Cut off and not ended: the client can tell that something is missing.
  CAF_CHECK(!client.ended());
}

CAF_TEST(HTTP 1.0 gets its stream until the end of the connection) {
  stream_keeper streams;
  running_server server{streams.handler()};
  raw_client client{server.port()};
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answer = client.read();
  CAF_CHECK_EQUAL(answer.header("transfer-encoding"), "");
  CAF_CHECK_EQUAL(answer.header("connection"), "close");
  const auto stream = streams.take();
  stream->push("all");
  stream->close();
  CAF_CHECK_EQUAL(client.read_bytes(100), "all");
  CAF_CHECK(client.at_end());
}

CAF_TEST(HEAD of a stream starts none) {
  stream_keeper streams;
  running_server server{streams.handler()};
  raw_client client{server.port()};
  client.send("HEAD / HTTP/1.1\r\n" + server.host() + "\r\n");
  CAF_CHECK_EQUAL(client.read(false).header("transfer-encoding"), "chunked");
  CAF_CHECK_EQUAL(client.get("/plain").body, "plain");
}

CAF_TEST(streams are capped) {
  stream_keeper streams;
  running_server server{streams.handler(), {.max_streams = 1}};
  raw_client one{server.port()};
  one.get("/");
  const auto stream = streams.take();
  raw_client two{server.port()};
  const auto answer = two.get("/");
  CAF_CHECK_EQUAL(answer.status, 503);
  CAF_CHECK_EQUAL(answer.header("retry-after"), "5");
  CAF_CHECK_EQUAL(two.get("/plain").body, "plain");
  CAF_CHECK_EQUAL(server.refused(http::refused_by::overload), 1u);
}

CAF_TEST(a stopping server ends its streams) {
  stream_keeper streams;
  running_server server{streams.handler()};
  raw_client client{server.port()};
  client.get("/");
  const auto stream = streams.take();
  std::promise<void> stopped;
  server->stop(1h, [&] { stopped.set_value(); });
  CAF_CHECK_EQUAL(client.read_chunk(), "");
  CAF_CHECK(client.ended());
  CAF_CHECK(client.at_end());
  stopped.get_future().get();
  CAF_CHECK(!stream->push("x"));
}

}  // namespace server_streams_tests
