#define CAF_SUITE openai_codec

#include "actors/providers/codec/openai.hpp"

#include "messages/model/json_fields.hpp"
#include "tests/unit/providers/codec_help.hpp"

namespace openai_codec_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

chat_request asking(std::string stream_id = {}) {
  chat_request q;
  q.model = "m";
  q.messages = {{"system", "be brief"}, {"user", "hé"}};
  q.request_id = "r1";
  q.stream_id = std::move(stream_id);
  return q;
}

chat_options all_options() {
  chat_options o;
  o.temperature = 0.5;
  o.top_p = 0.9;
  o.presence_penalty = 0.1;
  o.frequency_penalty = 0.2;
  o.max_tokens = 7;
  o.seed = 3;
  o.stop = {"END"};
  return o;
}

constexpr auto answer = R"({"id":"chatcmpl-1","object":"chat.completion",
  "model":"m-2026","choices":[{"index":0,"message":{"role":"assistant",
  "content":"Hi","refusal":null},"logprobs":null,"finish_reason":"stop"}],
  "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}})";

std::string chunk(const std::string& delta, const std::string& reason) {
  return R"(data: {"object":"chat.completion.chunk","model":"m-2026",)"
         R"("choices":[{"index":0,"delta":)" +
         delta + R"(,"finish_reason":)" + reason + "}]}\n\n";
}

CAF_TEST(a chat carries the conversation and what was asked of the sampling) {
  auto q = asking();
  q.options = all_options();
  const auto x = openai_vendor().chat(q);
  CAF_CHECK_EQUAL(x.method, "POST");
  CAF_CHECK_EQUAL(x.path, "/chat/completions");
  CAF_CHECK_EQUAL(header_of(x, "x-request-id"), "r1");
  CAF_CHECK_EQUAL(header_of(x, "accept"), "application/json");
  CAF_CHECK_EQUAL(dump(body_of(x)),
                  dump(json::parse(R"({"model":"m","messages":[
        {"role":"system","content":"be brief"},{"role":"user","content":"hé"}],
        "temperature":0.5,"top_p":0.9,"presence_penalty":0.1,
        "frequency_penalty":0.2,"max_completion_tokens":7,"seed":3,
        "stop":["END"]})")));
}

CAF_TEST(mistral and compatible servers have names of their own) {
  auto q = asking("s1");
  q.options = all_options();
  const auto mistral = body_of(mistral_vendor().chat(q));
  CAF_CHECK_EQUAL(mistral["max_tokens"], 7);
  CAF_CHECK_EQUAL(mistral["random_seed"], 3);
  CAF_CHECK(!mistral.contains("seed"));
  CAF_CHECK(!mistral.contains("stream_options"));
  const auto custom = body_of(custom_vendor().chat(q));
  CAF_CHECK_EQUAL(custom["max_tokens"], 7);
  CAF_CHECK_EQUAL(custom["seed"], 3);
  q.messages[0].role = "developer";
  const auto role = [&](const vendor& v) {
    return body_of(v.chat(q))["messages"][0]["role"].get<std::string>();
  };
  CAF_CHECK_EQUAL(role(openai_vendor()), "developer");
  CAF_CHECK_EQUAL(role(mistral_vendor()), "system");
  CAF_CHECK_EQUAL(role(custom_vendor()), "system");
}

CAF_TEST(mistral says of an unknown model that the request is bad) {
  const auto body = R"({"object":"error","message":"Invalid model: x","type":)"
                    R"("invalid_model","param":null,"code":"1500"})";
  const auto x = mistral_vendor().parse_chat(reply(400, body));
  CAF_CHECK(code_of(x) == errc::not_found);
  CAF_CHECK(x.error().message.find("Invalid model: x") != std::string::npos);
  const auto list = mistral_vendor().parse_models(reply(400, body));
  CAF_REQUIRE(!list);
  CAF_CHECK(list.error().code == errc::bad_request);
}

CAF_TEST(a streamed chat asks for events and for the usage) {
  const auto x = openai_vendor().chat(asking("s1"));
  CAF_CHECK_EQUAL(header_of(x, "accept"), "text/event-stream");
  CAF_CHECK_EQUAL(body_of(x)["stream"], true);
  CAF_CHECK_EQUAL(body_of(x)["stream_options"]["include_usage"], true);
}

