#define CAF_SUITE http_client_streams

#include <boost/asio/post.hpp>
#include <future>

#include "tests/unit/http/client/client_fixture.hpp"
#include "tests/unit_test.hpp"

namespace http_client_streams_tests {

using namespace closedpaw;
using namespace closedpaw::test;

/// Takes a body; pauses and stops when told.
struct sink final : http::body_sink {
  bool write(std::string_view bytes) override {
    text += bytes;
    ++writes;
    return text.find(stop_at) == std::string::npos || stop_at.empty();
  }
  bool wants_pause() override {
    return !pause_at.empty() && text.find(pause_at) != std::string::npos;
  }
  bool is_enough() const override {
    return !enough_at.empty() && text.find(enough_at) != std::string::npos;
  }
  void when_ready(std::function<void()> f) override {
    resume = std::move(f);
    if (on_pause)
      on_pause();
  }

  std::string text;
  std::size_t writes = 0;
  std::string stop_at;
  std::string pause_at;
  std::string enough_at;
  std::function<void()> resume;
  std::function<void()> on_pause;
};

std::string chunk(const std::string& text) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + text + "\r\n";
}

constexpr auto head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

http::client_request into(const std::shared_ptr<sink>& s, std::string url) {
  auto q = get(std::move(url));
  q.sink = s;
  return q;
}

CAF_TEST(a body is given as it comes and is not kept) {
  auto s = std::make_shared<sink>();
  fake_server server{{[&](peer& p) {
    p.read_request();
    p.send(head + chunk("one "));
    p.send(chunk("two"));
    p.send("0\r\n\r\n");
    p.wait_for_close();
  }}};
  client_fixture f;
  const auto x = f.fetch(into(s, server.url()));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(s->text, "one two");
  CAF_CHECK_EQUAL(x->body, "");
  // The connection carries the next exchange.
  CAF_CHECK_EQUAL(f.get().stats().idle_connections, 1u);
}

CAF_TEST(a body of no success is an answer of its own) {
  auto s = std::make_shared<sink>();
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 429 Slow\r\nContent-Length: 4\r\n\r\nslow");
    p.wait_for_close();
  }}};
  client_fixture f;
  const auto x = f.fetch(into(s, server.url()));
  CAF_CHECK_EQUAL(body_of(x), "slow");
  CAF_CHECK_EQUAL(s->writes, 0u);
}

CAF_TEST(a sink that wants no more ends the fetch and its connection) {
  auto s = std::make_shared<sink>();
  s->stop_at = "two";
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send(head + chunk("one two") + chunk("three"));
    p.wait_for_close();
  }}};
  client_fixture f;
  const auto x = f.fetch(into(s, server.url()));
  CAF_CHECK(code_of(x) == errc::cancelled);
  CAF_CHECK(server.wait_until_ended(1));
  CAF_CHECK_EQUAL(f.get().stats().idle_connections, 0u);
}

CAF_TEST(a pause stops reading until it is resumed) {
  auto s = std::make_shared<sink>();
  s->pause_at = "one";
  std::promise<void> paused;
  fake_server server{{[&](peer& p) {
    p.read_request();
    p.send(head + chunk("one"));
    paused.get_future().wait();
    p.send(chunk("two") + "0\r\n\r\n");
    p.wait_for_close();
  }}};
  client_fixture f;
  std::string seen;
  s->on_pause = [&] {
    paused.set_value();
    boost::asio::post(f.context(), [&] {
      seen = s->text;
      s->pause_at.clear();
      s->resume();
    });
  };
  const auto x = f.fetch(into(s, server.url()));
  CAF_CHECK(x.has_value());
  CAF_CHECK_EQUAL(seen, "one");
  CAF_CHECK_EQUAL(s->text, "onetwo");
}

CAF_TEST(a pause ends with the total timeout and with a cancellation) {
  for (const bool cancel : {false, true}) {
    auto s = std::make_shared<sink>();
    s->pause_at = "one";
    fake_server server{{[](peer& p) {
      p.read_request();
      p.send(head + chunk("one"));
      p.wait_for_close();
    }}};
    client_fixture f;
    auto q = into(s, server.url());
    if (!cancel)
      q.timeouts.total = std::chrono::milliseconds{50};
    http::cancel_handle handle;
    s->on_pause = [&] {
      if (cancel)
        handle.cancel();
    };
    handle = f.start(std::move(q));
    const auto x = f.wait();
    CAF_CHECK(code_of(x) == (cancel ? errc::cancelled : errc::timeout));
    // Whose fault it was.
    if (!cancel)
      CAF_CHECK_EQUAL(x.error().extra.value("phase", ""), "reader");
  }
}

CAF_TEST(what follows when it is enough is not waited for as long) {
  auto s = std::make_shared<sink>();
  s->enough_at = "[DONE]";
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send(head + chunk("text"));
    p.send(chunk("[DONE]"));
    p.wait_for_close();
  }}};
  client_fixture f;
  auto q = into(s, server.url());
  q.timeouts.idle = std::chrono::hours{1};
  CAF_CHECK(code_of(f.fetch(std::move(q))) == errc::timeout);
  CAF_CHECK_EQUAL(s->text, "text[DONE]");
}

CAF_TEST(a stream that is cut says so) {
  auto s = std::make_shared<sink>();
  fake_server server{{[](peer& p) {
    p.read_request();
    p.send(head + chunk("one"));
  }}};
  client_fixture f;
  CAF_CHECK(code_of(f.fetch(into(s, server.url()))) ==
            errc::upstream_malformed);
  CAF_CHECK_EQUAL(s->text, "one");
}

CAF_TEST(the limit holds for streams too) {
  auto s = std::make_shared<sink>();
  fake_server server{{[](peer& p) {
    p.read_request();
    const std::string piece(1000, 'x');
    bool open = p.send(head);
    while (open)
      open = p.send(chunk(piece));
  }}};
  client_fixture f;
  auto q = into(s, server.url());
  q.max_response_bytes = 100'000;
  const auto x = f.fetch(std::move(q));
  CAF_CHECK(code_of(x) == errc::upstream_malformed);
  CAF_CHECK(s->text.size() <= 100'000u);
}

}  // namespace http_client_streams_tests
