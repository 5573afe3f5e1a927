#define CAF_SUITE routes_openai_front

#include "http/routes/openai_wire.hpp"
#include "http/routes/render.hpp"
#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_openai_front_tests {

using namespace closedpaw;
using namespace closedpaw::http;

constexpr auto path = "/v1/chat/completions";

struct fixture : test::api_fixture {
  /// A chat of one message with these further members.
  std::string with(const std::string& more) const {
    return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" +
           (more.empty() ? "" : "," + more) + "}";
  }
  std::optional<run_chat> chat(const std::string& body) const {
    return command_of<run_chat>(method::post, path, body);
  }
  /// The parameter that is complained about, or "none".
  std::string wrong(const std::string& body) const {
    const auto r = post(path, body);
    if (r.status == 0)
      return "none";
    CAF_CHECK_EQUAL(r.status, 400u);
    const auto error = test::body_of(r)["error"];
    CAF_CHECK_EQUAL(error["type"], "invalid_request_error");
    return error["param"].is_string() ? error["param"].get<std::string>()
                                      : "null";
  }
};

}  // namespace routes_openai_front_tests

CAF_TEST_FIXTURE_SCOPE(routes_openai_front_tests, fixture)

CAF_TEST(a_completion_becomes_a_chat) {
  const auto c = chat(R"({"model":"p/m","messages":[
    {"role":"developer","content":"s"},
    {"role":"user","content":[{"type":"text","text":"a"},
                              {"type":"text","text":"b"}]},
    {"role":"assistant","content":""}],
    "temperature":0.5,"top_p":1,"presence_penalty":-2,"frequency_penalty":2,
    "max_completion_tokens":7,"seed":-3,"stop":"END","stream":true,
    "stream_options":{"include_usage":true},"user":"me","n":1,"tools":[],
    "response_format":{"type":"text"},"logprobs":false,"tool_choice":"auto"})");
  CAF_REQUIRE(c);
  CAF_CHECK(c->messages ==
            (std::vector<chat_message>{
                {"developer", "s"}, {"user", "ab"}, {"assistant", ""}}));
  CAF_CHECK_EQUAL(*c->model, "p/m");
  CAF_CHECK(c->options == (chat_options{0.5, 1.0, -2.0, 2.0, 7, -3, {"END"}}));
  CAF_CHECK(c->stream);
  CAF_CHECK(c->include_usage);
  CAF_CHECK(c->form == chat_form::openai);
}

CAF_TEST(tools_and_the_answers_format_go_with_it) {
  const auto c = chat(with(R"("tools":[{"type":"function",
    "function":{"name":"f"}}],"tool_choice":"required",
    "parallel_tool_calls":true,"response_format":{"type":"json_object"})"));
  CAF_REQUIRE(c);
  CAF_REQUIRE_EQUAL(c->tools.tools.size(), 1u);
  CAF_CHECK_EQUAL(c->tools.tools[0].name, "f");
  CAF_CHECK(c->tools.choice == tool_choice::required);
  CAF_CHECK(c->tools.parallel == true);
  CAF_CHECK_EQUAL(c->options.response_format.str(),
                  R"({"type":"json_object"})");
}

CAF_TEST(what_is_wrong_is_named) {
  CAF_CHECK_EQUAL(wrong("{}"), "model");
  CAF_CHECK_EQUAL(wrong(R"({"model":"m"})"), "messages");
  CAF_CHECK_EQUAL(wrong(R"({"model":"m","messages":[]})"), "messages");
  CAF_CHECK_EQUAL(wrong(R"({"model":"m","messages":[{"role":"tool"}]})"),
                  "messages[0].tool_call_id");
  CAF_CHECK_EQUAL(wrong(R"({"model":"m","messages":[{"role":"user"}]})"),
                  "messages[0].content");
  CAF_CHECK_EQUAL(wrong(R"({"model":"m","messages":[{"role":"user",
                            "content":[{"type":"file"}]}]})"),
                  "messages[0].content[0].type");
  CAF_CHECK_EQUAL(wrong("[]"), "null");
  CAF_CHECK_EQUAL(wrong("{"), "null");
  CAF_CHECK_EQUAL(wrong(with(R"("temperature":3)")), "temperature");
  CAF_CHECK_EQUAL(wrong(with(R"("max_tokens":0)")), "max_tokens");
  CAF_CHECK_EQUAL(wrong(with(R"("seed":1.5)")), "seed");
  CAF_CHECK_EQUAL(wrong(with(R"("stop":[1])")), "stop");
  CAF_CHECK_EQUAL(wrong(with(R"("stream":"yes")")), "stream");
}