CAF_TEST(an answer is read) {
  const auto x = openai_vendor().parse_chat(reply(200, answer));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->text, "Hi");
  CAF_CHECK_EQUAL(x->model, "m-2026");
  CAF_CHECK_EQUAL(x->finish_reason, "stop");
  CAF_CHECK_EQUAL(x->prompt_tokens, 5u);
  CAF_CHECK_EQUAL(x->completion_tokens, 7u);
}

CAF_TEST(content in parts and a refusal are texts) {
  const auto parts = mistral_vendor().parse_chat(reply(
      200, R"({"choices":[{"message":{"content":[{"type":"text","text":"a"},
        {"type":"image_url"},{"type":"text","text":"b"}]}}]})"));
  CAF_REQUIRE(parts.has_value());
  CAF_CHECK_EQUAL(parts->text, "ab");
  const auto refusal = openai_vendor().parse_chat(
      reply(200, R"({"choices":[{"message":{"content":null,
        "refusal":"I will not"}}]})"));
  CAF_REQUIRE(refusal.has_value());
  CAF_CHECK_EQUAL(refusal->text, "I will not");
}

CAF_TEST(what is no answer is malformed) {
  for (const auto* text : {"{}", R"({"choices":[]})", "[]", "<html>",
                           R"({"choices":[{"message":{"content":null}}]})"})
    CAF_CHECK(code_of(openai_vendor().parse_chat(reply(200, text))) ==
              errc::upstream_malformed);
}

CAF_TEST(errors keep their meaning) {
  struct {
    unsigned status;
    const char* message;
    errc code;
  } const cases[] = {
      {401, "Incorrect API key provided", errc::upstream_refused},
      {403, "Country not supported", errc::upstream_refused},
      {404, "The model `x` does not exist", errc::not_found},
      {404, "Invalid URL", errc::upstream_failed},
      {400, "context length exceeded", errc::bad_request},
      {422, "Input should be a valid list", errc::bad_request},
      {429, "Rate limit reached", errc::too_many_requests},
      {500, "The server had an error", errc::upstream_failed},
      {503, "Engine overloaded", errc::upstream_failed},
      {504, "Gateway timeout", errc::timeout},
  };
  for (const auto& c : cases) {
    auto r = reply(c.status, dump({{"error", {{"message", c.message}}}}));
    r.headers.emplace_back("retry-after", "7");
    const auto x = openai_vendor().parse_chat(r);
    CAF_CHECK(code_of(x) == c.code);
    CAF_CHECK(x.error().message.find(c.message) != std::string::npos);
    CAF_CHECK(x.error().retry_after == std::chrono::seconds{7});
    CAF_CHECK_EQUAL(x.error().extra["upstream_status"], c.status);
  }
}

CAF_TEST(models are listed by id) {
  const auto x = openai_vendor().parse_models(
      reply(200, R"({"object":"list","data":[{"id":"a","object":"model",
        "created":1,"owned_by":"us"},{"id":"b"}]})"));
  CAF_REQUIRE(x.has_value());
  CAF_REQUIRE_EQUAL(x->size(), 2u);
  CAF_CHECK_EQUAL((*x)[0].name, "a");
  CAF_CHECK_EQUAL((*x)[0].family, "us");
  CAF_CHECK(!openai_vendor().parse_models(reply(200, R"({"data":[{}]})")));
  CAF_CHECK(!openai_vendor().parse_models(reply(200, "{}")));
}

CAF_TEST(a stream is its deltas with the usage at the end) {
  const auto x = run_all_ways(
      openai_vendor(),
      ": comment\n\n" + chunk(R"({"role":"assistant","content":""})", "null") +
          chunk(R"({"content":"Grüße, "})", "null") +
          chunk(R"({"content":"\ud83d\ude00"})", "null") +
          chunk("{}", R"("length")") +
          R"(data: {"model":"m-2026","choices":[],"usage":)"
          R"({"prompt_tokens":5,"completion_tokens":7}})"
          "\n\ndata: [DONE]\n\n");
  CAF_CHECK_EQUAL(x.text, "Grüße, 😀");
  CAF_REQUIRE(x.end.has_value());
  CAF_CHECK_EQUAL(x.end->text, "Grüße, 😀");
  CAF_CHECK_EQUAL(x.end->finish_reason, "length");
  CAF_CHECK_EQUAL(x.end->completion_tokens, 7u);
}

