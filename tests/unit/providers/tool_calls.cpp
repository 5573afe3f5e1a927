#define CAF_SUITE tool_calls

#include "actors/providers/codec/tool_calls.hpp"

#include "tests/unit/providers/codec_help.hpp"

namespace tool_calls_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

const vendor& of(std::string_view type) {
  for (const auto& v : vendors())
    if (v.type == type)
      return v;
  CAF_FAIL("no such vendor");
}

/// Two tools; two calls at once and what they returned, by an assistant who
/// also spoke.
chat_request asking() {
  chat_request q;
  q.model = "m";
  q.messages = {
      {"user", "hi"},
      {"assistant",
       "So",
       {{"call_1", "f", R"({"a":1})", "sig"}, {"call_2", "g", "", ""}},
       ""},
      {"tool", "42", {}, "call_1"},
      {"tool", R"({"b":2})", {}, "call_2"},
      {"user", "and?"}};
  q.tools.tools = {{"f", "d", json_text{json{{"type", "object"}}}, true},
                   {"g", "", {}, {}}};
  return q;
}

json asked(std::string_view type, const chat_request& q) {
  return body_of(of(type).chat(q));
}

std::string wrong(std::string_view type, const chat_request& q) {
  const auto why = check(of(type), q);
  return why ? why->message : "none";
}

/// "id name arguments signature;" of each.
std::string text(const std::vector<tool_call>& calls) {
  std::string out;
  for (const auto& x : calls)
    out += x.id + ' ' + x.name + ' ' + x.arguments + ' ' + x.signature + ';';
  return out;
}

CAF_TEST(openai_gets_its_own_words) {
  auto q = asking();
  q.tools.choice = tool_choice::required;
  q.tools.parallel = false;
  const auto x = asked("openai", q);
  CAF_CHECK_EQUAL(
      dump(x["messages"][1]),
      dump(json::parse(R"({"role":"assistant","content":"So","tool_calls":[
    {"id":"call_1","type":"function","function":{"name":"f",
     "arguments":"{\"a\":1}"},
     "extra_content":{"google":{"thought_signature":"sig"}}},
    {"id":"call_2","type":"function","function":{"name":"g",
     "arguments":""}}]})")));
  CAF_CHECK_EQUAL(dump(x["messages"][2]),
                  R"({"role":"tool","content":"42","tool_call_id":"call_1"})");
  CAF_CHECK_EQUAL(dump(x["tools"][1]),
                  R"({"type":"function","function":{"name":"g"}})");
  CAF_CHECK_EQUAL(x["tool_choice"], "required");
  CAF_CHECK_EQUAL(x["parallel_tool_calls"], false);
}

CAF_TEST(mistral_gets_ids_as_its_own_and_the_same_for_call_and_result) {
  auto q = asking();
  q.messages[1].tool_calls[1].id = "abcDEF123";
  q.messages[3].tool_call_id = "abcDEF123";
  const auto x = asked("mistral", q);
  const auto id = x["messages"][1]["tool_calls"][0]["id"].get<std::string>();
  CAF_CHECK_EQUAL(id.size(), 9u);
  CAF_CHECK_EQUAL(x["messages"][2]["tool_call_id"], id);
  CAF_CHECK_EQUAL(x["messages"][1]["tool_calls"][1]["id"], "abcDEF123");
  CAF_CHECK_EQUAL(x["messages"][3]["tool_call_id"], "abcDEF123");
}