CAF_TEST(what_we_cannot_carry_out_is_refused_and_never_ignored) {
  CAF_CHECK_EQUAL(wrong(with(R"("n":2)")), "n");
  CAF_CHECK_EQUAL(wrong(with(R"("tools":[{"type":"web_search"}])")),
                  "tools[0].type");
  CAF_CHECK_EQUAL(wrong(with(R"("functions":[{"name":"f"}])")), "functions");
  CAF_CHECK_EQUAL(wrong(with(R"("response_format":{"type":"grammar"})")),
                  "response_format.type");
  CAF_CHECK_EQUAL(wrong(with(R"("logprobs":true)")), "logprobs");
  CAF_CHECK_EQUAL(wrong(with(R"("reasoning_effort":"high")")),
                  "reasoning_effort");
  CAF_CHECK_EQUAL(wrong(with(R"("anything":null)")), "none");
}

CAF_TEST(models_are_listed_with_their_provider_and_the_defaults_bare) {
  provider_view one;
  one.name = "ollama";
  one.models = {{"m1", 0, "", "", ""}};
  one.models_at = test::noon;
  add_provider(one);
  provider_view two;
  two.name = "oai";
  two.models = {{"gpt/x", 0, "", "", ""}};
  add_provider(two);
  orchestrator_view view;
  view.default_provider = "ollama";
  live.orchestrator.publish(view);
  std::string ids;
  const auto all = test::body_of(get("/v1/models"));
  for (const auto& x : all["data"])
    ids += x["id"].get<std::string>() + ' ';
  CAF_CHECK_EQUAL(ids, "m1 ollama/m1 oai/gpt/x ");
  const auto x = test::body_of(get("/v1/models/oai/gpt/x"));
  CAF_CHECK_EQUAL(x["owned_by"], "oai");
  CAF_CHECK_EQUAL(x["object"], "model");
  const auto none = get("/v1/models/nope");
  CAF_CHECK_EQUAL(none.status, 404u);
  CAF_CHECK(test::body_of(none).contains("error"));
}

