#define CAF_SUITE model_chat

#include "messages/model/chat.hpp"

#include "tests/unit_test.hpp"

namespace model_chat_tests {

using namespace closedpaw;

json with(const std::string& messages) {
  return json::parse(R"({"messages":)" + messages + "}");
}

std::string place(const std::optional<misreading>& x) {
  return x ? x->place : "none";
}

std::string wrong_message(const std::string& messages) {
  std::vector<chat_message> out;
  return place(read_messages(with(messages), out));
}

std::string wrong_tools(const std::string& body) {
  tool_use out;
  return place(read_tool_use(json::parse(body), out));
}

std::string wrong_format(const std::string& body) {
  json_text out;
  return place(read_response_format(json::parse(body), out));
}

constexpr auto calling = R"([
  {"role":"user","content":"hi"},
  {"role":"assistant","content":null,"tool_calls":[
    {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},
     "extra_content":{"google":{"thought_signature":"sig"}}},
    {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
  {"role":"tool","content":"42","tool_call_id":"c1"}])";

CAF_TEST(a_conversation_is_written_as_it_was_read) {
  std::vector<chat_message> all;
  CAF_CHECK_EQUAL(place(read_messages(with(calling), all)), "none");
  CAF_REQUIRE_EQUAL(all.size(), 3u);
  CAF_CHECK(all[1].tool_calls ==
            (std::vector<tool_call>{{"c1", "f", R"({"a":1})", "sig"},
                                    {"c2", "g", "", ""}}));
  CAF_CHECK_EQUAL(all[1].content, "");
  CAF_CHECK_EQUAL(all[2].tool_call_id, "c1");
  auto again = json::array();
  for (const auto& x : all)
    again.push_back(to_json(x));
  CAF_CHECK_EQUAL(dump(again), dump(json::parse(calling)));
}

CAF_TEST(parts_of_text_are_one_text) {
  std::vector<chat_message> all;
  CAF_CHECK_EQUAL(place(read_messages(with(R"([{"role":"user","content":
                           [{"type":"text","text":"a"},
                            {"type":"text","text":"b"}]}])"),
                                      all)),
                  "none");
  CAF_CHECK_EQUAL(all.at(0).content, "ab");
}

constexpr auto showing = R"([{"role":"user","content":[
  {"type":"text","text":"a"},
  {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
  {"type":"image_url","image_url":{"url":"https://h/x.png","detail":"low"}},
  {"type":"text","text":"b"}]}])";

CAF_TEST(images_stay_where_they_are_said) {
  std::vector<chat_message> all;
  CAF_CHECK_EQUAL(place(read_messages(with(showing), all)), "none");
  CAF_REQUIRE_EQUAL(all.size(), 1u);
  CAF_CHECK_EQUAL(all[0].content, "ab");
  CAF_REQUIRE_EQUAL(all[0].parts.size(), 4u);
  CAF_CHECK_EQUAL(all[0].parts[2].detail, "low");
  CAF_CHECK_EQUAL(dump(json::array({to_json(all[0])})),
                  dump(json::parse(showing)));
}

CAF_TEST(what_is_no_image_is_named) {
  const auto url = [](const std::string& x) {
    return wrong_message(
        R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":")" +
        x + R"("}}]}])");
  };
  const std::string at = "messages[0].content[0].image_url.url";
  CAF_CHECK_EQUAL(url("http://h/x.png"), "none");
  CAF_CHECK_EQUAL(url("data:image/webp;base64,AA=="), "none");
  CAF_CHECK_EQUAL(url(""), at);
  CAF_CHECK_EQUAL(url("file:///etc/passwd"), at);
  CAF_CHECK_EQUAL(url("data:text/html;base64,AAAA"), at);
  CAF_CHECK_EQUAL(url("data:image/png;base64,"), at);
  CAF_CHECK_EQUAL(url("data:image/png;base64,A A"), at);
  CAF_CHECK_EQUAL(url("data:image/png,AAAA"), at);
  CAF_CHECK_EQUAL(
      wrong_message(R"([{"role":"system","content":[{"type":"image_url"}]}])"),
      "messages[0].content[0].type");
}