CAF_TEST(a stream that is cut is no answer) {
  const auto x = run_all_ways(openai_vendor(),
                              chunk(R"({"content":"Hel"})", "null") +
                                  "data: {\"choices\":[{\"delta\":{\"con");
  CAF_CHECK_EQUAL(x.text, "Hel");
  CAF_CHECK(code_of(x.end) == errc::upstream_malformed);
}

CAF_TEST(a stream without its last message is complete with a reason) {
  const auto x =
      run_all_ways(custom_vendor(), chunk(R"({"content":"Hi"})", R"("stop")"));
  CAF_CHECK(x.end.has_value());
}

CAF_TEST(errors and garbage in a stream end it) {
  const auto failed =
      run_all_ways(openai_vendor(),
                   chunk(R"({"content":"a"})", "null") +
                       "data: {\"error\":{\"message\":\"overloaded\"}}\n\n");
  CAF_CHECK(code_of(failed.end) == errc::upstream_failed);
  CAF_CHECK(failed.end.error().message.find("overloaded") != std::string::npos);
  const auto garbage = run_all_ways(openai_vendor(), "data: not json\n\n");
  CAF_CHECK(code_of(garbage.end) == errc::upstream_malformed);
  const auto page = run_all_ways(openai_vendor(), "<html>\n<body>\n\n");
  CAF_CHECK(code_of(page.end) == errc::upstream_malformed);
}

CAF_TEST(nothing after the end of a stream counts) {
  const auto x =
      run_all_ways(openai_vendor(), chunk(R"({"content":"a"})", R"("stop")") +
                                        "data: [DONE]\n\n" +
                                        chunk(R"({"content":"b"})", "null"));
  CAF_CHECK_EQUAL(x.text, "a");
  CAF_CHECK(x.end.has_value());
}

std::string ended(const std::string& message, const std::string& reason) {
  return R"({"choices":[{"message":)" + message + R"(,"finish_reason":)" +
         reason + "}]}";
}

CAF_TEST(an answer without text is one when its reason is told) {
  const auto x = custom_vendor().parse_chat(reply(
      200,
      ended(R"({"content":null,"reasoning_content":"hm"})", R"("length")")));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->text, "");
  CAF_CHECK_EQUAL(x->finish_reason, "length");
  CAF_CHECK(code_of(custom_vendor().parse_chat(
                reply(200, ended(R"({"content":null})", "null")))) ==
            errc::upstream_malformed);
}

CAF_TEST(reasons of Mistral are told in the words of OpenAI) {
  const auto text = R"({"content":"a"})";
  const auto x =
      mistral_vendor().parse_chat(reply(200, ended(text, R"("model_length")")));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->finish_reason, "length");
  CAF_CHECK(code_of(mistral_vendor().parse_chat(reply(
                200, ended(text, R"("error")")))) == errc::upstream_failed);
  const auto cut =
      run_all_ways(mistral_vendor(), chunk(R"({"content":"a"})", R"("error")"));
  CAF_CHECK(code_of(cut.end) == errc::upstream_failed);
}

CAF_TEST(a refusal is told as one) {
  const auto x = openai_vendor().parse_chat(
      reply(200, ended(R"({"content":null,"refusal":"no"})", R"("stop")")));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->text, "no");
  CAF_CHECK(x->refused);
  CAF_CHECK(!openai_vendor().parse_chat(reply(200, answer))->refused);
}

CAF_TEST(a refusal is streamed as one) {
  const auto stream = openai_vendor().decode();
  CAF_CHECK(stream->feed(chunk(R"({"content":""})", "null")).has_value());
  CAF_CHECK(!stream->refused());
  CAF_CHECK_EQUAL(stream->feed(chunk(R"({"refusal":"no"})", "null")).value(),
                  "no");
  CAF_CHECK(stream->refused());
}

CAF_TEST(counts that no answer has are bounded) {
  const auto x = openai_vendor().parse_chat(reply(
      200, R"({"choices":[{"message":{"content":"a"}}],"usage":)"
           R"({"prompt_tokens":18446744073709551615,"completion_tokens":5}})"));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->prompt_tokens, most_counted);
}

CAF_TEST(what is wrong with a body is read from Mistral) {
  const auto x = mistral_vendor().parse_chat(
      reply(422, R"({"object":"error","message":{"detail":[{"loc":["body",)"
                 R"("temperature"],"msg":"too high"}]},"type":"invalid"})"));
  CAF_CHECK(code_of(x) == errc::bad_request);
  CAF_CHECK(x.error().message.find("too high") != std::string::npos);
}

}  // namespace openai_codec_tests
