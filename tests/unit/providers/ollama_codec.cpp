#define CAF_SUITE ollama_codec

#include "actors/providers/codec/ollama.hpp"

#include "messages/model/json.hpp"
#include "tests/unit_test.hpp"

namespace ollama_codec_tests {

using namespace closedpaw;
using namespace closedpaw::providers::codec;

http_reply reply(unsigned status, std::string body,
                 std::string type = "application/json") {
  return {status, {{"content-type", std::move(type)}}, std::move(body)};
}

template <class T>
bool is(const result<T>& x, errc code) {
  return !x && x.error().code == code;
}

template <class T>
bool says(const result<T>& x, std::string_view part) {
  return !x && x.error().message.find(part) != std::string::npos;
}

constexpr auto answer = R"({"model":"llama3.2:3b","created_at":"2026-01-01",
  "message":{"role":"assistant","content":"Hi"},"done":true,
  "done_reason":"stop","prompt_eval_count":5,"eval_count":7})";

CAF_TEST(list_models_request) {
  auto x = ollama::list_models();
  CAF_CHECK_EQUAL(x.method, "GET");
  CAF_CHECK_EQUAL(x.path, "/api/tags");
  CAF_CHECK_EQUAL(x.body, "");
}

CAF_TEST(chat_request_is_unstreamed_and_complete) {
  auto x =
      ollama::chat({.model = "m\"1",
                    .messages = {{"developer", "be brief"}, {"user", "hé"}},
                    .request_id = "req-1"});
  CAF_CHECK_EQUAL(x.method, "POST");
  CAF_CHECK_EQUAL(x.path, "/api/chat");
  auto body = parse_json(x.body);
  CAF_REQUIRE(body.has_value());
  auto expected = json::parse(R"({"model":"m\"1","messages":[
    {"role":"system","content":"be brief"},{"role":"user","content":"hé"}],
    "stream":false})");
  CAF_CHECK_EQUAL(dump(*body), dump(expected));
  std::pair<std::string, std::string> id{"x-request-id", "req-1"};
  CAF_CHECK(std::ranges::find(x.headers, id) != x.headers.end());
}

CAF_TEST(chat_without_request_id_sends_none) {
  auto x = ollama::chat({.model = "m", .messages = {}, .request_id = ""});
  for (const auto& [name, value] : x.headers) {
    CAF_CHECK_NOT_EQUAL(name, "x-request-id");
  }
}

CAF_TEST(models_are_read) {
  auto x = ollama::parse_models(reply(200, R"({"models":[
    {"name":"llama3.2:3b","size":2019393189,"modified_at":"2026-01-01T00:00:00Z",
     "details":{"family":"llama","parameter_size":"3.2B"}},
    {"name":"bare"},
    {"name":"odd","size":-1,"details":null,"modified_at":7}]})"));
  CAF_REQUIRE(x.has_value());
  CAF_REQUIRE_EQUAL(x->size(), 3u);
  CAF_CHECK((*x)[0] == (model_info{"llama3.2:3b", 2019393189, "llama", "3.2B",
                                   "2026-01-01T00:00:00Z"}));
  CAF_CHECK((*x)[1] == (model_info{"bare", 0, "", "", ""}));
  CAF_CHECK((*x)[2] == (model_info{"odd", 0, "", "", ""}));
}

CAF_TEST(no_models_is_an_empty_list) {
  for (auto body : {R"({"models":[]})", R"({"models":null})"}) {
    auto x = ollama::parse_models(reply(200, body));
    CAF_REQUIRE(x.has_value());
    CAF_CHECK(x->empty());
  }
}

CAF_TEST(model_lists_that_are_not_the_protocol) {
  auto none = ollama::parse_models(reply(200, "{}"));
  CAF_CHECK(is(none, errc::upstream_malformed));
  CAF_CHECK(says(none, "\"models\""));
  CAF_CHECK(says(none, "application/json"));
  auto nameless =
      ollama::parse_models(reply(200, R"({"models":[{"name":"a"},{}]})"));
  CAF_CHECK(is(nameless, errc::upstream_malformed));
  CAF_CHECK(says(nameless, "models[1].name"));
  auto html = ollama::parse_models(reply(200, "<html>", "text/html"));
  CAF_CHECK(is(html, errc::upstream_malformed));
  CAF_CHECK(says(html, "no valid JSON (6 bytes as text/html)"));
  CAF_CHECK(says(ollama::parse_models(reply(200, "[1]")), "no object"));
  CAF_CHECK(
      says(ollama::parse_models({200, {}, ""}), "without a content type"));
}

