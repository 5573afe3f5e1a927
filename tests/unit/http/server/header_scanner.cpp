#define CAF_SUITE header_scanner

#include "http/server/header_scanner.hpp"

#include <string>

#include "tests/unit_test.hpp"

namespace header_scanner_tests {

using closedpaw::http::header_scanner;
using verdict = header_scanner::verdict;

verdict scan(std::string_view text, std::size_t limit = 1000) {
  return header_scanner{limit}.scan(text);
}

CAF_TEST(the end is found at any split) {
  const std::string head = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
  const std::string text = head + "body";
  for (std::size_t i = 1; i < head.size(); ++i) {
    header_scanner scanner{1000};
    CAF_CHECK(scanner.scan(text.substr(0, i)) == verdict::need_more);
    CAF_CHECK(scanner.scan(text) == verdict::complete);
    CAF_CHECK_EQUAL(scanner.size(), head.size());
  }
}

CAF_TEST(folded fields are refused) {
  CAF_CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n") == verdict::malformed);
  CAF_CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n") ==
            verdict::malformed);
  CAF_CHECK(scan("GET / HTTP/1.1\r\n A: b\r\n\r\n") == verdict::malformed);
}

CAF_TEST(a line needs its carriage return ) {
  CAF_CHECK(scan("GET / HTTP/1.1\n") == verdict::malformed);
  CAF_CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n\n") == verdict::malformed);
}

CAF_TEST(what is not HTTP is refused at its first byte) {
  CAF_CHECK(scan("\x16\x03\x01") == verdict::malformed);
  CAF_CHECK(scan(std::string_view{"\0", 1}) == verdict::malformed);
}

CAF_TEST(the limit holds with and without an end) {
  const std::string fits = "GET / HTTP/1.1\r\n\r\n";
  CAF_CHECK(scan(fits, fits.size()) == verdict::complete);
  CAF_CHECK(scan(fits, fits.size() - 1) == verdict::too_large);
  CAF_CHECK(scan(std::string(101, 'A'), 100) == verdict::too_large);
  CAF_CHECK(scan(std::string(100, 'A'), 100) == verdict::need_more);
}

}  // namespace header_scanner_tests
