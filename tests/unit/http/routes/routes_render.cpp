#define CAF_SUITE routes_render

#include "http/routes/render.hpp"

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_render_tests {

using namespace closedpaw;
using namespace closedpaw::http;

constexpr std::string_view id_text = "019aadd2-7d22-7000-8000-000000000001";

action row(action_type type, action_status status) {
  action x;
  x.id = *parse_uuid(id_text);
  x.version = 3;
  x.type = type;
  x.status = status;
  x.created_at = test::noon;
  x.digest = "d";
  x.request_id = "r1";
  x.requested_by = {"local", "uid:1000"};
  return x;
}

action failed(action_type type, errc code, std::string error) {
  auto x = row(type, action_status::failed);
  x.error_code = to_string(code);
  x.error = std::move(error);
  return x;
}

std::string id() {
  return std::string{id_text};
}

CAF_TEST(what_was_submitted) {
  submitted s{*parse_uuid(id_text), action_status::pending,
              security_level::high};
  CAF_CHECK_EQUAL(test::text_of(render(s)),
                  "{\"action_id\":\"" + id() +
                      "\",\"status\":\"pending\",\"security_level\":\"high\","
                      "\"requires_approval\":true}");
  s.decision = action_status::approved;
  CAF_CHECK(!test::body_of(render(s))["requires_approval"].get<bool>());
}

CAF_TEST(one_action) {
  auto x = row(action_type::model_switch, action_status::completed);
  x.result = json{{"status", "success"}};
  x.completed_at = test::noon;
  x.decided_by = principal{"local", "uid:0"};
  x.claimed_user = "eve";
  const auto body = test::body_of(render(x));
  CAF_CHECK_EQUAL(body["id"].get<std::string>(), id());
  CAF_CHECK_EQUAL(body["action_type"].get<std::string>(), "model_switch");
  CAF_CHECK_EQUAL(body["status"].get<std::string>(), "completed");
  CAF_CHECK_EQUAL(body["security_level"].get<std::string>(), "medium");
  CAF_CHECK_EQUAL(body["result"].dump(), R"({"status":"success"})");
  CAF_CHECK(body["error"].is_null());
  CAF_CHECK(body["skill_id"].is_null());
  CAF_CHECK_EQUAL(body["completed_at"].get<std::string>(),
                  "2026-11-24T12:00:00.000000");
  CAF_CHECK_EQUAL(body["requested_by"].get<std::string>(), "uid:1000");
  CAF_CHECK_EQUAL(body["decided_by"].get<std::string>(), "uid:0");
  CAF_CHECK_EQUAL(body["claimed_user"].get<std::string>(), "eve");
  CAF_CHECK_EQUAL(body["digest"].get<std::string>(), "d");
  CAF_CHECK_EQUAL(body["request_id"].get<std::string>(), "r1");
  x.completed_at.reset();
  CAF_CHECK(test::body_of(render(x))["completed_at"].is_null());
}

CAF_TEST(lists_have_no_images_and_an_action_all) {
  auto x = row(action_type::chat, action_status::completed);
  x.parameters = json::parse(R"({"messages":[{"role":"user","content":[
    {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]})");
  CAF_CHECK(contains(*render(x).body, "base64,AAAA"));
  const auto list = render(action_list{{x}, {}}, list_actions{});
  CAF_CHECK(!contains(*list.body, "AAAA"));
  CAF_CHECK(contains(*list.body, "about 3 bytes"));
}

CAF_TEST(a_page_of_actions_links_to_the_next) {
  action_list page{{row(action_type::chat, action_status::failed)},
                   *parse_uuid(id_text)};
  list_actions asked;
  asked.status = action_status::failed;
  asked.limit = 1;
  const auto r = render(page, asked);
  CAF_CHECK_EQUAL(
      test::header_of(r, "Link"),
      "</api/actions?status=failed&limit=1&before=" + id() + ">; rel=\"next\"");
  CAF_CHECK_EQUAL(test::body_of(r).size(), 1u);
  page.next_before.reset();
  CAF_CHECK_EQUAL(test::header_of(render(page, asked), "Link"), "");
}

CAF_TEST(a_page_of_the_audit_log_links_to_the_next) {
  audit_page page;
  stored_event event;
  event.sequence = 41;
  event.event.action_type = "chat";
  page.events = {event};
  page.next_before = 41;
  read_audit asked;
  asked.raw_query = "q=%22%3E%0D%0A&before=90&limit=1";
  const auto r = render(page, asked);
  CAF_CHECK_EQUAL(
      test::header_of(r, "Link"),
      "</api/audit-logs?q=%22%3E%0D%0A&limit=1&before=41>; rel=\"next\"");
  const auto body = test::body_of(r);
  CAF_REQUIRE(body.is_array());
  CAF_CHECK_EQUAL(body[0]["sequence"].get<int>(), 41);
  page.next_before.reset();
  CAF_CHECK_EQUAL(test::header_of(render(page, asked), "Link"), "");
}