CAF_TEST(anthropic_gets_blocks_and_results_in_one_message) {
  auto q = asking();
  const auto x = asked("anthropic", q);
  CAF_CHECK_EQUAL(dump(x["messages"]), dump(json::parse(R"([
    {"role":"user","content":"hi"},
    {"role":"assistant","content":[{"type":"text","text":"So"},
      {"type":"tool_use","id":"call_1","name":"f","input":{"a":1}},
      {"type":"tool_use","id":"call_2","name":"g","input":{}}]},
    {"role":"user","content":[
      {"type":"tool_result","tool_use_id":"call_1","content":"42"},
      {"type":"tool_result","tool_use_id":"call_2","content":"{\"b\":2}"}]},
    {"role":"user","content":"and?"}])")));
  CAF_CHECK_EQUAL(dump(x["tools"]), dump(json::parse(R"([
    {"name":"f","description":"d","input_schema":{"type":"object"},
     "strict":true},
    {"name":"g","input_schema":{"type":"object","properties":{}}}])")));
  CAF_CHECK(!x.contains("tool_choice"));
  const auto choice = [&](tool_choice c, std::optional<bool> parallel) {
    q.tools.choice = c;
    q.tools.name = "g";
    q.tools.parallel = parallel;
    return dump(asked("anthropic", q)["tool_choice"]);
  };
  CAF_CHECK_EQUAL(choice(tool_choice::none, {}), R"({"type":"none"})");
  CAF_CHECK_EQUAL(choice(tool_choice::required, {}), R"({"type":"any"})");
  CAF_CHECK_EQUAL(choice(tool_choice::named, {}),
                  R"({"type":"tool","name":"g"})");
  CAF_CHECK_EQUAL(choice(tool_choice::automatic, false),
                  R"({"type":"auto","disable_parallel_tool_use":true})");
}

CAF_TEST(google_gets_parts_with_signatures_and_names) {
  auto q = asking();
  q.tools.choice = tool_choice::named;
  q.tools.name = "g";
  const auto x = asked("google", q);
  CAF_CHECK_EQUAL(dump(x["contents"]), dump(json::parse(R"([
    {"role":"user","parts":[{"text":"hi"}]},
    {"role":"model","parts":[{"text":"So"},
      {"functionCall":{"id":"call_1","name":"f","args":{"a":1}},
       "thoughtSignature":"sig"},
      {"functionCall":{"id":"call_2","name":"g","args":{}}}]},
    {"role":"user","parts":[
      {"functionResponse":{"id":"call_1","name":"f",
                           "response":{"output":"42"}}},
      {"functionResponse":{"id":"call_2","name":"g","response":{"b":2}}}]},
    {"role":"user","parts":[{"text":"and?"}]}])")));
  CAF_CHECK_EQUAL(dump(x["tools"]), dump(json::parse(R"([
    {"functionDeclarations":[{"name":"f","description":"d",
      "parametersJsonSchema":{"type":"object"}},{"name":"g"}]}])")));
  CAF_CHECK_EQUAL(dump(x["toolConfig"]["functionCallingConfig"]),
                  R"({"mode":"ANY","allowedFunctionNames":["g"]})");
  q.messages[1].tool_calls[0].signature.clear();
  const auto signature = [&](const char* model) {
    q.model = model;
    return asked("google", q)["contents"][1]["parts"][1].value(
        "thoughtSignature", "none");
  };
  CAF_CHECK_EQUAL(signature("gemini-2.5-pro"), "none");
  CAF_CHECK_EQUAL(signature("gemini-3-pro"),
                  "skip_thought_signature_validator");
}

CAF_TEST(ollama_gets_objects_and_knows_results_by_their_function) {
  auto q = asking();
  const auto x = asked("ollama", q);
  CAF_CHECK_EQUAL(dump(x["messages"][1]), dump(json::parse(R"({
    "role":"assistant","content":"So","tool_calls":[
     {"function":{"name":"f","arguments":{"a":1}}},
     {"function":{"name":"g","arguments":{}}}]})")));
  CAF_CHECK_EQUAL(dump(x["messages"][3]),
                  R"({"role":"tool","content":"{\"b\":2}","tool_name":"g"})");
  CAF_CHECK_EQUAL(x["tools"].size(), 2u);
  CAF_CHECK(!x.contains("tool_choice"));
  q.tools.choice = tool_choice::none;
  CAF_CHECK(!asked("ollama", q).contains("tools"));
}

CAF_TEST(a_wish_that_has_no_words_is_refused) {
  auto q = asking();
  for (const auto& v : vendors())
    CAF_CHECK_EQUAL(wrong(v.type, q), "none");
  q.tools.choice = tool_choice::required;
  CAF_CHECK_EQUAL(wrong("google", q), "none");
  CAF_CHECK_EQUAL(wrong("ollama", q),
                  "providers of type ollama have no tool_choice that demands a "
                  "call; leave it out, or say auto or none");
  q.tools.choice = tool_choice::automatic;
  q.tools.parallel = false;
  CAF_CHECK_EQUAL(wrong("anthropic", q), "none");
  CAF_CHECK_EQUAL(wrong("google", q),
                  "providers of type google have no parallel_tool_calls; leave "
                  "it out");
  q = {};
  q.options.response_format = json{{"type", "json_object"}};
  CAF_CHECK_EQUAL(wrong("mistral", q), "none");
  CAF_CHECK_EQUAL(wrong("anthropic", q),
                  "providers of type anthropic have no response_format "
                  "json_object; give a schema with json_schema");
}

CAF_TEST(answers_in_json) {
  chat_request q;
  q.model = "m";
  q.messages = {{"user", "hi"}};
  q.options.response_format = json::parse(R"({"type":"json_schema",
    "json_schema":{"name":"n","schema":{"type":"object"}}})");
  CAF_CHECK_EQUAL(asked("openai", q)["response_format"]["type"], "json_schema");
  CAF_CHECK_EQUAL(dump(asked("anthropic", q)["output_config"]),
                  R"({"format":{"type":"json_schema","schema":)"
                  R"({"type":"object"}}})");
  CAF_CHECK_EQUAL(dump(asked("google", q)["generationConfig"]),
                  R"({"responseMimeType":"application/json",)"
                  R"("responseJsonSchema":{"type":"object"}})");
  CAF_CHECK_EQUAL(dump(asked("ollama", q)["format"]), R"({"type":"object"})");
  q.options.response_format = json{{"type", "json_object"}};
  CAF_CHECK_EQUAL(asked("ollama", q)["format"], "json");
  CAF_CHECK_EQUAL(dump(asked("google", q)["generationConfig"]),
                  R"({"responseMimeType":"application/json"})");
}

CAF_TEST(calls_are_read_from_whole_answers) {
  const auto calls = [](std::string_view type, const char* body) {
    const auto x = of(type).parse_chat(reply(200, body));
    return x ? text(x->tool_calls) + x->finish_reason : x.error().message;
  };
  CAF_CHECK_EQUAL(calls("openai", R"({"choices":[{"finish_reason":"tool_calls",
    "message":{"role":"assistant","content":null,"tool_calls":[
    {"id":"c","type":"function","function":{"name":"f","arguments":"{}"},
     "extra_content":{"google":{"thought_signature":"s"}}}]}}]})"),
                  "c f {} s;tool_calls");
  CAF_CHECK_EQUAL(calls("anthropic", R"({"stop_reason":"tool_use","content":[
    {"type":"text","text":"So"},
    {"type":"tool_use","id":"t","name":"f","input":{"a":1}}]})"),
                  R"(t f {"a":1} ;tool_calls)");
  CAF_CHECK_EQUAL(calls("google", R"({"candidates":[{"finishReason":"STOP",
    "content":{"parts":[{"functionCall":{"name":"f","args":{"a":1}},
    "thoughtSignature":"s"}]}}]})"),
                  R"( f {"a":1} s;stop)");
  CAF_CHECK_EQUAL(calls("ollama", R"({"done":true,"done_reason":"stop",
    "message":{"role":"assistant","content":"","tool_calls":[
    {"function":{"name":"f","arguments":{"a":1}}}]}})"),
                  R"( f {"a":1} ;stop)");
}

