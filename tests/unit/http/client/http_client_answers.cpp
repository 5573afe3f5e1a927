#define CAF_SUITE http_client_answers

#include "tests/unit/http/client/client_fixture.hpp"
#include "tests/unit_test.hpp"

namespace http_client_answers_tests {

using namespace closedpaw;
using namespace closedpaw::test;

/// What the client makes of one raw answer that ends with a close.
result<http::client_response> take(std::string raw,
                                   http::client_request request = {}) {
  fake_server server{{answer_once(std::move(raw))}};
  client_fixture f;
  request.url = server.url();
  return f.fetch(std::move(request));
}

http::client_request head_request() {
  http::client_request out;
  out.method = "HEAD";
  return out;
}

CAF_TEST(request_is_sent_as_http11_with_our_headers) {
  std::string seen;
  fake_server server{{[&](peer& p) {
    seen = p.read_request();
    p.send(ok("fine"));
  }}};
  {
    client_fixture f{{.user_agent = "closedpaw/test"}};
    auto request = post(server.url("/a/b%2Fc?q=1"), "{}");
    request.headers = {{"Content-Type", "application/json"}};
    CAF_CHECK_EQUAL(body_of(f.fetch(request)), "fine");
  }
  CAF_REQUIRE(server.wait_until_ended(1));
  CAF_CHECK(seen.starts_with("POST /a/b%2Fc?q=1 HTTP/1.1\r\n"));
  auto host = "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n";
  CAF_CHECK(seen.find(host) != std::string::npos);
  CAF_CHECK(seen.find("User-Agent: closedpaw/test\r\n") != std::string::npos);
  CAF_CHECK(seen.find("Content-Length: 2\r\n") != std::string::npos);
  CAF_CHECK(seen.find("Content-Type: application/json\r\n") !=
            std::string::npos);
  CAF_CHECK(seen.ends_with("\r\n\r\n{}"));
}

CAF_TEST(empty_post_has_a_length_and_get_has_none) {
  std::vector<std::string> seen;
  fake_server server{{[&](peer& p) {
    for (int i = 0; i < 2; ++i) {
      seen.push_back(p.read_request());
      p.send(ok(""));
    }
  }}};
  client_fixture f;
  CAF_CHECK_EQUAL(body_of(f.fetch(post(server.url(), ""))), "");
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "");
  CAF_REQUIRE(server.wait_until_ended(1));
  CAF_CHECK(seen[0].find("Content-Length: 0\r\n") != std::string::npos);
  CAF_CHECK(seen[1].find("Content-Length") == std::string::npos);
}

CAF_TEST(status_headers_and_timing_are_reported) {
  auto x = take(
      "HTTP/1.1 404 Not Found\r\nX-A: one\r\nX-A: two\r\n"
      "Content-Length: 3\r\n\r\nabc");
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->status, 404u);
  CAF_CHECK_EQUAL(x->header_value("x-a"), "one");
  CAF_CHECK_EQUAL(x->headers.size(), 3u);
  CAF_CHECK_EQUAL(x->body, "abc");
  CAF_CHECK(x->timing.connect.count() > 0);
  CAF_CHECK(x->timing.first_byte >= x->timing.connect);
  CAF_CHECK(x->timing.total >= x->timing.first_byte);
}

CAF_TEST(chunked_body_with_trailer) {
  CAF_CHECK_EQUAL(body_of(take("HTTP/1.1 200 OK\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n"
                               "4\r\nWiki\r\n6;x=y\r\npedia \r\n0\r\n"
                               "Trailer: t\r\n\r\n")),
                  "Wikipedia ");
}

CAF_TEST(body_that_ends_with_the_connection) {
  CAF_CHECK_EQUAL(body_of(take("HTTP/1.0 200 OK\r\n\r\nuntil the end")),
                  "until the end");
}