CAF_TEST(a_log_has_an_images_size_and_hash) {
  const auto text = without_images(json_text{with(showing)}).str();
  CAF_CHECK(!contains(text, "AAAA"));
  CAF_CHECK(contains(text,
                     "data:image/png;about 3 bytes;sha256 of the text "
                     "63c1dd951ffedf6f7fd968ad4efa39b8ed584f162f46e715"
                     "114ee184f8de9201"));
  CAF_CHECK(contains(text, "https://h/x.png"));
  const auto plain = json_text{json{{"message", "data:image/png;base64,AA"}}};
  CAF_CHECK(without_images(plain) == plain);
}

CAF_TEST(what_is_wrong_with_a_message_is_named) {
  CAF_CHECK_EQUAL(wrong_message("[]"), "messages");
  CAF_CHECK_EQUAL(wrong_message("{}"), "messages");
  CAF_CHECK_EQUAL(wrong_message("[5]"), "messages[0].role");
  CAF_CHECK_EQUAL(wrong_message(R"([{"role":"function","content":"x"}])"),
                  "messages[0].role");
  CAF_CHECK_EQUAL(wrong_message(R"([{"role":"assistant"}])"),
                  "messages[0].content");
  CAF_CHECK_EQUAL(wrong_message(R"([{"role":"tool","content":"x"}])"),
                  "messages[0].tool_call_id");
  CAF_CHECK_EQUAL(wrong_message(R"([{"role":"user","content":5}])"),
                  "messages[0].content");
  CAF_CHECK_EQUAL(
      wrong_message(R"([{"role":"user","content":[{"type":"input_audio"}]}])"),
      "messages[0].content[0].type");
  const auto call = [](const std::string& x) {
    return wrong_message(R"([{"role":"assistant","tool_calls":[)" + x + "]}]");
  };
  const std::string at = "messages[0].tool_calls[0].";
  CAF_CHECK_EQUAL(call(R"({"function":{"name":"f","arguments":"{}"}})"),
                  at + "id");
  CAF_CHECK_EQUAL(call(R"({"id":"c","type":"custom"})"), at + "type");
  CAF_CHECK_EQUAL(call(R"({"id":"c"})"), at + "function.name");
  CAF_CHECK_EQUAL(call(R"({"id":"c","function":{"name":")" +
                       std::string(129, 'f') + R"("}})"),
                  at + "function.name");
  CAF_CHECK_EQUAL(call(R"({"id":"a b"})"), at + "id");
  CAF_CHECK_EQUAL(call(R"({"id":")" + std::string(16'385, 'c') + R"("})"),
                  at + "id");
  CAF_CHECK_EQUAL(
      wrong_message(R"([{"role":"tool","tool_call_id":"c","content":"x"}])"),
      "messages[0].tool_call_id");
  CAF_CHECK_EQUAL(call(R"({"id":"c","function":{"name":"f","arguments":{}}})"),
                  at + "function.arguments");
  CAF_CHECK_EQUAL(
      wrong_message(R"([{"role":"assistant","content":"x","tool_calls":5}])"),
      "messages[0].tool_calls");
}

CAF_TEST(what_may_be_called_is_written_as_it_was_read) {
  const auto body = json::parse(R"({"tools":[
    {"type":"function","function":{"name":"f","description":"d",
     "parameters":{"type":"object"},"strict":true}},
    {"type":"function","function":{"name":"g"}}],
    "tool_choice":{"type":"function","function":{"name":"g"}},
    "parallel_tool_calls":false})");
  tool_use use;
  CAF_CHECK_EQUAL(place(read_tool_use(body, use)), "none");
  CAF_CHECK_EQUAL(use.tools.size(), 2u);
  CAF_CHECK(use.choice == tool_choice::named);
  auto again = json::object();
  write_tool_use(again, use);
  CAF_CHECK_EQUAL(dump(again), dump(body));
  again = json::object();
  write_tool_use(again, {});
  CAF_CHECK_EQUAL(dump(again), "{}");
}

CAF_TEST(what_is_wrong_with_tools_is_named) {
  CAF_CHECK_EQUAL(wrong_tools("{}"), "none");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tool_choice":"none"})"), "none");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tools":{}})"), "tools");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tools":[{"type":"web_search"}]})"),
                  "tools[0].type");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tools":[{"type":"function"}]})"),
                  "tools[0].function.name");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tools":[{"type":"function","function":
                                  {"name":"f","parameters":[]}}]})"),
                  "tools[0].function.parameters");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tools":[{"type":"function","function":
                                  {"name":"f","strict":1}}]})"),
                  "tools[0].function.strict");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tool_choice":"required"})"), "tool_choice");
  CAF_CHECK_EQUAL(wrong_tools(R"({"tool_choice":"sometimes"})"), "tool_choice");
  CAF_CHECK_EQUAL(
      wrong_tools(R"({"tools":[{"type":"function","function":{"name":"f"}}],
        "tool_choice":{"type":"function","function":{"name":"g"}}})"),
      "tool_choice");
  CAF_CHECK_EQUAL(wrong_tools(R"({"parallel_tool_calls":"no"})"),
                  "parallel_tool_calls");
}

