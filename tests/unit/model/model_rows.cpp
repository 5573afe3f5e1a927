#define CAF_SUITE model_rows

#include "messages/model/audit_event.hpp"
#include "messages/model/supervision.hpp"
#include "tests/unit_test.hpp"

namespace model_rows_tests {

using namespace closedpaw;

timestamp at(std::int64_t us) {
  return timestamp{std::chrono::microseconds{us}};
}

action full_action() {
  action x;
  x.id = *parse_uuid("01234567-89ab-7cde-8f01-23456789abcd");
  x.version = 3;
  x.type = action_type::file_operation;
  x.status = action_status::failed;
  x.level = security_level::high;
  x.skill_id = "filesystem";
  x.parameters = json{{"z", 1}, {"a", "\"ä\"\n"}};
  x.digest = "d1";
  x.result = json{{"z", 1}, {"a", 2}};
  x.error = "broken";
  x.error_code = "timeout";
  x.created_at = at(11);
  x.completed_at = at(12);
  x.requested_by = {"local", "uid:1"};
  x.decided_by = principal{"local", "uid:2"};
  x.claimed_user = "Alice";
  x.request_id = "r1";
  return x;
}

audit_event full_event() {
  audit_event e;
  e.time = at(21);
  e.actor = "gateway";
  e.user = {"local", "uid:3"};
  e.action_id = full_action().id;
  e.action_type = "chat";
  e.skill_id = "telegram";
  e.status = "completed";
  e.outcome = "success";
  e.level = "high";
  e.request_id = "r2";
  e.details = json{{"z", 1}, {"a", "\"ä\"\n"}};
  return e;
}

CAF_TEST(a_row_is_read_as_it_was_written) {
  const auto bytes = row_bytes(full_action());
  const auto x = action_from_bytes(bytes);
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(row_bytes(*x), bytes);
  CAF_CHECK(x->type == action_type::file_operation);
  CAF_CHECK(x->status == action_status::failed);
  CAF_CHECK(x->level == security_level::high);
  CAF_CHECK(x->skill_id == "filesystem");
  CAF_CHECK_EQUAL(x->parameters.str(), full_action().parameters.str());
  CAF_CHECK_EQUAL(x->result.str(), R"({"z":1,"a":2})");
  CAF_CHECK(x->completed_at == at(12));
  CAF_CHECK(x->decided_by == (principal{"local", "uid:2"}));
  CAF_CHECK(x->claimed_user == "Alice");
}

CAF_TEST(so_is_one_with_nothing_in_it) {
  const action fresh;
  const auto x = action_from_bytes(row_bytes(fresh));
  CAF_REQUIRE(x.has_value());
  CAF_CHECK_EQUAL(row_bytes(*x), row_bytes(fresh));
  CAF_CHECK(!x->skill_id && !x->error && !x->completed_at && !x->decided_by);
  CAF_CHECK(x->result.value().is_null());
}

CAF_TEST(every_name_is_read_back) {
  for (const auto* name : {"chat", "skill_execution", "model_switch",
                           "api_call", "file_operation", "config_change"})
    CAF_CHECK_EQUAL(to_string(*parse_action_type(name)), name);
  for (const auto* name :
       {"pending", "approved", "rejected", "executing", "completed", "failed"})
    CAF_CHECK_EQUAL(to_string(*parse_action_status(name)), name);
  for (const auto* name : {"throw", "hang", "exit"})
    CAF_CHECK_EQUAL(to_string(*parse_fault_kind(name)), name);
  CAF_CHECK(!parse_action_type("Chat"));
  CAF_CHECK(!parse_action_status(""));
  CAF_CHECK(!parse_fault_kind("crash"));
}

CAF_TEST(damaged_rows_are_errors) {
  for (const auto* bytes : {"", "{}", "[]", "{\"id\":1}", "null"}) {
    CAF_CHECK(action_from_bytes(bytes).error().code == errc::storage_failed);
    CAF_CHECK(audit_event_from_bytes(bytes).error().code ==
              errc::storage_failed);
  }
  auto bytes = row_bytes(full_action());
  bytes.replace(bytes.find("file_operation"), 14, "fire_operation");
  CAF_CHECK(!action_from_bytes(bytes).has_value());
}

CAF_TEST(an_event_is_read_as_it_was_written) {
  const auto bytes = canonical_bytes(full_event());
  const auto e = audit_event_from_bytes(bytes);
  CAF_REQUIRE(e.has_value());
  CAF_CHECK_EQUAL(canonical_bytes(*e), bytes);
  CAF_CHECK(e->time == at(21));
  CAF_CHECK(e->user == (principal{"local", "uid:3"}));
  CAF_CHECK(e->outcome == "success");
  const audit_event bare;
  CAF_CHECK_EQUAL(
      canonical_bytes(audit_event_from_bytes(canonical_bytes(bare)).value()),
      canonical_bytes(bare));
}

CAF_TEST(everything_that_matters_is_in_the_hashed_bytes) {
  std::vector<audit_event> changed(11, full_event());
  changed[0].time = at(22);
  changed[1].actor = "x";
  changed[2].user.kind = "x";
  changed[3].user.id = "x";
  changed[4].action_id = {};
  changed[5].action_type = "x";
  changed[6].skill_id.reset();
  changed[7].status = "x";
  changed[8].outcome.reset();
  changed[9].level = "x";
  changed[10].details = json{{"z", 2}};
  for (const auto& e : changed)
    CAF_CHECK(canonical_bytes(e) != canonical_bytes(full_event()));
  auto request = full_event();
  request.request_id = "x";
  CAF_CHECK(canonical_bytes(request) != canonical_bytes(full_event()));
}

CAF_TEST(an_event_on_the_wire) {
  const auto on_the_wire = [](const stored_event& e) {
    std::string text;
    append_wire(text, e);
    return json::parse(text);
  };
  const auto w = on_the_wire({7, full_event()});
  CAF_CHECK_EQUAL(w.at("timestamp").get<std::string>(),
                  "1970-01-01T00:00:00.000021");
  CAF_CHECK_EQUAL(w.at("sequence").get<int>(), 7);
  CAF_CHECK_EQUAL(w.at("user").get<std::string>(), "uid:3");
  CAF_CHECK_EQUAL(dump(w.at("details")), full_event().details.str());
  const auto bare = on_the_wire({0, audit_event{}});
  CAF_CHECK(bare.at("outcome").is_null());
  CAF_CHECK(bare.at("skill_id").is_null());
}

CAF_TEST(a_digest_covers_what_an_approver_sees) {
  const auto digest = action_digest(action_type::chat, "s", json{{"a", 1}});
  CAF_CHECK_EQUAL(digest.size(), 64u);
  CAF_CHECK_EQUAL(digest,
                  action_digest(action_type::chat, "s", json{{"a", 1}}));
  CAF_CHECK(digest !=
            action_digest(action_type::api_call, "s", json{{"a", 1}}));
  CAF_CHECK(digest != action_digest(action_type::chat, "t", json{{"a", 1}}));
  CAF_CHECK(digest != action_digest(action_type::chat, {}, json{{"a", 1}}));
  CAF_CHECK(digest != action_digest(action_type::chat, "s", json{{"a", 2}}));
}

CAF_TEST(a_node_on_the_wire) {
  node_snapshot n;
  n.id = "ollama";
  n.path = "root/providers/ollama";
  n.state = node_state::backoff;
  n.strategy = restart_strategy::rest_for_one;
  n.intensity = {2, 5, std::chrono::milliseconds{60'500}};
  n.last_exit = exit_record{"boom", at(1)};
  n.next_attempt = at(2);
  n.last_recovery = std::chrono::milliseconds{70};
  n.uptime = std::chrono::milliseconds{1500};
  n.mailbox = {3, std::chrono::milliseconds{40}};
  n.last_exchange = exchange_record{at(3), true, "listed 3 models"};
  n.children.emplace_back().path = "root/providers/ollama/x";
  const auto j = to_json(n).value();
  CAF_CHECK_EQUAL(j.at("state").get<std::string>(), "backoff");
  CAF_CHECK_EQUAL(j.at("strategy").get<std::string>(), "rest_for_one");
  CAF_CHECK_EQUAL(j.at("intensity").at("used").get<int>(), 2);
  CAF_CHECK_EQUAL(j.at("intensity").at("period_s").get<double>(), 60.5);
  CAF_CHECK_EQUAL(j.at("last_exit").at("reason").get<std::string>(), "boom");
  CAF_CHECK_EQUAL(j.at("next_attempt").get<std::string>(),
                  "1970-01-01T00:00:00.000002");
  CAF_CHECK_EQUAL(j.at("last_recovery_ms").get<int>(), 70);
  CAF_CHECK_EQUAL(j.at("uptime_s").get<double>(), 1.5);
  CAF_CHECK_EQUAL(j.at("mailbox").at("oldest_ms").get<int>(), 40);
  CAF_CHECK_EQUAL(j.at("last_exchange").at("ok").get<bool>(), true);
  CAF_CHECK_EQUAL(j.at("children").size(), 1u);
  // What is not known is null and not left out.
  const auto bare = to_json(node_snapshot{}).value();
  for (const auto* key : {"strategy", "last_exit", "next_attempt",
                          "last_recovery_ms", "last_exchange"})
    CAF_CHECK(bare.at(key).is_null());
  CAF_CHECK(find_node(n, "root/providers/ollama/x") == &n.children[0]);
  CAF_CHECK(find_node(n, "root/nobody") == nullptr);
}

CAF_TEST(alerts_stand_at_the_nearest_node) {
  node_snapshot root;
  root.path = "root";
  root.children.emplace_back().path = "root/agents";
  root.children.emplace_back().path = "root/agents2";
  const auto firing = [](std::string rule, std::string where) {
    alert x;
    x.rule = std::move(rule);
    x.node = std::move(where);
    x.state = alert_state::firing;
    x.firing_at = at(4);
    return x;
  };
  auto over = firing("Over", "root/agents");
  over.state = alert_state::resolved;
  const auto told = with_alerts(
      root, {firing("Gone", "root/agents/7"), firing("Other", "root/agents2"),
             firing("Nowhere", ""), over});
  const auto rules = [](const node_snapshot& n) {
    std::string out;
    const auto shown = to_json(n).value();
    for (const auto& x : shown.at("alerts"))
      out += x.at("rule").get<std::string>() + " ";
    return out;
  };
  CAF_CHECK_EQUAL(rules(told), "Nowhere ");
  CAF_CHECK_EQUAL(rules(told.children[0]), "Gone ");
  CAF_CHECK_EQUAL(rules(told.children[1]), "Other ");
  const auto one = to_json(told).value().at("alerts").at(0);
  CAF_CHECK_EQUAL(one.at("since").get<std::string>(),
                  "1970-01-01T00:00:00.000004");
  CAF_CHECK(one.at("cause").is_null());
}

}  // namespace model_rows_tests