CAF_TEST(answers_without_body) {
  auto none = take("HTTP/1.1 204 No Content\r\n\r\n");
  CAF_REQUIRE(none);
  CAF_CHECK_EQUAL(none->status, 204u);
  CAF_CHECK_EQUAL(none->body, "");
  CAF_CHECK_EQUAL(body_of(take("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
                  "");
  auto head =
      take("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", head_request());
  CAF_REQUIRE(head);
  CAF_CHECK_EQUAL(head->header_value("content-length"), "100");
  CAF_CHECK_EQUAL(head->body, "");
}

CAF_TEST(head_answer_leaves_the_connection_usable) {
  fake_server server{
      {answer_always("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")}};
  client_fixture f;
  auto request = head_request();
  request.url = server.url();
  CAF_REQUIRE(f.fetch(request));
  CAF_REQUIRE(f.fetch(request));
  CAF_CHECK_EQUAL(server.accepted(), 1u);
}

CAF_TEST(interim_answers_are_passed_over) {
  CAF_CHECK_EQUAL(body_of(take("HTTP/1.1 100 Continue\r\n\r\n"
                               "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
                               ok("real"))),
                  "real");
  std::string many;
  for (int i = 0; i < 20; ++i) {
    many += "HTTP/1.1 102 Processing\r\n\r\n";
  }
  CAF_CHECK(code_of(take(many + ok("late"))) == errc::upstream_malformed);
  CAF_CHECK(code_of(take("HTTP/1.1 101 Switching Protocols\r\n\r\n")) ==
            errc::upstream_malformed);
}

CAF_TEST(redirects_are_answers) {
  auto x = take(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
      "Content-Length: 0\r\n\r\n");
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->status, 302u);
  CAF_CHECK_EQUAL(x->header_value("location"), "http://127.0.0.1:1/");
}

CAF_TEST(answer_in_many_small_pieces) {
  fake_server server{{[](peer& p) {
    p.read_request();
    for (char c : ok("piecemeal")) {
      p.send({&c, 1});
    }
  }}};
  client_fixture f;
  CAF_CHECK_EQUAL(body_of(f.fetch(get(server.url()))), "piecemeal");
}

CAF_TEST(large_bodies_pass_in_both_directions) {
  std::string large(3'000'000, 'x');
  std::size_t received = 0;
  fake_server server{{[&](peer& p) {
    received = p.read_request().size();
    p.send(ok(large));
  }}};
  client_fixture f;
  auto x = f.fetch(post(server.url(), large));
  CAF_REQUIRE(x);
  CAF_CHECK(x->body == large);
  CAF_REQUIRE(server.wait_until_ended(1));
  CAF_CHECK(received > large.size());
}

CAF_TEST(early_answer_to_a_body_that_is_not_read) {
  fake_server server{{[](peer& p) {
    p.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    p.wait_for_close();
  }}};
  client_fixture f;
  auto x = f.fetch(post(server.url(), "too much"));
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->status, 413u);
}

CAF_TEST(body_above_the_limit_is_malformed) {
  http::client_request limited;
  limited.max_response_bytes = 10;
  CAF_CHECK_EQUAL(body_of(take(ok("0123456789"), limited)), "0123456789");
  auto declared = take(ok("0123456789a"), limited);
  CAF_CHECK(code_of(declared) == errc::upstream_malformed);
  CAF_CHECK(says(declared, "longer than the 10 bytes"));
  auto chunked = take(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n",
      limited);
  CAF_CHECK(says(chunked, "longer than the 10 bytes"));
  auto endless = take("HTTP/1.0 200 OK\r\n\r\n0123456789a", limited);
  CAF_CHECK(says(endless, "longer than the 10 bytes"));
}

CAF_TEST(not_http_is_malformed) {
  auto garbage = take("\x01\x02 this is not HTTP\r\n\r\n");
  CAF_CHECK(code_of(garbage) == errc::upstream_malformed);
  CAF_CHECK(says(garbage, "did not answer with valid HTTP"));
  CAF_CHECK(code_of(take("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                         "Content-Length: 2\r\n\r\nab")) ==
            errc::upstream_malformed);
  CAF_CHECK(code_of(take("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'h') +
                         "\r\n\r\n")) == errc::upstream_malformed);
}

CAF_TEST(truncated_answers_are_malformed) {
  for (std::string raw :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 100 Continue\r\n\r\n"}) {
    auto x = take(raw);
    CAF_CHECK(code_of(x) == errc::upstream_malformed);
    CAF_CHECK(says(x, "in the middle of its answer"));
  }
}

CAF_TEST(headers_that_would_split_the_request_are_refused) {
  client_fixture f;
  auto with = [&](std::string name, std::string value) {
    auto request = get("http://127.0.0.1:1/");
    request.headers = {{std::move(name), std::move(value)}};
    return f.fetch(std::move(request));
  };
  CAF_CHECK(code_of(with("X-A", "b\r\nX-B: c")) == errc::bad_request);
  CAF_CHECK(code_of(with("X A", "b")) == errc::bad_request);
  CAF_CHECK(code_of(with("", "b")) == errc::bad_request);
  CAF_CHECK(says(with("Host", "elsewhere"), "Host is set by the client"));
  CAF_CHECK(says(with("content-length", "7"), "set by the client"));
  auto odd = get("http://127.0.0.1:1/");
  odd.method = "GET /x HTTP/1.1\r\nA:";
  CAF_CHECK(code_of(f.fetch(odd)) == errc::bad_request);
  auto secret = with("Authorization", "s3cret\n");
  CAF_CHECK(code_of(secret) == errc::bad_request);
  CAF_CHECK(!says(secret, "s3cret"));
}

CAF_TEST(what_never_ends_a_chunk_or_the_trailer_ends_the_answer) {
  for (const std::string begun : {"5;a=", "0\r\nX-Trailer: "}) {
    fake_server server{{[&](peer& p) {
      p.read_request();
      p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + begun +
             std::string(200'000, 'x'));
      p.wait_for_close();
    }}};
    client_fixture f;
    const auto x = f.fetch(get(server.url()));
    CAF_CHECK(code_of(x) == errc::upstream_malformed);
    CAF_CHECK(says(x, "header limit"));
  }
}

CAF_TEST(a_header_that_is_too_long_is_the_callers_mistake) {
  client_fixture f;
  auto request = get("http://127.0.0.1:9/");
  request.headers = {{"X-Long", std::string(70'000, 'a')}};
  const auto x = f.fetch(std::move(request));
  CAF_CHECK(code_of(x) == errc::bad_request);
  CAF_CHECK(says(x, "X-Long is longer than"));
}

}  // namespace http_client_answers_tests
