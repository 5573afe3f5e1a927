#define CAF_SUITE request_reader

#include "http/server/request_reader.hpp"

#include "tests/unit_test.hpp"

namespace request_reader_tests {

using namespace closedpaw;
using namespace closedpaw::http;
using progress = request_reader::progress;

/// Feeds everything, `step` bytes at a time; false when it was refused.
bool feed(request_reader& reader, std::string_view text, std::size_t step) {
  std::string buffer;
  bool done = false;
  while (!text.empty() || !buffer.empty()) {
    buffer += text.substr(0, step);
    text.remove_prefix(std::min(step, text.size()));
    for (bool again = true; again;) {
      std::size_t used = 0;
      const auto got = reader.feed(buffer, used);
      buffer.erase(0, used);
      if (got == progress::refused)
        return false;
      done = got == progress::done;
      again = got == progress::header_read;
    }
    if (done || text.empty())
      return done;
  }
  return done;
}

/// 0 for what is read, else the status it is refused with.
unsigned verdict(std::string_view text) {
  request_reader reader{1000, 100};
  return feed(reader, text, 4096) ? 0 : reader.why().status;
}

std::string with(std::string_view fields) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + std::string{fields} + "\r\n";
}

std::string get(std::string_view target) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

CAF_TEST(a request is the same at any split) {
  const std::string length =
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-A:  q \r\n\r\n"
      "hello";
  const std::string chunked =
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
      "X-A:  q \r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX-A: trailer\r\n\r\n";
  for (const auto& text : {length, chunked}) {
    for (std::size_t step = 1; step < text.size(); ++step) {
      request_reader reader{1000, 100};
      CAF_REQUIRE(feed(reader, text, step));
      const auto& r = reader.message();
      CAF_CHECK(r.verb == method::post);
      CAF_CHECK_EQUAL(r.path, "/a");
      CAF_CHECK_EQUAL(r.query, "b=c");
      CAF_CHECK_EQUAL(r.body, "hello");
      CAF_CHECK_EQUAL(std::string{r.header_value("x-a")}, "q");
      CAF_CHECK_EQUAL(r.headers.size(), 3u);
    }
  }
}

CAF_TEST(requests follow one another) {
  request_reader reader{1000, 100};
  const std::string text = "\r\n" + get("/1?q") + get("/2");
  std::size_t used = 0;
  CAF_CHECK(reader.feed(text, used) == progress::header_read);
  CAF_CHECK_EQUAL(reader.message().path, "/1");
  const std::string rest = text.substr(used);
  reader.reset();
  CAF_CHECK(reader.feed(rest, used) == progress::header_read);
  CAF_CHECK_EQUAL(reader.message().path, "/2");
  CAF_CHECK_EQUAL(reader.message().query, "");
  CAF_CHECK_EQUAL(reader.message().headers.size(), 1u);
}

CAF_TEST(lengths that contradict are refused) {
  CAF_CHECK_EQUAL(verdict(with("Content-Length: 2\r\nTransfer-Encoding: "
                               "chunked\r\n")),
                  400u);
  CAF_CHECK_EQUAL(verdict(with("Transfer-Encoding: chunked\r\nContent-Length: "
                               "2\r\n")),
                  400u);
  CAF_CHECK_EQUAL(verdict(with("Content-Length: 2\r\nContent-Length: 2\r\n")),
                  400u);
  for (const auto* bad :
       {"2, 2", "-1", "+2", "0x2", "2 2", "", "99999999999999999999999"})
    CAF_CHECK_EQUAL(
        verdict(with("Content-Length: " + std::string{bad} + "\r\n")), 400u);
  for (const auto* bad : {"gzip, chunked", "chunked, chunked", "identity",
                          "xchunked", "chunked;q=1"})
    CAF_CHECK_EQUAL(
        verdict(with("Transfer-Encoding: " + std::string{bad} + "\r\n")), 400u);
  CAF_CHECK_EQUAL(
      verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400u);
}

CAF_TEST(fields that decide come once) {
  for (const auto* name : {"Content-Type", "Origin", "Authorization", "Expect",
                           "Access-Control-Request-Method"}) {
    const auto field = std::string{name} + ": 100-continue\r\n";
    CAF_CHECK_EQUAL(verdict(with(field)), 0u);
    CAF_CHECK_EQUAL(verdict(with(field + field)), 400u);
  }
  CAF_CHECK_EQUAL(verdict(with("Host: x\r\n")), 400u);
  CAF_CHECK_EQUAL(verdict(with("Accept: a\r\nAccept: b\r\n")), 0u);
}

