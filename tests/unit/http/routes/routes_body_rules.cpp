#define CAF_SUITE routes_body_rules

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_body_rules_tests {

using namespace closedpaw;
using namespace closedpaw::http;

constexpr std::string_view some_id = "019aadd2-7d22-7000-8000-000000000001";

struct fixture : test::api_fixture {
  std::string approve_path =
      "/api/actions/" + std::string{some_id} + "/approve";

  std::optional<submit_action> submitted(std::string body,
                                         std::vector<header> headers = {}) {
    return command_of<submit_action>(method::post, "/api/actions",
                                     std::move(body), std::move(headers));
  }
  response refused(std::string body, std::vector<header> headers = {}) {
    return answer(method::post, "/api/actions", std::move(body),
                  std::move(headers));
  }
  std::string places(std::string body, std::vector<header> headers = {}) {
    const auto r = refused(std::move(body), std::move(headers));
    return r.status == 422 ? test::places_of(r) : std::to_string(r.status);
  }
  std::string decision_places(std::string body) {
    const auto r = post(approve_path, std::move(body));
    return r.status == 422 ? test::places_of(r) : std::to_string(r.status);
  }
  std::optional<bool> approved(std::string value) {
    auto c = command_of<decide_action>(method::post, approve_path,
                                       "{\"approved\": " + value + "}");
    return c ? std::optional{c->approved} : std::nullopt;
  }
};

}  // namespace routes_body_rules_tests

CAF_TEST_FIXTURE_SCOPE(routes_body_rules_tests, fixture)

CAF_TEST(an_action_is_read) {
  auto c = submitted(R"({"action_type": "skill_execution", "skill_id": "fs",
                         "parameters": {"n": 1}, "zzz": 1})");
  CAF_REQUIRE(c);
  CAF_CHECK(c->request.type == action_type::skill_execution);
  CAF_CHECK_EQUAL(*c->request.skill_id, "fs");
  CAF_CHECK_EQUAL(c->request.parameters.dump(), R"({"n":1})");
}

CAF_TEST(parameters_and_skill_may_be_missing) {
  auto c = submitted(R"({"action_type": "chat", "skill_id": null})");
  CAF_REQUIRE(c);
  CAF_CHECK(!c->request.skill_id);
  CAF_CHECK_EQUAL(c->request.parameters.dump(), "{}");
}

CAF_TEST(all_errors_are_collected_in_order) {
  const auto r = refused(R"({"parameters": 1, "skill_id": {}})");
  CAF_CHECK_EQUAL(r.status, 422u);
  const auto detail = test::body_of(r).at("detail");
  CAF_REQUIRE_EQUAL(detail.size(), 3u);
  CAF_CHECK_EQUAL(detail[0].dump(),
                  R"({"loc":["body","action_type"],"msg":"field required",)"
                  R"("type":"value_error.missing"})");
  CAF_CHECK_EQUAL(
      detail[1].dump(),
      R"({"loc":["body","parameters"],"msg":"value is not a valid dict",)"
      R"("type":"type_error.dict"})");
  CAF_CHECK_EQUAL(detail[2].dump(),
                  R"({"loc":["body","skill_id"],"msg":"str type expected",)"
                  R"("type":"type_error.str"})");
}

CAF_TEST(null_is_refused_where_there_is_a_default) {
  const auto r = refused(R"({"action_type": "chat", "parameters": null})");
  CAF_CHECK_EQUAL(test::places_of(r), "body.parameters");
  CAF_CHECK_EQUAL(test::body_of(r)["detail"][0]["type"].get<std::string>(),
                  "type_error.none.not_allowed");
  CAF_CHECK_EQUAL(decision_places(R"({"approved": true, "user_id": null})"),
                  "body.user_id");
  CAF_CHECK_EQUAL(decision_places(R"({"approved": null})"), "body.approved");
  const auto chat = post("/api/chat", R"({"message": "x", "model": null})");
  CAF_CHECK_EQUAL(test::places_of(chat), "body.model");
}