CAF_TEST(an_answers_format) {
  CAF_CHECK_EQUAL(wrong_format("{}"), "none");
  CAF_CHECK_EQUAL(wrong_format(R"({"response_format":{"type":"grammar"}})"),
                  "response_format.type");
  CAF_CHECK_EQUAL(wrong_format(R"({"response_format":{"type":"json_schema"}})"),
                  "response_format.json_schema.name");
  CAF_CHECK_EQUAL(wrong_format(R"({"response_format":{"type":"json_schema",
                                   "json_schema":{"name":"n"}}})"),
                  "response_format.json_schema.schema");
  json_text out;
  read_response_format(json{{"response_format", {{"type", "text"}}}}, out);
  CAF_CHECK_EQUAL(out.str(), "null");
  read_response_format(json{{"response_format", {{"type", "json_object"}}}},
                       out);
  CAF_CHECK_EQUAL(out.str(), R"({"type":"json_object"})");
}

CAF_TEST(calls_without_ids_get_some_that_openai_takes) {
  std::vector<tool_call> calls{{"", "f", "", ""}, {"x", "g", "{}", ""}};
  for (int i = 0; i < 9; ++i)
    calls.push_back({"", "h", "", ""});
  uuid action;
  action.bytes.fill(0xab);
  complete_calls(calls, action);
  CAF_CHECK_EQUAL(calls[0].id, "call_abababababababababababab_0");
  CAF_CHECK_EQUAL(calls[0].arguments, "{}");
  CAF_CHECK_EQUAL(calls[1].id, "x");
  CAF_CHECK(calls[2].id != calls[3].id);
  CAF_CHECK(calls[10].id.size() <= 40);
}

CAF_TEST(a_result_is_of_the_last_call_with_its_id) {
  const std::vector<chat_message> all{
      {"assistant", "", {{"c", "old", "", ""}}, ""},
      {"tool", "1", {}, "c"},
      {"assistant", "", {{"d", "other", "", ""}, {"c", "new", "", ""}}, ""},
      {"tool", "2", {}, "c"},
      {"tool", "3", {}, "nobody"}};
  CAF_CHECK_EQUAL(called_function(all, 1), "old");
  CAF_CHECK_EQUAL(called_function(all, 3), "new");
  CAF_CHECK_EQUAL(called_function(all, 4), "nobody");
}

CAF_TEST(arguments_that_are_no_object_are_not_lost) {
  CAF_CHECK_EQUAL(dump(arguments_object({"", "", R"({"a":1})", ""})),
                  R"({"a":1})");
  CAF_CHECK_EQUAL(dump(arguments_object({})), "{}");
  CAF_CHECK_EQUAL(dump(arguments_object({"", "", "{broken", ""})),
                  R"({"arguments":"{broken"})");
}

CAF_TEST(what_a_model_said_can_be_said_again) {
  const auto id = "call_1__thought__" + std::string(4'572, 'A');
  CAF_CHECK_EQUAL(
      wrong_message(R"([{"role":"assistant","tool_calls":[{"id":")" + id +
                    R"(","function":{"name":"search web","arguments":"{}"}}]},)"
                    R"({"role":"tool","content":"x","tool_call_id":")" +
                    id + R"("}])"),
      "none");
  std::vector<chat_message> out;
  CAF_CHECK(!read_messages(
      with(R"([{"role":"assistant","content":null,"refusal":"no"},)"
           R"({"role":"assistant",)"
           R"("content":[{"type":"refusal","refusal":"never"}]}])"),
      out));
  CAF_REQUIRE_EQUAL(out.size(), 2u);
  CAF_CHECK_EQUAL(out[0].content, "no");
  CAF_CHECK_EQUAL(out[1].content, "never");
  CAF_CHECK_EQUAL(
      wrong_message(R"([{"role":"user","content":null,"refusal":"no"}])"),
      "messages[0].content");
}

}  // namespace model_chat_tests