CAF_TEST(malformed fields are refused) {
  for (const auto* bad : {"A : b\r\n", "A: b\r\n c\r\n", "A\r\n", ": b\r\n",
                          "A: b\x01\r\n", "A: b\rc\r\n", "A b: c\r\n"})
    CAF_CHECK_EQUAL(verdict(with(bad)), 400u);
  CAF_CHECK_EQUAL(verdict(with(std::string{"A: b\0c\r\n", 8})), 400u);
}

CAF_TEST(HTTP 1.1 needs Host and HTTP 1.0 does not ) {
  CAF_CHECK_EQUAL(verdict("GET / HTTP/1.1\r\n\r\n"), 400u);
  CAF_CHECK_EQUAL(verdict("GET / HTTP/1.0\r\n\r\n"), 0u);
  CAF_CHECK_EQUAL(verdict("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 400u);
  CAF_CHECK_EQUAL(verdict("GET /\r\n\r\n"), 400u);
}

CAF_TEST(targets) {
  for (const auto* good : {"/", "/a%20b?c=%0a", "/%2F", "http://h:1/a"})
    CAF_CHECK_EQUAL(verdict(get(good)), 0u);
  for (const auto* bad :
       {"a", "*", "/a\x7f", "/a\x01", "/\xc3\xbc", "/a#b", "/%00", "/a%1F",
        "/%7f", "https://h/a", "ftp://h/", "//h\t"})
    CAF_CHECK_EQUAL(verdict(get(bad)), 400u);
  CAF_CHECK_EQUAL(verdict(get(std::string_view{"/a\0b", 4})), 400u);
  CAF_CHECK_EQUAL(verdict("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), 0u);
}

CAF_TEST(an absolute target names its host) {
  request_reader reader{1000, 100};
  CAF_REQUIRE(feed(reader,
                   "OPTIONS http://h:1?q HTTP/1.1\r\nHost: x\r\n"
                   "Content-Length: 1\r\n\r\nx",
                   4096));
  CAF_CHECK_EQUAL(reader.authority().value_or("none"), "h:1");
  CAF_CHECK_EQUAL(reader.message().path, "/");
  CAF_CHECK_EQUAL(reader.message().query, "q");
}

CAF_TEST(methods that are not served) {
  CAF_CHECK_EQUAL(verdict("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n"), 405u);
  CAF_CHECK_EQUAL(verdict("CONNECT h:1 HTTP/1.1\r\nHost: x\r\n\r\n"), 405u);
  CAF_CHECK_EQUAL(verdict("BREW / HTTP/1.1\r\nHost: x\r\n\r\n"), 501u);
}

CAF_TEST(limits) {
  CAF_CHECK_EQUAL(verdict(with("A: " + std::string(1000, 'x') + "\r\n")), 431u);
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += "A: b\r\n";
  request_reader wide{100'000, 100};
  CAF_CHECK(!feed(wide, with(many), 4096));
  CAF_CHECK_EQUAL(wide.why().status, 431u);
  CAF_CHECK_EQUAL(verdict(with("Content-Length: 101\r\n")), 413u);
  CAF_CHECK_EQUAL(verdict(with("Transfer-Encoding: chunked\r\n") + "65\r\n"),
                  413u);
  const auto chunks = with("Transfer-Encoding: chunked\r\n") + "33\r\n" +
                      std::string(51, 'x') + "\r\n33\r\n";
  CAF_CHECK_EQUAL(verdict(chunks), 413u);
  CAF_CHECK_EQUAL(verdict(with("Transfer-Encoding: chunked\r\n") + "1;" +
                          std::string(2000, 'x')),
                  400u);
}

CAF_TEST(expectations) {
  request_reader reader{1000, 100};
  std::size_t used = 0;
  reader.feed(with("Expect: 100-Continue\r\nContent-Length: 1\r\n"), used);
  CAF_CHECK(reader.expects_continue());
  CAF_CHECK(reader.has_body());
  CAF_CHECK_EQUAL(verdict(with("Expect: tea\r\n")), 417u);
}

}  // namespace request_reader_tests