CAF_TEST(python_makes_dicts_of_these) {
  CAF_CHECK(submitted(R"({"action_type": "chat", "parameters": []})"));
  CAF_CHECK(submitted(R"({"action_type": "chat", "parameters": ""})"));
  auto c = submitted(R"({"action_type":"chat","parameters":[["a",1]]})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->request.parameters.dump(), R"({"a":1})");
  for (auto wrong : {"[1]", "[[1,2]]", "[[\"a\"]]", "\"x\"", "5", "true"})
    CAF_CHECK_EQUAL(places(std::string{R"({"action_type": "chat",
                                           "parameters": )"} +
                           wrong + "}"),
                    "body.parameters");
}

CAF_TEST(a_body_that_is_no_object) {
  for (auto wrong : {"\"x\"", "5", "[1]", "true"})
    CAF_CHECK_EQUAL(places(wrong), "body");
  CAF_CHECK_EQUAL(places("[]"), "body.action_type");
}

CAF_TEST(an_empty_or_null_body_is_missing) {
  for (auto nothing : {"", "null"}) {
    const auto r = refused(nothing);
    CAF_CHECK_EQUAL(test::places_of(r), "body");
    CAF_CHECK_EQUAL(test::body_of(r)["detail"][0]["msg"].get<std::string>(),
                    "field required");
  }
}

CAF_TEST(content_types) {
  const std::string body = R"({"action_type": "chat"})";
  for (auto json_type :
       {"application/json", "Application/JSON; charset=latin-1",
        "application/vnd.api+json", " application/json ;x=y"})
    CAF_CHECK(submitted(body, {{"content-type", json_type}}));
  for (auto other : {"text/plain", "application/x-www-form-urlencoded",
                     "text/json", "image/x+json"})
    CAF_CHECK_EQUAL(places(body, {{"content-type", other}}), "body");
}

CAF_TEST(a_body_without_a_type_is_json) {
  request r;
  r.verb = method::post;
  r.path = "/api/actions";
  r.body = R"({"action_type": "chat"})";
  CAF_CHECK(std::holds_alternative<command>(table.dispatch(r, live)));
}

CAF_TEST(broken_json_is_told_with_its_place) {
  const auto r = refused("{\"\xC3\xA9\":\n bad}");
  CAF_CHECK_EQUAL(r.status, 422u);
  const auto error = test::body_of(r).at("detail").at(0);
  CAF_CHECK_EQUAL(error["loc"][0].get<std::string>(), "body");
  CAF_CHECK_EQUAL(error["loc"][1].get<int>(), 7);
  CAF_CHECK_EQUAL(error["type"].get<std::string>(), "value_error.jsondecode");
  CAF_CHECK_EQUAL(error["ctx"]["lineno"].get<int>(), 2);
  CAF_CHECK_EQUAL(error["ctx"]["colno"].get<int>(), 2);
  for (auto broken : {"{bad}", "{'a':1}", "{\"a\":1} x", "{\"a\":NaN}",
                      "{\"a\":1e400}", "{\"a\":\"\\ud800\"}", " "})
    CAF_CHECK_EQUAL(refused(broken).status, 422u);
}

CAF_TEST(deep_json_is_refused) {
  const auto deep = R"({"action_type":"chat","parameters":{"a":)" +
                    std::string(70, '[') + std::string(70, ']') + "}}";
  CAF_CHECK_EQUAL(refused(deep).status, 422u);
}

CAF_TEST(a_body_that_is_no_utf8_is_400) {
  const auto r = refused("{\"a\":\"\xff\"}");
  CAF_CHECK_EQUAL(r.status, 400u);
  CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                  "There was an error parsing the body");
}

CAF_TEST(the_last_of_two_equal_keys_counts) {
  CAF_CHECK(submitted(R"({"action_type":"fly","action_type":"api_call"})"));
}

CAF_TEST(unknown_action_types) {
  for (std::string type : {"fly", "", "CHAT"}) {
    const auto r = refused(R"({"action_type": ")" + type + "\"}");
    CAF_CHECK_EQUAL(r.status, 400u);
    CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                    "Invalid action type: " + type);
  }
}