CAF_TEST(chat_answer_is_read) {
  auto x = ollama::parse_chat(reply(200, answer));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->text, "Hi");
  CAF_CHECK_EQUAL(x->model, "llama3.2:3b");
  CAF_CHECK_EQUAL(x->prompt_tokens, 5u);
  CAF_CHECK_EQUAL(x->completion_tokens, 7u);
  CAF_CHECK_EQUAL(x->finish_reason, "stop");
}

CAF_TEST(empty_text_is_an_answer_only_when_it_is_there) {
  auto x = ollama::parse_chat(reply(200, R"({"message":{"content":""}})"));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(x->text, "");
  CAF_CHECK_EQUAL(x->prompt_tokens, 0u);
  for (auto body :
       {"{}", R"({"message":{}})", R"({"message":"Hi"})",
        R"({"message":{"content":null}})", R"({"response":"Hi"})"}) {
    auto bad = ollama::parse_chat(reply(200, body));
    CAF_CHECK(is(bad, errc::upstream_malformed));
    CAF_CHECK(says(bad, "\"message.content\""));
  }
}

CAF_TEST(unfinished_chat_is_malformed) {
  auto x = ollama::parse_chat(
      reply(200, R"({"message":{"content":"Hel"},"done":false})"));
  CAF_CHECK(is(x, errc::upstream_malformed));
  CAF_CHECK(says(x, "\"done\" is false"));
}

CAF_TEST(chat_that_is_no_json_is_malformed) {
  auto x = ollama::parse_chat(reply(200, "this is not json", "text/plain"));
  CAF_CHECK(is(x, errc::upstream_malformed));
  CAF_CHECK(says(x, "as text/plain"));
}

CAF_TEST(unknown_model_is_not_found) {
  auto body = R"({"error":"model 'nope' not found"})";
  auto x = ollama::parse_chat(reply(404, body));
  CAF_CHECK(is(x, errc::not_found));
  CAF_CHECK_EQUAL(x.error().message,
                  "Ollama answered with status 404: model 'nope' not found");
  CAF_CHECK(is(ollama::parse_show(reply(404, body)), errc::not_found));
}

CAF_TEST(other_404_is_an_upstream_failure) {
  auto x = ollama::parse_chat(reply(404, "404 page not found", "text/plain"));
  CAF_CHECK(is(x, errc::upstream_failed));
  CAF_CHECK(says(x, "status 404: 404 page not found"));
  CAF_CHECK(says(x, "base_url"));
  CAF_CHECK(is(ollama::parse_models(reply(404, R"({"error":"model"})")),
               errc::upstream_failed));
}

CAF_TEST(error_statuses_carry_status_and_message) {
  auto x = ollama::parse_chat(reply(500, R"({"error":"out of memory"})"));
  CAF_CHECK(is(x, errc::upstream_failed));
  CAF_CHECK_EQUAL(x.error().message,
                  "Ollama answered with status 500: out of memory");
  CAF_CHECK(x.error().extra == json({{"upstream_status", 500}}));
  CAF_CHECK(says(ollama::parse_chat(reply(400, "")), "status 400"));
  auto moved = ollama::parse_models(reply(302, ""));
  CAF_CHECK(is(moved, errc::upstream_failed));
  CAF_CHECK(says(moved, "redirects are not followed"));
}

CAF_TEST(error_with_status_200_is_an_upstream_failure) {
  auto x = ollama::parse_chat(reply(200, R"({"error":"runner died"})"));
  CAF_CHECK(is(x, errc::upstream_failed));
  CAF_CHECK(says(x, "runner died"));
}

CAF_TEST(credentials_are_refused) {
  for (auto status : {401u, 403u}) {
    auto x = ollama::parse_models(reply(status, R"({"error":"no"})"));
    CAF_CHECK(is(x, errc::upstream_refused));
    CAF_CHECK(says(x, "credentials"));
  }
}

CAF_TEST(show_is_read) {
  auto request = ollama::show("m:1b");
  CAF_CHECK_EQUAL(request.path, "/api/show");
  CAF_CHECK_EQUAL(request.body, R"({"model":"m:1b"})");
  auto x = ollama::parse_show(
      reply(200, R"({"model_info":{"general.architecture":"llama",)"
                 R"("llama.context_length":131072},)"
                 R"("capabilities":["completion","tools",7]})"));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK(*x == (model_details{131072, {"completion", "tools"}}));
  // As servers answered before there were capabilities.
  auto old = ollama::parse_show(reply(200, R"({"model_info":{}})"));
  CAF_REQUIRE(old.has_value());
  CAF_CHECK(*old == model_details{});
  CAF_CHECK(says(ollama::parse_show(reply(200, "{}")), "\"model_info\""));
}

}  // namespace ollama_codec_tests
