#define CAF_SUITE routes_live_reads

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_live_reads_tests {

using namespace closedpaw;
using namespace closedpaw::http;
using namespace std::chrono_literals;

provider_view ollama() {
  provider_view v;
  v.name = "ollama";
  v.type = "ollama";
  v.base_url = "http://user:secret@127.0.0.1:11434/?key=secret";
  v.default_model = "llama3.2:3b";
  v.models = {{"llama3.2:3b", 2019393189, "llama", "3.2B", "then"},
              {"mistral:7b", 4113301824, "", "", ""}};
  v.last_success = test::noon;
  return v;
}

struct fixture : test::api_fixture {
  fixture() { provider = add_provider(ollama()); }

  json read(std::string_view target) { return test::body_of(get(target)); }
  std::string state() {
    return read("/api/providers/health?detail=true")["ollama"]["state"]
        .get<std::string>();
  }
  bool connected() {
    return read("/api/status")["ollama_connected"].get<bool>();
  }

  std::shared_ptr<published<provider_view>> provider;
};

}  // namespace routes_live_reads_tests

CAF_TEST_FIXTURE_SCOPE(routes_live_reads_tests, fixture)

CAF_TEST(the_root) {
  CAF_CHECK_EQUAL(test::text_of(get("/?x=1")),
                  R"({"name":"ClosedPaw","version":"1.0.0",)"
                  R"("status":"running","security_model":"zero_trust"})");
}

CAF_TEST(status) {
  const auto s = read("/api/status");
  CAF_CHECK_EQUAL(s["status"].get<std::string>(), "running");
  CAF_CHECK(s["ollama_connected"].get<bool>());
  CAF_CHECK_EQUAL(s["available_models"].dump(),
                  R"(["llama3.2:3b","mistral:7b"])");
  CAF_CHECK_EQUAL(s["pending_actions"].get<int>(), 0);
  CAF_CHECK_EQUAL(s["durability"].get<std::string>(), "sync");
  CAF_CHECK_EQUAL(s["degraded_because"].dump(), "[]");
  CAF_CHECK_EQUAL(s["version"].get<std::string>(), "1.2.3");
  CAF_CHECK_EQUAL(s["providers"]["ollama"]["state"].get<std::string>(),
                  "healthy");
}

CAF_TEST(async_says_what_it_can_lose) {
  live.durability = "async";
  const auto note = read("/api/status")["durability_note"].get<std::string>();
  CAF_CHECK(note.find("power failure") != std::string::npos);
}

CAF_TEST(the_same_body_is_served_until_something_is_published) {
  const auto first = get("/api/status").body;
  CAF_CHECK(get("/api/status").body == first);
  live.health.publish({{"the moon is full"}});
  const auto second = get("/api/status").body;
  CAF_CHECK(second != first);
  CAF_CHECK_EQUAL(json::parse(*second)["degraded_because"].dump(),
                  R"(["the moon is full"])");
}

CAF_TEST(time_alone_ends_health) {
  CAF_CHECK(connected());
  pass(ollama().freshness - 1ms);
  CAF_CHECK(connected());
  CAF_CHECK(read("/api/providers/health")["ollama"].get<bool>());
  pass(1ms);
  CAF_CHECK(!connected());
  CAF_CHECK(!read("/api/providers/health")["ollama"].get<bool>());
  CAF_CHECK_EQUAL(read("/api/status")["available_models"].dump(), "[]");
  CAF_CHECK(!read("/api/models")[0]["available"].get<bool>());
  CAF_CHECK_EQUAL(
      read("/api/providers")["providers"]["ollama"]["state"].get<std::string>(),
      "degraded");
}

CAF_TEST(states_of_a_provider) {
  CAF_CHECK_EQUAL(state(), "healthy");
  auto v = ollama();
  v.last_failure = test::noon + 1s;
  v.last_error = failure{errc::unreachable, "connection refused", {}, {}};
  provider->publish(v);
  pass(2s);
  CAF_CHECK_EQUAL(state(), "degraded");
  CAF_CHECK(!connected());
  pass(ollama().freshness);
  CAF_CHECK_EQUAL(state(), "failing");
  v.last_success.reset();
  provider->publish(v);
  CAF_CHECK_EQUAL(state(), "never_connected");
  const auto detail = read("/api/providers/health?detail=1")["ollama"];
  CAF_CHECK_EQUAL(detail["last_error"]["message"].get<std::string>(),
                  "connection refused");
}

CAF_TEST(a_provider_whose_actor_is_gone_is_not_connected) {
  CAF_CHECK(connected());
  provider->mark_stale(test::noon + 1s);
  CAF_CHECK(!connected());
  CAF_CHECK_EQUAL(state(), "failing");
  const auto causes = read("/api/status")["degraded_because"];
  CAF_REQUIRE_EQUAL(causes.size(), 1u);
  CAF_CHECK(causes[0].get<std::string>().find(
                "provider ollama is down since 2026-11-24T12:00:01") == 0);
}

CAF_TEST(models) {
  const auto list = read("/api/models");
  CAF_REQUIRE_EQUAL(list.size(), 2u);
  CAF_CHECK_EQUAL(list[0]["description"].get<std::string>(),
                  "Size: 2019393189");
  CAF_CHECK_EQUAL(list[0]["size"].get<std::string>(), "2019393189");
  CAF_CHECK_EQUAL(list[0]["parameters"].get<std::string>(), "3.2B");
  CAF_CHECK_EQUAL(list[1]["parameters"].get<std::string>(), "unknown");
  CAF_CHECK_EQUAL(read("/api/models/mistral:7b")["provider"].get<std::string>(),
                  "ollama");
  CAF_CHECK_EQUAL(get("/api/models/nope").status, 404u);
}

