#define CAF_SUITE gateway

#include "tests/actor/gateway/gateway_fixture.hpp"

namespace gateway_tests {

using namespace closedpaw;
using namespace closedpaw::gateway::test;

struct sut_fixture : gateway_fixture {
  std::string id() const { return to_string(orchestrator.row.id); }
};

}  // namespace gateway_tests

CAF_TEST_FIXTURE_SCOPE(gateway_tests, sut_fixture)

CAF_TEST(submit) {
  auto r = send(submit_action{{action_type::config_change, {}, {}}});
  CAF_CHECK_EQUAL(orchestrator.asked, (strings{"submit config_change"}));
  CAF_CHECK_EQUAL(orchestrator.context.peer.id, "uid:1000");
  CAF_CHECK_EQUAL(orchestrator.context.request_id, "req-7");
  CAF_CHECK_EQUAL(orchestrator.context.traceparent, "00-trace");
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->text("action_id"), id());
  CAF_CHECK_EQUAL(r->text("status"), "pending");
  CAF_CHECK_EQUAL(r->text("security_level"), "critical");
}

CAF_TEST(chat) {
  orchestrator.row.result = json{{"response", "hello"}, {"model", "m1"}};
  auto r = send(run_chat{{{"user", "hi"}}});
  CAF_CHECK_EQUAL(orchestrator.asked, (strings{"chat hi"}));
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->text("response"), "hello");
  CAF_CHECK_EQUAL(r->text("model"), "m1");
}

CAF_TEST(a_chat_that_failed_has_the_status_of_its_error) {
  orchestrator.row.status = action_status::failed;
  orchestrator.row.error = "nobody is there";
  orchestrator.row.error_code = "unreachable";
  auto r = send(run_chat{{{"user", "hi"}}});
  CAF_CHECK_EQUAL(r->status(), 502U);
  CAF_CHECK_EQUAL(r->text("detail"), "nobody is there");
  CAF_CHECK_EQUAL(r->text("action_id"), id());
}

CAF_TEST(switch_model) {
  orchestrator.row.parameters = json{{"model", "m2"}};
  auto r = send(closedpaw::switch_model{"m2"});
  CAF_CHECK_EQUAL(orchestrator.asked, (strings{"switch m2"}));
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->text("model"), "m2");
}

CAF_TEST(decide) {
  auto yes = send(decide_action{orchestrator.row.id, true, {}});
  CAF_CHECK_EQUAL(yes->text("status"), "approved");
  auto no = send(decide_action{orchestrator.row.id, false, {}});
  CAF_CHECK_EQUAL(no->text("status"), "rejected");
  CAF_CHECK_EQUAL(orchestrator.asked, (strings{"approve", "reject"}));
}

CAF_TEST(cancel) {
  orchestrator.row.status = action_status::failed;
  auto r = send(cancel_action{orchestrator.row.id});
  CAF_CHECK_EQUAL(orchestrator.asked, (strings{"cancel " + id()}));
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->text("status"), "failed");
}

CAF_TEST(skills_and_default_provider) {
  auto skill = send(set_skill_enabled{"telegram", true});
  CAF_CHECK_EQUAL(skill->text("skill_id"), "telegram");
  CAF_CHECK_EQUAL(skill->body().at("enabled").get<bool>(), true);
  auto chosen = send(set_default_provider{"cloud"});
  CAF_CHECK_EQUAL(chosen->text("default_provider"), "cloud");
  CAF_CHECK_EQUAL(orchestrator.asked,
                  (strings{"skill telegram", "default cloud"}));
}

CAF_TEST(one_action) {
  reader.rows[orchestrator.row.id] = orchestrator.row;
  auto r = send(get_action{orchestrator.row.id});
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->text("id"), id());
  auto none = send(get_action{make_uuid(test_now())});
  CAF_CHECK_EQUAL(none->status(), 404U);
  CAF_CHECK_EQUAL(none->text("detail"), "Action not found");
}

CAF_TEST(lists_of_actions) {
  reader.rows[orchestrator.row.id] = orchestrator.row;
  auto r = send(list_actions{action_status::completed, 5, {}});
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->body().size(), 1U);
  CAF_REQUIRE_EQUAL(reader.lists.size(), 1U);
  CAF_CHECK_EQUAL(reader.lists[0].limit, 5U);
  CAF_CHECK(reader.lists[0].status == action_status::completed);
}

CAF_TEST(the_audit_log) {
  reader.page.events.push_back({7, {}});
  reader.page.next_before = 7;
  audit_query q;
  q.limit = 1;
  auto r = send(read_audit{q, "limit=1"});
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->body().size(), 1U);
  CAF_CHECK(contains(r->header("Link"), "before=7"));
  CAF_REQUIRE_EQUAL(reader.queries.size(), 1U);
  CAF_CHECK_EQUAL(reader.queries[0].limit, 1U);
}

CAF_TEST(faults) {
  auto r = send(inject_fault{"root/gateway", fault_kind::hang});
  CAF_CHECK_EQUAL(r->status(), 202U);
  CAF_CHECK_EQUAL(injected, "root/gateway hang");
  CAF_CHECK_EQUAL(send(inject_fault{"root/x", fault_kind::exit})->status(),
                  404U);
}