CAF_TEST(completions_and_failures_are_in_openais_form) {
  action row;
  row.status = action_status::completed;
  row.created_at = test::noon;
  row.result = json{{"response", "Hello"}, {"model", "m1"},
                    {"provider", "p"},     {"finish_reason", "weird"},
                    {"prompt_tokens", 5},  {"completion_tokens", 7}};
  const auto x = test::body_of(render_chat(row, chat_form::openai));
  CAF_CHECK_EQUAL(x["object"], "chat.completion");
  CAF_CHECK_EQUAL(x["created"], 1'795'521'600);
  CAF_CHECK_EQUAL(x["choices"][0]["message"]["content"], "Hello");
  CAF_CHECK_EQUAL(x["choices"][0]["finish_reason"], "stop");
  CAF_CHECK_EQUAL(x["usage"]["total_tokens"], 12);
  row.status = action_status::failed;
  row.error = "slow down";
  row.error_code = "too_many_requests";
  row.result = json{{"retry_after_ms", 3000}};
  const auto failed = render_chat(row, chat_form::openai);
  CAF_CHECK_EQUAL(failed.status, 429u);
  CAF_CHECK_EQUAL(test::header_of(failed, "Retry-After"), "3");
  CAF_CHECK_EQUAL(test::body_of(failed)["error"]["type"], "rate_limit_error");
  run_chat asked;
  asked.form = chat_form::openai;
  const auto refused =
      render_failure(command{asked}, {errc::unavailable, "gone", {}, {}});
  CAF_CHECK_EQUAL(refused.status, 503u);
  CAF_CHECK_EQUAL(test::body_of(refused)["error"]["message"], "gone");
}

CAF_TEST(calls_are_in_openais_form_whole_or_streamed) {
  action row;
  row.status = action_status::completed;
  const auto calls = to_json(std::vector<tool_call>{{"c", "f", "{}", ""}});
  row.result = json{{"response", ""},     {"model", "m1"},
                    {"provider", "p"},    {"finish_reason", "stop"},
                    {"prompt_tokens", 5}, {"completion_tokens", 7},
                    {"tool_calls", calls}};
  const auto x = test::body_of(render_chat(row, chat_form::openai));
  const auto& choice = x["choices"][0];
  CAF_CHECK_EQUAL(choice["finish_reason"], "tool_calls");
  CAF_CHECK(choice["message"]["content"].is_null());
  CAF_CHECK_EQUAL(dump(choice["message"]["tool_calls"]), dump(calls));
  run_chat asked;
  asked.form = chat_form::openai;
  const auto end = completion_writer(asked, test::noon)->end(row);
  CAF_CHECK(contains(end, R"("delta":{"tool_calls":[{"index":0,"id":"c",)"));
  CAF_CHECK(contains(end, R"("finish_reason":"tool_calls")"));
}

CAF_TEST(the_originals_multi_chat) {
  action row;
  row.status = action_status::completed;
  row.result = json{{"response", "Hello"}, {"model", "m1"},
                    {"provider", "p"},     {"latency_ms", 3},
                    {"prompt_tokens", 5},  {"completion_tokens", 7}};
  const auto x = test::body_of(render_chat(row, chat_form::multi));
  CAF_CHECK_EQUAL(x["response"], "Hello");
  CAF_CHECK_EQUAL(x["tokens"], 12);
  CAF_CHECK_EQUAL(x["latency_ms"], 3);
  CAF_CHECK_EQUAL(x["provider"], "p");
}

CAF_TEST(what_asks_for_nothing_is_taken) {
  CAF_CHECK_EQUAL(wrong(with(R"("modalities":["text"],"verbosity":"medium",)"
                             R"("logprobs":false,"top_logprobs":0)")),
                  "none");
  CAF_CHECK_EQUAL(wrong(with(R"("modalities":["text","audio"])")),
                  "modalities");
  const auto c = chat(with(R"("stop":["a","","b","c","d","e"])"));
  CAF_REQUIRE(c);
  CAF_CHECK(c->options.stop ==
            (std::vector<std::string>{"a", "b", "c", "d", "e"}));
  const auto none = chat(with(R"("stop":"")"));
  CAF_REQUIRE(none);
  CAF_CHECK(none->options.stop.empty());
}

CAF_TEST(where_a_body_stops_being_json_is_told) {
  const auto error = test::body_of(post(path, R"({"model":"m",})"))["error"];
  CAF_CHECK(error["message"].get<std::string>().find("at byte 13") !=
            std::string::npos);
}

CAF_TEST(what_was_never_an_endpoint_is_told_in_openais_form) {
  const auto nowhere = post("/v1/embeddings", "{}");
  CAF_CHECK_EQUAL(nowhere.status, 404u);
  CAF_CHECK_EQUAL(test::body_of(nowhere)["error"]["type"],
                  "invalid_request_error");
  const auto wrong_verb = get(path);
  CAF_CHECK_EQUAL(wrong_verb.status, 405u);
  CAF_CHECK_EQUAL(test::body_of(wrong_verb)["error"]["code"],
                  "method_not_allowed");
  CAF_CHECK(test::body_of(get("/api/nowhere")).contains("detail"));
}

CAF_TEST(a_chat_that_waits_for_a_person_is_no_timeout) {
  action row;
  row.status = action_status::pending;
  const auto x = render_chat(row, chat_form::openai);
  CAF_CHECK_EQUAL(x.status, 409u);
  const auto error = test::body_of(x)["error"];
  CAF_CHECK_EQUAL(error["code"], "conflict");
  CAF_CHECK_EQUAL(error["action_id"], to_string(row.id));
}

CAF_TEST(a_refusal_is_no_content) {
  action row;
  row.status = action_status::completed;
  row.created_at = test::noon;
  row.result = json{{"response", "no"},   {"model", "m1"},
                    {"provider", "p"},    {"finish_reason", "stop"},
                    {"prompt_tokens", 5}, {"completion_tokens", 7},
                    {"refused", true}};
  const auto message = test::body_of(
      render_chat(row, chat_form::openai))["choices"][0]["message"];
  CAF_CHECK(message["content"].is_null());
  CAF_CHECK_EQUAL(message["refusal"], "no");
}

CAF_TEST(who_is_unknown_made_the_mistake) {
  const auto x = openai_error({errc::unauthenticated, "who?", {}, {}});
  CAF_CHECK_EQUAL(x.status, 401u);
  CAF_CHECK_EQUAL(test::body_of(x)["error"]["type"], "authentication_error");
}

CAF_TEST_FIXTURE_SCOPE_END()
