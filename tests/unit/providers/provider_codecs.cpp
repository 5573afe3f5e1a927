#define CAF_SUITE provider_codecs

#include "actors/providers/codec/base_url.hpp"
#include "actors/providers/codec/codec.hpp"
#include "actors/providers/codec/vendor_error.hpp"
#include "actors/providers/codec/vendor_text.hpp"
#include "messages/model/provider_type.hpp"
#include "tests/unit_test.hpp"

namespace provider_codecs_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

std::string base(std::string_view text) {
  auto x = validate_base_url(text);
  return x ? *x : "refused";
}

http_reply reply(unsigned status, std::string body,
                 std::string type = "application/json") {
  return {status, {{"content-type", std::move(type)}}, std::move(body)};
}

CAF_TEST(vendor_is_found_by_type) {
  auto x = find_vendor("ollama");
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->type, "ollama");
  CAF_CHECK_EQUAL(x->list_models().path, "/api/tags");
  // What may be configured can be spoken, and the other way round.
  CAF_CHECK_EQUAL(vendors().size(), provider_types.size());
  for (const auto& each : provider_types) {
    const auto v = find_vendor(each.name);
    CAF_REQUIRE(v.has_value());
    CAF_CHECK_EQUAL(v->key_header.empty(), each.key == key_use::none);
    if (!each.default_base_url.empty())
      CAF_CHECK_EQUAL(base(each.default_base_url), each.default_base_url);
  }
}

CAF_TEST(missing_vendor_says_what_there_is) {
  for (auto type : {"openay", "", "Ollama", "oll\x1b[2J"}) {
    auto x = find_vendor(type);
    CAF_REQUIRE(!x);
    CAF_CHECK(x.error().code == errc::bad_request);
    CAF_CHECK(x.error().message.find("there are: ollama, openai") !=
              std::string::npos);
    CAF_CHECK(x.error().message.find('\x1b') == std::string::npos);
  }
}

CAF_TEST(base_urls_that_are_accepted) {
  CAF_CHECK_EQUAL(base("http://127.0.0.1:11434"), "http://127.0.0.1:11434");
  CAF_CHECK_EQUAL(base("http://127.0.0.1:11434/"), "http://127.0.0.1:11434");
  CAF_CHECK_EQUAL(base("https://host/ollama//"), "https://host/ollama");
  CAF_CHECK_EQUAL(base("http://[::1]:11434"), "http://[::1]:11434");
  CAF_CHECK_EQUAL(request_url(base("https://host/ollama/"), "/api/tags"),
                  "https://host/ollama/api/tags");
}

CAF_TEST(base_urls_that_are_refused) {
  for (auto text : {"", "127.0.0.1:11434", "localhost", "ftp://host", "http://",
                    "http:///x", "http://user@host", "http://user:s3cret@host",
                    "http://host?key=s3cret", "http://host?", "http://host#x",
                    "http://host:0", "http://host:99999", "http://host:x",
                    "http://ho st", "http://host/a\nb", "file:///x"}) {
    auto x = validate_base_url(text);
    CAF_MESSAGE(text);
    CAF_REQUIRE(!x);
    CAF_CHECK(x.error().code == errc::bad_request);
    CAF_CHECK(x.error().message.find("s3cret") == std::string::npos);
  }
}

CAF_TEST(vendor_text_is_cleaned) {
  CAF_CHECK_EQUAL(clean_vendor_text(" a\r\n\tb\x1b[31mc "), "a b [31mc");
  CAF_CHECK_EQUAL(clean_vendor_text("caf\xc3\xa9 \xe2\x82\xac"), "café €");
  // C1, bidirectional override and isolate, line separator.
  CAF_CHECK_EQUAL(clean_vendor_text("a\xc2\x9b"
                                    "b\xe2\x80\xae"
                                    "c\xe2\x81\xa6"
                                    "d\xe2\x80\xa8"
                                    "e"),
                  "a b c d e");
  CAF_CHECK_EQUAL(clean_vendor_text("a\xff\xfe\xc3"), "a");
  CAF_CHECK_EQUAL(clean_vendor_text(std::string_view{"a\0b", 3}), "a b");
  CAF_CHECK_EQUAL(clean_vendor_text("\"quoted\\\""), "\"quoted\\\"");
}

CAF_TEST(vendor_text_is_bounded_in_code_points) {
  std::string exact(300, 'x');
  CAF_CHECK_EQUAL(clean_vendor_text(exact), exact);
  CAF_CHECK_EQUAL(clean_vendor_text(exact + "y"), exact + "…");
  std::string euros;
  for (int i = 0; i < 1000; ++i) {
    euros += "€";
  }
  CAF_CHECK_EQUAL(clean_vendor_text(euros, 2), "€€…");
  CAF_CHECK_EQUAL(clean_vendor_text("a b", 2), "a…");
}

CAF_TEST(vendor_messages_in_their_forms) {
  CAF_CHECK_EQUAL(vendor_message(reply(500, R"({"error":"plain"})")), "plain");
  CAF_CHECK_EQUAL(
      vendor_message(reply(500, R"({"error":{"message":"nested"}})")),
      "nested");
  CAF_CHECK_EQUAL(vendor_message(reply(500, R"({"message":"top"})")), "top");
  CAF_CHECK_EQUAL(vendor_message(reply(500, "oh no", "text/plain")), "oh no");
  CAF_CHECK_EQUAL(vendor_message(reply(422, R"({"detail":"said"})")), "said");
  CAF_CHECK_EQUAL(
      vendor_message(reply(
          422, R"({"detail":[{"loc":["body","x"],"msg":"not permitted"}]})")),
      R"(["body","x"] not permitted)");
  CAF_CHECK_EQUAL(vendor_message(reply(422, R"({"detail":[7]})")), "");
  for (auto body : {"<html>", R"({"error":7})", R"({"error":{}})", "[]", "{}",
                    R"({"message":null})", "7", ""}) {
    CAF_CHECK_EQUAL(vendor_message(reply(500, body)), "");
  }
}

CAF_TEST(long_vendor_messages_are_cut) {
  auto body = "{\"error\":\"" + std::string(5000, 'e') + "\"}";
  auto x = status_failure("Vendor", reply(500, body));
  CAF_CHECK_EQUAL(x.message, "Vendor answered with status 500: " +
                                 std::string(300, 'e') + "…");
}

CAF_TEST(retry_after_is_kept) {
  auto busy = reply(503, "");
  busy.headers.emplace_back("retry-after", "7");
  CAF_CHECK(status_failure("Vendor", busy).retry_after ==
            std::chrono::seconds{7});
  busy.headers.back().second = "Wed, 21 Oct 2026 07:28:00 GMT";
  CAF_CHECK(!status_failure("Vendor", busy).retry_after);
  CAF_CHECK(!status_failure("Vendor", reply(503, "")).retry_after);
}

}  // namespace provider_codecs_tests