CAF_TEST(errors_keep_their_words) {
  orchestrator.refuse =
      failure{errc::audit_refused, "the disk is gone", milliseconds{1500},
              json{{"action_id", "a1"}, {"outcome", "refused"}}};
  auto r = send(closedpaw::switch_model{"m2"});
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK_EQUAL(r->text("detail"), "the disk is gone");
  CAF_CHECK_EQUAL(r->text("code"), "audit_refused");
  CAF_CHECK_EQUAL(r->text("action_id"), "a1");
  CAF_CHECK_EQUAL(r->header("Retry-After"), "2");
}

// -- readiness ---------------------------------------------------------------

CAF_TEST(ready) {
  auto r = send(check_readiness{});
  CAF_CHECK_EQUAL(orchestrator.asked, (strings{"check"}));
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->text("status"), "ready");
}

CAF_TEST(ready_but_degraded) {
  live.health.publish({{"provider ollama fails"}});
  auto r = send(check_readiness{});
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK_EQUAL(r->text("status"), "degraded");
  CAF_CHECK_EQUAL(r->body().at("degraded_because").at(0).get<std::string>(),
                  "provider ollama fails");
}

CAF_TEST(not_ready) {
  orchestrator.refuse = failure{errc::storage_full, "no room left", {}, {}};
  auto r = send(check_readiness{});
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK_EQUAL(r->text("status"), "unavailable");
  CAF_CHECK(
      contains(r->body().at("parts").at("orchestrator").get<std::string>(),
               "no room left"));
}

CAF_TEST(not_ready_without_an_answer) {
  orchestrator.silent = true;
  auto r = send(check_readiness{});
  CAF_CHECK(!r->answered());
  advance(milliseconds{2000});
  CAF_CHECK_EQUAL(r->status(), 503U);
}

CAF_TEST(not_ready_without_an_orchestrator) {
  orchestrator_place.slot->clear();
  auto r = send(check_readiness{});
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK(
      contains(r->body().at("parts").at("orchestrator").get<std::string>(),
               "is not running"));
}

CAF_TEST(its_own_check_asks_the_orchestrator) {
  auto proof = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_REQUIRE(proof->answer);
  CAF_CHECK_EQUAL(*proof->answer, "asked the orchestrator: proved");
  orchestrator_place.slot->clear();
  auto none = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_CHECK_EQUAL(none->code(), "unavailable");
}

CAF_TEST(a_streamed_chat_is_found_by_its_id_and_ends_with_the_action) {
  orchestrator.silent = true;
  run_chat asked{{{"user", "hi"}}};
  asked.stream = true;
  auto r = send(asked);
  CAF_CHECK_EQUAL(streams.size(), 1U);
  CAF_CHECK(!r->answered());
  CAF_REQUIRE(!orchestrator.stream_id.empty());
  auto opened = streams.find(orchestrator.stream_id);
  CAF_REQUIRE(opened != nullptr);
  CAF_CHECK(opened->claim(this));
  CAF_CHECK(opened->push(this, "Hel"));
  CAF_CHECK_EQUAL(r->status(), 200U);
  CAF_CHECK(static_cast<bool>(r->responses[0].stream));
}

CAF_TEST(a_streamed_chat_that_fails_at_once_has_its_status) {
  orchestrator.refuse = failure{errc::not_found, "no such model", {}, {}};
  run_chat asked{{{"user", "hi"}}};
  asked.stream = true;
  auto r = send(asked);
  CAF_CHECK_EQUAL(r->status(), 404U);
  CAF_CHECK_EQUAL(streams.size(), 0U);
}

CAF_TEST(a_streamed_chat_is_answered_when_the_gateway_dies) {
  orchestrator.silent = true;
  run_chat asked{{{"user", "hi"}}};
  asked.stream = true;
  auto r = send(asked);
  kill(sut);
  CAF_CHECK_EQUAL(r->status(), 503U);
}

CAF_TEST(openais_clients_get_openais_errors) {
  orchestrator.refuse = failure{errc::unavailable, "away", {}, {}};
  run_chat asked{{{"user", "hi"}}};
  asked.form = chat_form::openai;
  auto r = send(asked);
  CAF_CHECK_EQUAL(r->status(), 503U);
  CAF_CHECK_EQUAL(r->body()["error"]["message"].get<std::string>(), "away");
}

CAF_TEST(providers_come_go_and_are_checked) {
  auto added = send(register_provider{"oai", "openai", {}, {}, {}});
  CAF_CHECK_EQUAL(added->text("provider"), "oai");
  auto removed = send(remove_provider{"oai"});
  CAF_CHECK_EQUAL(removed->text("removed"), "oai");
  CAF_CHECK_EQUAL(orchestrator.asked, (strings{"register oai", "remove oai"}));
  auto unknown = send(check_provider{"nobody"});
  CAF_CHECK_EQUAL(unknown->status(), 404U);
  providers->add("away");
  auto away = send(check_provider{"away"});
  CAF_CHECK_EQUAL(away->status(), 503U);
}

CAF_TEST_FIXTURE_SCOPE_END()
