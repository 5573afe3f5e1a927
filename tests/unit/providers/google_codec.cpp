#define CAF_SUITE google_codec

#include "actors/providers/codec/google.hpp"

#include "tests/unit/providers/codec_help.hpp"

namespace google_codec_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

const vendor v = google_vendor();

CAF_TEST(a chat names the model in the path and never the key) {
  chat_request q;
  q.model = "gemini/x?key=y";
  q.messages = {{"system", "s"}, {"user", "hi"}, {"assistant", "yes"}};
  q.options.max_tokens = 5;
  q.options.stop = {"X"};
  const auto x = v.chat(q);
  CAF_CHECK_EQUAL(x.path, "/models/gemini%2Fx%3Fkey%3Dy:generateContent");
  CAF_CHECK_EQUAL(
      dump(body_of(x)),
      dump(json::parse(R"({"contents":[{"role":"user","parts":[{"text":"hi"}]},
      {"role":"model","parts":[{"text":"yes"}]}],
      "systemInstruction":{"parts":[{"text":"s"}]},
      "generationConfig":{"maxOutputTokens":5,"stopSequences":["X"]}})")));
  q.stream_id = "s";
  q.model = "g";
  CAF_CHECK_EQUAL(v.chat(q).path, "/models/g:streamGenerateContent?alt=sse");
  CAF_CHECK_EQUAL(v.key_header, "x-goog-api-key");
}

CAF_TEST(an answer is the first candidate without its thoughts) {
  const auto x = v.parse_chat(reply(200, R"({"candidates":[{"content":{"parts":[
    {"text":"hm","thought":true},{"text":"a"},{"text":"b"}],"role":"model"},
    "finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,
    "candidatesTokenCount":4,"thoughtsTokenCount":2},"modelVersion":"g-1"})"));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->text, "ab");
  CAF_CHECK_EQUAL(x->model, "g-1");
  CAF_CHECK_EQUAL(x->finish_reason, "stop");
  CAF_CHECK_EQUAL(x->completion_tokens, 6u);
}

CAF_TEST(what it will not answer says so) {
  const auto blocked = v.parse_chat(
      reply(200, R"({"promptFeedback":{"blockReason":"SAFETY"}})"));
  CAF_CHECK(code_of(blocked) == errc::bad_request);
  CAF_CHECK(blocked.error().message.find("SAFETY") != std::string::npos);
  const auto filtered = v.parse_chat(
      reply(200, R"({"candidates":[{"finishReason":"SAFETY","index":0}]})"));
  CAF_REQUIRE(filtered.has_value());
  CAF_CHECK_EQUAL(filtered->finish_reason, "content_filter");
  CAF_CHECK(code_of(v.parse_chat(reply(200, "{}"))) ==
            errc::upstream_malformed);
}

CAF_TEST(errors keep their meaning) {
  const auto wrong_key = v.parse_chat(reply(400, R"({"error":{"code":400,
    "message":"API key not valid.","status":"INVALID_ARGUMENT","details":[
    {"reason":"API_KEY_INVALID"}]}})"));
  CAF_CHECK(code_of(wrong_key) == errc::upstream_refused);
  CAF_CHECK(code_of(v.parse_chat(reply(404, R"({"error":{"code":404,
    "message":"models/x is not found for API version v1beta"}})"))) ==
            errc::not_found);
}

CAF_TEST(models that can chat are listed without their prefix) {
  const auto x = v.parse_models(reply(200, R"({"models":[
    {"name":"models/gemini-x","supportedGenerationMethods":["generateContent"]},
    {"name":"models/embedding","supportedGenerationMethods":["embedContent"]}
    ]})"));
  CAF_REQUIRE(x.has_value());
  CAF_REQUIRE_EQUAL(x->size(), 1u);
  CAF_CHECK_EQUAL(x->at(0).name, "gemini-x");
}

CAF_TEST(a stream is whole answers in a row) {
  const auto x = run_all_ways(
      v,
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Gr\"}]}}],"
      "\"modelVersion\":\"g-1\"}\r\n\r\n"
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"üße\"}]},"
      "\"finishReason\":\"MAX_TOKENS\"}],\"usageMetadata\":"
      "{\"promptTokenCount\":3,\"candidatesTokenCount\":2}}\r\n\r\n");
  CAF_CHECK_EQUAL(x.text, "Grüße");
  CAF_REQUIRE(x.end.has_value());
  CAF_CHECK_EQUAL(x.end->finish_reason, "length");
  CAF_CHECK_EQUAL(x.end->prompt_tokens, 3u);
}

CAF_TEST(a stream that is cut is no answer) {
  const auto x = run_all_ways(
      v,
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Gr\"}]}}]"
      "}\n\ndata: {\"candi");
  CAF_CHECK_EQUAL(x.text, "Gr");
  CAF_CHECK(code_of(x.end) == errc::upstream_malformed);
}

}  // namespace google_codec_tests
