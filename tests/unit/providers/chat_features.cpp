#define CAF_SUITE chat_features

#include "tests/unit/providers/call_help.hpp"

namespace chat_features_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

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

CAF_TEST(openai_gets_its_own_words) {
  auto q = asking();
  q.tools.choice = tool_choice::required;
  q.tools.parallel = false;
  const auto x = asked("openai", q);
  CAF_CHECK_EQUAL(
      dump(x["messages"][1]),
      dump(json::parse(R"({"role":"assistant","content":"So","tool_calls":[
    {"id":"call_1","type":"function","function":{"name":"f",
     "arguments":"{\"a\":1}"}},
    {"id":"call_2","type":"function","function":{"name":"g",
     "arguments":""}}]})")));
  CAF_CHECK_EQUAL(dump(x["messages"][2]),
                  R"({"role":"tool","content":"42","tool_call_id":"call_1"})");
  CAF_CHECK_EQUAL(dump(x["tools"][1]),
                  R"({"type":"function","function":{"name":"g"}})");
  CAF_CHECK_EQUAL(x["tool_choice"], "required");
  CAF_CHECK_EQUAL(x["parallel_tool_calls"], false);
  // Google's own server is one of these.
  const auto custom = asked("custom", q)["messages"][1]["tool_calls"][0];
  CAF_CHECK_EQUAL(custom["extra_content"]["google"]["thought_signature"],
                  "sig");
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
  CAF_CHECK_EQUAL(dump(x["tools"][1]["function"]["parameters"]),
                  R"({"type":"object","properties":{}})");
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

CAF_TEST(anthropic_gets_no_ids_and_no_blanks_that_it_refuses) {
  auto q = asking();
  q.messages[1].content = "\n\n";
  q.messages[1].tool_calls[0].id = "functions.f:0";
  q.messages[2].tool_call_id = "functions.f:0";
  const auto x = asked("anthropic", q)["messages"];
  const auto& call = x[1]["content"][0];
  CAF_CHECK_EQUAL(call["type"], "tool_use");
  CAF_CHECK_EQUAL(call["id"].get<std::string>().size(), 24u);
  CAF_CHECK_EQUAL(x[2]["content"][0]["tool_use_id"], call["id"]);
  CAF_CHECK_EQUAL(x[2]["content"][1]["tool_use_id"], "call_2");
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
  const auto signature = [&](const char* model, std::size_t call = 1) {
    q.model = model;
    return asked("google", q)["contents"][1]["parts"][call].value(
        "thoughtSignature", "none");
  };
  CAF_CHECK_EQUAL(signature("gemini-2.5-pro"), "none");
  CAF_CHECK_EQUAL(signature("gemini-3-pro", 2), "none");
  CAF_CHECK_EQUAL(signature("gemini-pro-latest"),
                  "skip_thought_signature_validator");
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

CAF_TEST(images_in_each_vendors_words) {
  chat_request q;
  q.model = "m";
  q.messages = {{"user",
                 "see",
                 {},
                 {},
                 {{"see", {}, {}}, {{}, "data:image/png;base64,AAAA", {}}}}};
  const auto said = [&](std::string_view type) {
    const auto x = asked(type, q);
    return dump(type == "google" ? x["contents"][0]["parts"]
                                 : x["messages"][0]["content"]);
  };
  CAF_CHECK_EQUAL(said("openai"),
                  R"([{"type":"text","text":"see"},{"type":"image_url",)"
                  R"("image_url":{"url":"data:image/png;base64,AAAA"}}])");
  CAF_CHECK_EQUAL(said("mistral"), said("openai"));
  CAF_CHECK_EQUAL(said("anthropic"),
                  R"([{"type":"text","text":"see"},{"type":"image","source":)"
                  R"({"type":"base64","media_type":"image/png",)"
                  R"("data":"AAAA"}}])");
  CAF_CHECK_EQUAL(said("google"),
                  R"([{"text":"see"},{"inlineData":{"mimeType":"image/png",)"
                  R"("data":"AAAA"}}])");
  CAF_CHECK_EQUAL(said("ollama"), R"("see")");
  CAF_CHECK_EQUAL(dump(asked("ollama", q)["messages"][0]["images"]),
                  R"(["AAAA"])");
  for (const auto& v : vendors())
    CAF_CHECK_EQUAL(wrong(v.type, q), "none");
  q.messages[0].parts.push_back({" ", {}, {}});
  CAF_CHECK(!contains(said("anthropic"), R"(" ")"));
  q.messages[0].parts.pop_back();
  q.messages[0].parts[1].image_url = "https://h/x.png";
  CAF_CHECK_EQUAL(said("anthropic"),
                  R"([{"type":"text","text":"see"},{"type":"image","source":)"
                  R"({"type":"url","url":"https://h/x.png"}}])");
  CAF_CHECK_EQUAL(wrong("openai", q), "none");
  CAF_CHECK_EQUAL(wrong("google", q),
                  "providers of type google have no images by their address; "
                  "give what they are: data:image/…;base64,…");
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
  CAF_CHECK(code("google", R"({"candidates":[{"content":{"parts":[
                 {"functionCall":{}}]}}]})") == errc::upstream_malformed);
  CAF_CHECK(code("google", R"({"candidates":[{"finishReason":
                 "MALFORMED_FUNCTION_CALL"}]})") == errc::upstream_malformed);
}

CAF_TEST(more_calls_than_anybody_makes_are_not_believed) {
  auto message = json{{"content", ""}, {"tool_calls", json::array()}};
  auto& calls = message["tool_calls"];
  const auto outcome = [&](std::size_t n) {
    while (calls.size() < n)
      calls.push_back({{"function", {{"name", "f"}}}});
    const auto body = dump({{"done", true}, {"message", message}});
    return code_of(of("ollama").parse_chat(reply(200, body)));
  };
  CAF_CHECK(outcome(max_calls) == errc{});
  CAF_CHECK(outcome(max_calls + 1) == errc::upstream_malformed);
}

}  // namespace chat_features_tests