CAF_TEST(chat_that_went_well) {
  auto x = row(action_type::chat, action_status::completed);
  x.result = json{{"response", "hi"}, {"model", "m:1"}, {"done", true}};
  CAF_CHECK_EQUAL(test::text_of(render_chat(x)),
                  "{\"response\":\"hi\",\"model\":\"m:1\",\"action_id\":\"" +
                      id() + "\",\"status\":\"completed\"}");
}

CAF_TEST(chat_that_failed_has_its_errors_status) {
  const auto r = render_chat(
      failed(action_type::chat, errc::upstream_failed, "ollama said 500"));
  CAF_CHECK_EQUAL(r.status, 502u);
  const auto body = test::body_of(r);
  CAF_CHECK_EQUAL(body["detail"].get<std::string>(), "ollama said 500");
  CAF_CHECK_EQUAL(body["code"].get<std::string>(), "upstream_failed");
  CAF_CHECK_EQUAL(body["action_id"].get<std::string>(), id());
  auto unknown = row(action_type::chat, action_status::failed);
  unknown.error_code = "of another version";
  CAF_CHECK_EQUAL(render_chat(unknown).status, 500u);
}

CAF_TEST(chat_that_may_be_tried_again_says_when) {
  auto x = failed(action_type::chat, errc::unavailable, "ollama is down");
  CAF_CHECK_EQUAL(test::header_of(render_chat(x), "Retry-After"), "");
  x.result = json{{"error", "ollama is down"}, {"retry_after_ms", 2500}};
  const auto r = render_chat(x);
  CAF_CHECK_EQUAL(r.status, 503u);
  CAF_CHECK_EQUAL(test::header_of(r, "Retry-After"), "3");
}

CAF_TEST(chat_that_has_not_ended_or_was_rejected) {
  const auto open =
      render_chat(row(action_type::chat, action_status::executing));
  CAF_CHECK_EQUAL(open.status, 202u);
  CAF_CHECK(test::body_of(open)["response"].is_null());
  CAF_CHECK_EQUAL(test::header_of(open, "Location"), "/api/actions/" + id());
  const auto rejected =
      render_chat(row(action_type::chat, action_status::rejected));
  CAF_CHECK_EQUAL(rejected.status, 409u);
  CAF_CHECK_EQUAL(test::body_of(rejected)["status"].get<std::string>(),
                  "rejected");
}

CAF_TEST(switching_a_model) {
  auto x = row(action_type::model_switch, action_status::completed);
  x.parameters = json{{"model", "m:1"}};
  auto body = test::body_of(render_switch(x));
  CAF_CHECK_EQUAL(body["status"].get<std::string>(), "success");
  CAF_CHECK_EQUAL(body["model"].get<std::string>(), "m:1");
  auto none = failed(action_type::model_switch, errc::not_found, "no such");
  none.parameters = json{{"model", "nope"}};
  const auto r = render_switch(none);
  CAF_CHECK_EQUAL(r.status, 400u);
  CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                  "Model nope not available");
  CAF_CHECK_EQUAL(render_switch(failed(action_type::model_switch, errc::timeout,
                                       "too slow"))
                      .status,
                  504u);
  CAF_CHECK_EQUAL(
      render_switch(row(action_type::model_switch, action_status::approved))
          .status,
      202u);
}

CAF_TEST(decisions_are_not_progress) {
  const auto x = row(action_type::chat, action_status::executing);
  CAF_CHECK_EQUAL(test::text_of(render_decision(x, true)),
                  "{\"action_id\":\"" + id() +
                      "\",\"approved\":true,\"status\":\"approved\"}");
  CAF_CHECK_EQUAL(
      test::body_of(render_decision(x, false))["status"].get<std::string>(),
      "rejected");
  CAF_CHECK_EQUAL(
      test::body_of(render_cancelled(
          failed(action_type::chat, errc::cancelled, "taken back")))["error"]
          .get<std::string>(),
      "taken back");
}

CAF_TEST(small_answers) {
  CAF_CHECK_EQUAL(test::text_of(render_skill("fs", true)),
                  R"({"skill_id":"fs","enabled":true})");
  CAF_CHECK_EQUAL(test::text_of(render_default_provider("o")),
                  R"({"status":"success","default_provider":"o"})");
  const auto fault = render_fault({"root/x", fault_kind::hang});
  CAF_CHECK_EQUAL(fault.status, 202u);
  CAF_CHECK_EQUAL(test::text_of(fault),
                  R"({"status":"injected","path":"root/x","kind":"hang"})");
}

CAF_TEST(readiness_states) {
  readiness r;
  r.parts = {{"storage", "ok"}};
  CAF_CHECK_EQUAL(render(r).status, 503u);
  CAF_CHECK_EQUAL(test::body_of(render(r))["status"].get<std::string>(),
                  "unavailable");
  r.ready = true;
  CAF_CHECK_EQUAL(test::text_of(render(r)),
                  R"({"status":"ready","parts":{"storage":"ok"},)"
                  R"("degraded_because":[]})");
  r.degraded_because = {"no model server"};
  CAF_CHECK_EQUAL(render(r).status, 200u);
  CAF_CHECK_EQUAL(test::body_of(render(r))["status"].get<std::string>(),
                  "degraded");
}

}  // namespace routes_render_tests
