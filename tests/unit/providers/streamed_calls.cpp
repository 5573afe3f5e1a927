#define CAF_SUITE streamed_calls

#include "tests/unit/providers/call_help.hpp"

namespace streamed_calls_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

std::string streamed_calls(std::string_view type, const std::string& stream) {
  const auto x = run_all_ways(of(type), stream);
  return x.end ? text(x.end->tool_calls) + x.end->finish_reason
               : x.end.error().message;
}

std::string openai_stream(std::initializer_list<const char*> deltas) {
  std::string out;
  for (const auto* x : deltas)
    out += std::string{R"(data: {"choices":[{"delta":{"tool_calls":)"} + x +
           "}}]}\n\n";
  return out +
         R"(data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]})"
         "\n\ndata: [DONE]\n\n";
}

CAF_TEST(a_streamed_call_comes_in_pieces) {
  CAF_CHECK_EQUAL(
      streamed_calls(
          "openai",
          openai_stream(
              {R"([{"index":0,"id":"a","function":{"name":"f","arguments":""}}])",
               R"([{"index":0,"function":{"arguments":"{\"x\":"}}])",
               R"([{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}])",
               R"([{"index":0,"function":{"arguments":"1}"}}])"})),
      R"(a f {"x":1} ;b g {} ;tool_calls)");
  CAF_CHECK_EQUAL(
      streamed_calls("openai",
                     openai_stream({R"([{"index":7,"function":{}}])"})),
      "OpenAI streamed tool_calls that are none: "
      R"({"choices":[{"delta":{"tool_calls":[{"index":7,"function":{}}]}}]})");
}

CAF_TEST(servers_number_calls_as_they_like) {
  // All 0.
  CAF_CHECK_EQUAL(
      streamed_calls(
          "custom",
          openai_stream(
              {R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}])",
               R"([{"index":0,"id":"b","function":{"name":"g","arguments":"{"}}])",
               R"([{"index":0,"function":{"arguments":"}"}}])"})),
      "a f {} ;b g {} ;tool_calls");
  // From 1 on.
  CAF_CHECK_EQUAL(
      streamed_calls(
          "custom",
          openai_stream(
              {R"([{"index":1,"id":"a","function":{"name":"f","arguments":"{"}}])",
               R"([{"index":1,"function":{"arguments":"}"}}])"})),
      "a f {} ;tool_calls");
  // Not at all; and the signature comes late.
  CAF_CHECK_EQUAL(
      streamed_calls(
          "custom",
          openai_stream(
              {R"([{"id":"a","function":{"name":"f","arguments":"{"}}])",
               R"([{"function":{"arguments":"}"}}])",
               R"([{"id":"b","function":{"name":"g","arguments":"{"}}])",
               R"([{"id":"b","function":{"name":"g","arguments":"}"},)"
               R"("extra_content":{"google":{"thought_signature":"s"}}}])"})),
      "a f {} ;b g {} s;tool_calls");
}

CAF_TEST(a_streamed_call_of_anthropic) {
  const std::string begin =
      R"(data: {"type":"content_block_start","index":1,"content_block":)";
  const std::string end =
      R"(data: {"type":"message_delta","delta":{"stop_reason":"tool_use"}})"
      "\n\n"
      R"(data: {"type":"message_stop"})"
      "\n\n";
  const auto piece = [](const std::string& x) {
    return R"(data: {"type":"content_block_delta","index":1,"delta":)"
           R"({"type":"input_json_delta","partial_json":)" +
           dump(json(x)) + "}}\n\n";
  };
  CAF_CHECK_EQUAL(
      streamed_calls(
          "anthropic",
          begin + R"({"type":"tool_use","id":"t","name":"f","input":{}}})" +
              "\n\n" + piece("") + piece(R"({"a")") + piece(":1}") + end),
      R"(t f {"a":1} ;tool_calls)");
  CAF_CHECK_EQUAL(
      streamed_calls("anthropic",
                     begin + R"({"type":"tool_use","id":"t"}})" + "\n\n" + end),
      "Anthropic streamed a call of no tool: "
      R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":…)");
}

CAF_TEST(streamed_calls_that_come_whole) {
  CAF_CHECK_EQUAL(
      streamed_calls("google",
                     R"(data: {"candidates":[{"content":{"parts":[)"
                     R"({"functionCall":{"id":"i","name":"f"}}]}}]})"
                     "\n\n"
                     R"(data: {"candidates":[{"finishReason":"STOP"}]})"
                     "\n\n"),
      "i f  ;stop");
  CAF_CHECK_EQUAL(
      streamed_calls("google", R"(data: {"candidates":[{"content":{"parts":[)"
                               R"({"functionCall":5}]}}]})"
                               "\n\n"),
      "Google streamed a call of no function: "
      R"({"candidates":[{"content":{"parts":[{"functionCall":5}]}}]})");
  CAF_CHECK_EQUAL(
      streamed_calls("google", R"(data: {"candidates":[{"finishReason":)"
                               R"("UNEXPECTED_TOOL_CALL"}]})"
                               "\n\n"),
      "Google's model made a call that is none (UNEXPECTED_TOOL_CALL)");
  CAF_CHECK_EQUAL(
      streamed_calls("ollama",
                     R"({"message":{"content":"","tool_calls":[{"function":)"
                     R"({"name":"f","arguments":{}}}]},"done":false})"
                     "\n"
                     R"({"message":{"content":""},"done":true,)"
                     R"("done_reason":"stop"})"
                     "\n"),
      " f {} ;stop");
}

}  // namespace streamed_calls_tests