CAF_TEST(a_call_of_nothing_is_malformed) {
  const auto code = [](std::string_view type, const char* body) {
    return code_of(of(type).parse_chat(reply(200, body)));
  };
  CAF_CHECK(
      code("openai", R"({"choices":[{"message":{"tool_calls":[{}]}}]})") ==
      errc::upstream_malformed);
  CAF_CHECK(code("anthropic", R"({"content":[{"type":"tool_use"}]})") ==
            errc::upstream_malformed);
  CAF_CHECK(code("ollama", R"({"done":true,"message":{"content":"",
                 "tool_calls":[{"function":{}}]}})") ==
            errc::upstream_malformed);
}

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
  // Two calls under one index, as some servers write them.
  CAF_CHECK_EQUAL(
      streamed_calls(
          "custom",
          openai_stream(
              {R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}])",
               R"([{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}])"})),
      "a f {} ;b g {} ;tool_calls");
  CAF_CHECK_EQUAL(
      streamed_calls("openai",
                     openai_stream({R"([{"index":7,"function":{}}])"})),
      "OpenAI streamed tool_calls that are none: "
      R"({"choices":[{"delta":{"tool_calls":[{"index":7,"function":{}}]}}]})");
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
      streamed_calls("ollama",
                     R"({"message":{"content":"","tool_calls":[{"function":)"
                     R"({"name":"f","arguments":{}}}]},"done":false})"
                     "\n"
                     R"({"message":{"content":""},"done":true,)"
                     R"("done_reason":"stop"})"
                     "\n"),
      " f {} ;stop");
}

}  // namespace tool_calls_tests