CAF_TEST(numbers_and_booleans_become_text) {
  const auto r = refused(R"({"action_type": 5})");
  CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                  "Invalid action type: 5");
  auto c = command_of<run_chat>(method::post, "/api/chat",
                                R"({"message": true, "model": 1.5})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->messages.at(0).content, "True");
  CAF_CHECK_EQUAL(*c->model, "1.5");
  CAF_CHECK_EQUAL(places(R"({"action_type": ["chat"]})"), "body.action_type");
}

CAF_TEST(booleans) {
  for (auto yes : {"true", "1", "1.0", "\"on\"", "\"YES\"", "\"t\"", "\"Y\"",
                   "\"1\"", "\"True\""})
    CAF_CHECK(approved(yes) == true);
  for (auto no : {"false", "0", "\"off\"", "\"No\"", "\"f\"", "\"n\"", "\"0\"",
                  "\"FALSE\""})
    CAF_CHECK(approved(no) == false);
  for (auto neither :
       {"2", "\"maybe\"", "\"\"", "\" true\"", "[]", "{}", "0.5"})
    CAF_CHECK_EQUAL(
        decision_places(std::string{"{\"approved\": "} + neither + "}"),
        "body.approved");
  CAF_CHECK_EQUAL(decision_places("{}"), "body.approved");
}

CAF_TEST(decisions) {
  auto c = command_of<decide_action>(
      method::post, approve_path, R"({"approved": false, "user_id": "eve"})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(to_string(c->id), some_id);
  CAF_CHECK_EQUAL(*c->claimed_user, "eve");
  const auto r = post("/api/actions/nope/approve", R"({"approved": true})");
  CAF_CHECK_EQUAL(r.status, 404u);
  CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                  "Action not found or not pending");
  CAF_CHECK_EQUAL(post("/api/actions/nope/approve", "{}").status, 422u);
}

CAF_TEST(the_operation_of_a_file_action_is_text) {
  for (auto wrong : {"null", "1", "[]", "{}"})
    CAF_CHECK_EQUAL(places(std::string{R"({"action_type": "file_operation",
                               "parameters": {"operation": )"} +
                           wrong + "}}"),
                    "body.parameters.operation");
  CAF_CHECK(submitted(R"({"action_type": "file_operation"})"));
  CAF_CHECK(submitted(R"({"action_type": "api_call",
                          "parameters": {"operation": null}})"));
}

CAF_TEST(chat_requests) {
  auto c = command_of<run_chat>(
      method::post, "/api/chat",
      R"({"message": "hi", "model": "m:1", "use_cloud": "on"})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->messages.at(0).content, "hi");
  CAF_CHECK_EQUAL(*c->model, "m:1");
  CAF_CHECK(c->use_cloud);
  c = command_of<run_chat>(method::post, "/api/chat",
                           R"({"message": "", "model": ""})");
  CAF_REQUIRE(c);
  CAF_CHECK(!c->model);
  CAF_CHECK(!c->use_cloud);
  CAF_CHECK_EQUAL(test::places_of(post("/api/chat", "{}")), "body.message");
  CAF_CHECK_EQUAL(test::places_of(post(
                      "/api/chat", R"({"message":"x","use_cloud":"maybe"})")),
                  "body.use_cloud");
}

CAF_TEST(faults) {
  CAF_CHECK_EQUAL(post("/api/supervision/fault", "{}").status, 403u);
  live.fault_injection = true;
  CAF_CHECK_EQUAL(test::places_of(post("/api/supervision/fault", "{}")),
                  "body.path body.kind");
  const auto r = post("/api/supervision/fault",
                      R"({"path": "ollama", "kind": "explode"})");
  CAF_CHECK_EQUAL(test::places_of(r), "body.kind");
  CAF_CHECK_EQUAL(test::body_of(r)["detail"][0]["type"].get<std::string>(),
                  "type_error.enum");
  CAF_CHECK_EQUAL(
      post("/api/supervision/fault", R"({"path": "nope", "kind": "hang"})")
          .status,
      404u);
  auto c = command_of<inject_fault>(method::post, "/api/supervision/fault",
                                    R"({"path": "ollama", "kind": "throw"})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->path, "root/ollama");
  CAF_CHECK(c->kind == fault_kind::throw_);
}

CAF_TEST_FIXTURE_SCOPE_END()