CAF_TEST(providers_without_secrets) {
  orchestrator_view view;
  view.default_provider = "ollama";
  live.orchestrator.publish(view);
  const auto answer = get("/api/providers");
  CAF_CHECK(answer.body->find("secret") == std::string::npos);
  const auto body = test::body_of(answer);
  CAF_CHECK_EQUAL(body["default_provider"].get<std::string>(), "ollama");
  const auto& p = body["providers"]["ollama"];
  CAF_CHECK_EQUAL(p["base_url"].get<std::string>(), "http://127.0.0.1:11434/");
  CAF_CHECK_EQUAL(p["default_model"].get<std::string>(), "llama3.2:3b");
  view.default_models["ollama"] = "mistral:7b";
  live.orchestrator.publish(view);
  CAF_CHECK_EQUAL(read("/api/providers")["providers"]["ollama"]["default_model"]
                      .get<std::string>(),
                  "mistral:7b");
}

CAF_TEST(models_of_providers) {
  CAF_CHECK_EQUAL(test::text_of(get("/api/providers/models")),
                  R"({"ollama":["llama3.2:3b","mistral:7b"]})");
  CAF_CHECK_EQUAL(read("/api/providers/ollama/models")["models"].dump(),
                  R"(["llama3.2:3b","mistral:7b"])");
  const auto r = get("/api/providers/nope/models");
  CAF_CHECK_EQUAL(r.status, 404u);
  CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                  "Provider not found");
}

CAF_TEST(the_default_provider_must_be_configured) {
  auto c = command_of<set_default_provider>(method::post,
                                            "/api/providers/ollama/default");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->name, "ollama");
  CAF_CHECK_EQUAL(post("/api/providers/register/default").status, 404u);
}

CAF_TEST(pending_actions) {
  CAF_CHECK_EQUAL(test::text_of(get("/api/actions/pending")), "[]");
  auto row = std::make_shared<action>();
  row->type = action_type::config_change;
  row->level = security_level::critical;
  row->parameters = json{{"k", "v"}};
  row->digest = "d1";
  row->created_at = test::noon;
  orchestrator_view view;
  view.pending.push_back(row);
  live.orchestrator.publish(view);
  const auto list = read("/api/actions/pending");
  CAF_REQUIRE_EQUAL(list.size(), 1u);
  CAF_CHECK_EQUAL(list[0]["action_type"].get<std::string>(), "config_change");
  CAF_CHECK(list[0]["skill_id"].is_null());
  CAF_CHECK_EQUAL(list[0]["digest"].get<std::string>(), "d1");
  CAF_CHECK_EQUAL(list[0]["created_at"].get<std::string>(),
                  "2026-11-24T12:00:00.000000");
  CAF_CHECK_EQUAL(read("/api/status")["pending_actions"].get<int>(), 1);
}

CAF_TEST(a_stale_list_says_so) {
  CAF_CHECK_EQUAL(test::header_of(get("/api/actions/pending"), "X-Stale-Since"),
                  "");
  live.orchestrator.mark_stale(test::noon);
  const auto r = get("/api/actions/pending");
  CAF_CHECK_EQUAL(r.status, 200u);
  CAF_CHECK_EQUAL(test::header_of(r, "X-Stale-Since"),
                  "2026-11-24T12:00:00.000000");
  CAF_CHECK_EQUAL(read("/api/status")["degraded_because"].size(), 1u);
  live.orchestrator.publish({});
  CAF_CHECK_EQUAL(test::header_of(get("/api/actions/pending"), "X-Stale-Since"),
                  "");
}

CAF_TEST(a_store_that_refuses_is_a_cause) {
  live.storage.publish({failure{errc::storage_full, "no space left", {}, {}}});
  CAF_CHECK(read("/api/status")["degraded_because"][0].get<std::string>().find(
                "no space left") != std::string::npos);
}

CAF_TEST(skills_channels_and_settings) {
  orchestrator_view view;
  view.skills = {{"filesystem", "File System", true}};
  live.orchestrator.publish(view);
  CAF_CHECK_EQUAL(test::text_of(get("/api/skills")),
                  R"([{"id":"filesystem","name":"File System",)"
                  R"("enabled":true}])");
  add_channel("webui", "webui");
  CAF_CHECK_EQUAL(test::text_of(get("/api/channels")),
                  R"({"channels":{"webui":{"type":"webui","enabled":true,)"
                  R"("allowed_users":0}}})");
  live.config.publish(json{{"http", 1}});
  CAF_CHECK_EQUAL(test::text_of(get("/api/config")), R"({"http":1})");
  CAF_CHECK_EQUAL(test::text_of(get("/healthz")), R"({"status":"ok"})");
}

CAF_TEST(the_supervision_tree) {
  CAF_CHECK_EQUAL(
      read("/api/supervision")["root"]["children"][0]["id"].get<std::string>(),
      "ollama");
  const auto text = get("/api/supervision?format=text");
  CAF_CHECK_EQUAL(test::header_of(text, "Content-Type"),
                  "text/plain; charset=utf-8");
  CAF_CHECK(get("/api/supervision?format=dot").body->starts_with("digraph"));
  CAF_CHECK(get("/api/supervision/ollama?format=mermaid")
                .body->starts_with("flowchart"));
}

CAF_TEST_FIXTURE_SCOPE_END()
