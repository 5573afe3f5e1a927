#define CAF_SUITE config_rules
#include "config/rules.hpp"

#include "config/nearest.hpp"
#include "config/url.hpp"
#include "tests/unit_test.hpp"

namespace config_rules_tests {

using namespace closedpaw::config;

std::string listen_on(std::string_view text) {
  endpoint x;
  const auto wrong = parse_listen(text, x);
  return wrong ? "refused" : to_string(x);
}

CAF_TEST(listen addresses) {
  CAF_CHECK_EQUAL(listen_on("127.0.0.1:8000"), "127.0.0.1:8000");
  CAF_CHECK_EQUAL(listen_on("127.9.9.9:0"), "127.9.9.9:0");
  CAF_CHECK_EQUAL(listen_on("[::1]:65535"), "[::1]:65535");
  CAF_CHECK_EQUAL(listen_on("localhost:1"), "127.0.0.1:1");
  for (const auto* wrong : {"",
                            ":",
                            ":8000",
                            "127.0.0.1",
                            "127.0.0.1:",
                            "127.0.0.1:65536",
                            "127.0.0.1:-1",
                            "127.0.0.1:+1",
                            "127.0.0.1:80x",
                            "127.0.0.1: 80",
                            "::1:80",
                            "[::1]",
                            "[]:80",
                            "0.0.0.0:80",
                            "[::]:80",
                            "10.0.0.1:80",
                            "example.org:80",
                            "[::ffff:127.0.0.1]:80",
                            "127.1:80",
                            "128.0.0.1:80",
                            "[127.0.0.1]:80 "})
    CAF_CHECK_EQUAL(listen_on(wrong), "refused");
}

CAF_TEST(base addresses) {
  for (const auto* right :
       {"http://127.0.0.1:11434", "https://models.example/v1/",
        "http://[::1]:1", "http://localhost"})
    CAF_CHECK(!check_base_url(right));
  for (const auto* wrong :
       {"", "127.0.0.1:11434", "http://", "ftp://x", "http:///path",
        "http://a b", "http://x:port", "http://x:65536", "http://u@x",
        "http://u:p@x", "http://x?q", "http://x#f", "http://x\n", "://x",
        "http://x\xc3\xa9"})
    CAF_CHECK(check_base_url(wrong));
}

CAF_TEST(origins) {
  for (const auto* right :
       {"http://localhost:3000", "https://paw.example", "http://[::1]:3000"})
    CAF_CHECK(!check_origin(right));
  for (const auto* wrong :
       {"", "*", "null", "localhost:3000", "http://localhost:3000/", "file://x",
        "http://Localhost", "http://u@x", "http://x?"})
    CAF_CHECK(check_origin(wrong));
}

CAF_TEST(names and labels) {
  CAF_CHECK(!check_name("ollama-2_b"));
  for (const auto* wrong : {"", "-a", "A", "a.b", "a b", "a/b", "default"})
    CAF_CHECK(check_name(wrong));
  CAF_CHECK(!check_name(std::string(64, 'a')));
  CAF_CHECK(check_name(std::string(65, 'a')));
  CAF_CHECK(!check_label("llama3.2:3b"));
  CAF_CHECK(check_label(""));
  CAF_CHECK(!check_optional_label(""));
  CAF_CHECK(check_label("a\x1b[2J"));
  CAF_CHECK(!check_label(std::string(256, 'a')));
  CAF_CHECK(check_label(std::string(257, 'a')));
}

CAF_TEST(directories) {
  CAF_CHECK(!check_directory("/var/lib/closedpaw"));
  CAF_CHECK(!check_directory("~"));
  CAF_CHECK(!check_directory("~/paw"));
  CAF_CHECK(check_directory(""));
  CAF_CHECK(check_directory("paw"));
  CAF_CHECK(check_directory("~other/paw"));
  CAF_CHECK(check_directory(std::string_view{"/a\0b", 4}));
  CAF_CHECK(!check_program_directory("/opt/run sc/bin"));
  CAF_CHECK(check_program_directory("~/bin"));
  CAF_CHECK(check_program_directory("/opt/it's"));
  CAF_CHECK(check_program_directory("/opt/a\nb"));
}

CAF_TEST(credentials in text) {
  CAF_CHECK_EQUAL(mask_credentials("http://u:p@x/a@b"), "http://***@x/a@b");
  CAF_CHECK_EQUAL(mask_credentials("http://u:p@q@x"), "http://***@x");
  CAF_CHECK_EQUAL(mask_credentials("see http://u@x and ftp://v:w@y."),
                  "see http://***@x and ftp://***@y.");
  CAF_CHECK_EQUAL(mask_credentials("http://x/?to=a@b"), "http://x/?to=a@b");
  CAF_CHECK_EQUAL(mask_credentials("me@example.org"), "me@example.org");
  CAF_CHECK_EQUAL(mask_credentials(""), "");
}

CAF_TEST(the nearest word) {
  const std::vector<std::string> words{"http.listen", "log.level",
                                       "audit.durability"};
  CAF_CHECK_EQUAL(nearest("http.listn", words).value_or(""), "http.listen");
  CAF_CHECK_EQUAL(nearest("http.lsiten", words).value_or(""), "http.listen");
  CAF_CHECK_EQUAL(nearest("main.durability", words).value_or(""),
                  "audit.durability");
  CAF_CHECK(!nearest("weather", words));
  CAF_CHECK(!nearest(std::string(200, 'x'), words));
  CAF_CHECK(!nearest("x", {}));
}

}  // namespace config_rules_tests
