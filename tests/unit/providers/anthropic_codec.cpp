#define CAF_SUITE anthropic_codec

#include "actors/providers/codec/anthropic.hpp"

#include "tests/unit/providers/codec_help.hpp"

namespace anthropic_codec_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

const vendor v = anthropic_vendor();

constexpr auto stream = R"(event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grü"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ße"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

)";

CAF_TEST(the system prompt travels apart and a bound is always named) {
  chat_request q;
  q.model = "m";
  q.messages = {{"system", "a"},
                {"user", "hi"},
                {"developer", "b"},
                {"assistant", "yes"}};
  const auto x = v.chat(q);
  CAF_CHECK_EQUAL(x.path, "/messages");
  CAF_CHECK_EQUAL(header_of(x, "anthropic-version"), "2023-06-01");
  CAF_CHECK_EQUAL(dump(body_of(x)), dump(json::parse(R"({"model":"m",
    "max_tokens":4096,"messages":[{"role":"user","content":"hi"},
    {"role":"assistant","content":"yes"}],"system":"a\n\nb"})")));
  q.options.max_tokens = 9;
  q.options.stop = {"X"};
  q.stream_id = "s";
  const auto y = body_of(v.chat(q));
  CAF_CHECK_EQUAL(y["max_tokens"], 9);
  CAF_CHECK_EQUAL(y["stop_sequences"], json::array({"X"}));
  CAF_CHECK_EQUAL(y["stream"], true);
}

CAF_TEST(an answer is its text blocks) {
  const auto x = v.parse_chat(reply(200, R"({"type":"message","model":"c",
    "content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"a"},
    {"type":"text","text":"b"}],"stop_reason":"end_turn",
    "usage":{"input_tokens":3,"output_tokens":4}})"));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->text, "ab");
  CAF_CHECK_EQUAL(x->finish_reason, "stop");
  CAF_CHECK_EQUAL(x->prompt_tokens, 3u);
  CAF_CHECK_EQUAL(x->completion_tokens, 4u);
  const auto full = v.parse_chat(reply(
      200, R"({"content":[],"stop_reason":"model_context_window_exceeded"})"));
  CAF_CHECK_EQUAL(full->finish_reason, "length");
  CAF_CHECK(code_of(v.parse_chat(reply(200, "{}"))) ==
            errc::upstream_malformed);
}

CAF_TEST(errors keep their meaning) {
  const auto error = [](const char* type, const char* text) {
    return dump(
        {{"type", "error"}, {"error", {{"type", type}, {"message", text}}}});
  };
  CAF_CHECK(code_of(v.parse_chat(
                reply(404, error("not_found_error", "model: nope")))) ==
            errc::not_found);
  CAF_CHECK(code_of(v.parse_chat(reply(
                401, error("authentication_error", "invalid x-api-key")))) ==
            errc::upstream_refused);
  const auto overloaded =
      v.parse_chat(reply(529, error("overloaded_error", "Overloaded")));
  CAF_CHECK(code_of(overloaded) == errc::upstream_failed);
  CAF_CHECK_EQUAL(overloaded.error().extra["upstream_status"], 529);
}

CAF_TEST(models are listed in one page) {
  CAF_CHECK_EQUAL(v.list_models().path, "/models?limit=1000");
  CAF_CHECK_EQUAL(header_of(v.list_models(), "anthropic-version"),
                  "2023-06-01");
  const auto x = v.parse_models(reply(200, R"({"data":[{"type":"model",
    "id":"claude-x","display_name":"X","created_at":"2026-01-01T00:00:00Z"}],
    "has_more":false})"));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->at(0).name, "claude-x");
}

CAF_TEST(a stream is its text deltas) {
  const auto x = run_all_ways(v, stream);
  CAF_CHECK_EQUAL(x.text, "Grüße");
  CAF_REQUIRE(x.end.has_value());
  CAF_CHECK_EQUAL(x.end->model, "claude-x");
  CAF_CHECK_EQUAL(x.end->finish_reason, "length");
  CAF_CHECK_EQUAL(x.end->prompt_tokens, 30u);
  CAF_CHECK_EQUAL(x.end->completion_tokens, 15u);
}

CAF_TEST(a stream that is cut or fails is no answer) {
  const std::string_view whole{stream};
  const auto cut =
      run_all_ways(v, whole.substr(0, whole.find("message_delta")));
  CAF_CHECK_EQUAL(cut.text, "Grüße");
  CAF_CHECK(code_of(cut.end) == errc::upstream_malformed);
  const auto failed = run_all_ways(
      v,
      "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
      "\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n");
  CAF_CHECK(code_of(failed.end) == errc::upstream_failed);
}

CAF_TEST(what it has no words for is refused and zero asks for nothing) {
  chat_request q;
  q.options.presence_penalty = 0;
  q.options.frequency_penalty = 0;
  CAF_CHECK(!check(anthropic_vendor(), q));
  q.options.seed = 1;
  CAF_REQUIRE(check(anthropic_vendor(), q));
  CAF_CHECK(check(anthropic_vendor(), q)->message.find("seed") !=
            std::string::npos);
  q.options.seed.reset();
  q.options.frequency_penalty = 0.5;
  CAF_CHECK(check(anthropic_vendor(), q));
}

}  // namespace anthropic_codec_tests
