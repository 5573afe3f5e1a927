#define CAF_SUITE payloads

#include "tests/actor/messages/payload_fixture.hpp"

namespace payloads_tests {

using namespace closedpaw;
using namespace closedpaw::test;

timestamp at(std::int64_t us) {
  return timestamp{std::chrono::microseconds{us}};
}

failure full_failure() {
  return {errc::outcome_unknown, "why: \"ä\"", std::chrono::milliseconds{1500},
          json{{"action_id", "a"}, {"nested", {{"n", 1}}}}};
}

// Every field differs from its default, or a forgotten one would pass.
action full_action() {
  action x;
  x.id = some_id(1);
  x.version = 7;
  x.type = action_type::config_change;
  x.status = action_status::failed;
  x.level = security_level::critical;
  x.skill_id = "filesystem";
  x.parameters = json{{"zeta", 1}, {"alpha", {1.5, nullptr, "ä"}}};
  x.digest = "d1";
  x.result = json{{"b", 1}, {"a", 2}};
  x.error = "broken";
  x.error_code = "internal";
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
  e.action_id = some_id(2);
  e.action_type = "chat";
  e.skill_id = "telegram";
  e.status = "completed";
  e.outcome = "success";
  e.level = "high";
  e.request_id = "r2";
  e.details = json{{"z", 1}, {"a", {{"deep", true}}}};
  return e;
}

void check_action(const action& x) {
  CAF_CHECK_EQUAL(row_bytes(x), row_bytes(full_action()));
}

}  // namespace payloads_tests

CAF_TEST_FIXTURE_SCOPE(payloads_tests, payload_fixture)

CAF_TEST(failure) {
  CAF_CHECK(travel(full_failure()) == full_failure());
  const failure bare{errc::timeout, "late", {}, {}};
  CAF_CHECK(travel(bare) == bare);
}

CAF_TEST(actions) {
  check_action(*travel(action_payload{full_action()}));
  const action fresh;
  CAF_CHECK_EQUAL(row_bytes(*travel(action_payload{fresh})), row_bytes(fresh));
  const auto list = travel(
      action_list_payload{action_list{{full_action(), fresh}, some_id(9)}});
  CAF_REQUIRE_EQUAL(list->actions.size(), 2U);
  check_action(list->actions[0]);
  CAF_CHECK(list->next_before == some_id(9));
}

CAF_TEST(commit_units) {
  commit_unit unit;
  unit.events = {full_event(), audit_event{}};
  unit.row = full_action();
  unit.registry = {{"settings/a", json{{"k", 1}}}, {"settings/b", {}}};
  unit.encoded_row = "bytes";
  unit.may_use_reserve = true;
  unit.bookkeeping = true;
  unit.cut = 17;
  const auto batch = travel(commit_batch{{unit}, {commit_unit{}}});
  CAF_REQUIRE_EQUAL(batch.size(), 2U);
  const auto& x = batch[0];
  CAF_REQUIRE_EQUAL(x->events.size(), 2U);
  CAF_CHECK_EQUAL(canonical_bytes(x->events[0]), canonical_bytes(full_event()));
  CAF_CHECK_EQUAL(canonical_bytes(x->events[1]),
                  canonical_bytes(audit_event{}));
  CAF_REQUIRE(x->row);
  check_action(*x->row);
  CAF_REQUIRE_EQUAL(x->registry.size(), 2U);
  CAF_CHECK_EQUAL(x->registry[0].key, "settings/a");
  CAF_CHECK_EQUAL(dump(*x->registry[0].value), R"({"k":1})");
  CAF_CHECK(!x->registry[1].value);
  CAF_CHECK_EQUAL(x->encoded_row, "bytes");
  CAF_CHECK(x->may_use_reserve);
  CAF_CHECK(x->bookkeeping);
  CAF_CHECK(x->cut == std::uint64_t{17});
  CAF_CHECK(!batch[1]->row);
  CAF_CHECK(!batch[1]->cut);
}

CAF_TEST(answers_to_a_batch) {
  const failure why{errc::storage_full, "full", {}, {}};
  const auto x = travel(commit_answers{{{42}, {}}, {{}, why}});
  CAF_REQUIRE_EQUAL(x.size(), 2U);
  CAF_CHECK_EQUAL(x[0].receipt.first_sequence, 42U);
  CAF_CHECK(!x[0].refused);
  CAF_CHECK(x[1].refused == why);
}

CAF_TEST(audit_queries) {
  audit_query q;
  q.limit = 5;
  q.before = 10;
  q.after = 2;
  q.since = at(31);
  q.until = at(32);
  q.action_type = "chat";
  q.status = "completed";
  q.outcome = "success";
  q.level = "low";
  q.user = "uid:5";
  q.action_id = some_id(3);
  q.text = "needle";
  q.ascending = true;
  const auto x = travel(audit_query_payload{q});
  CAF_CHECK_EQUAL(x->limit, 5U);
  CAF_CHECK(x->before == q.before && x->after == q.after);
  CAF_CHECK(x->since == q.since && x->until == q.until);
  CAF_CHECK(x->action_type == q.action_type && x->status == q.status);
  CAF_CHECK(x->outcome == q.outcome && x->level == q.level);
  CAF_CHECK(x->user == q.user && x->action_id == q.action_id);
  CAF_CHECK(x->text == q.text);
  CAF_CHECK(x->ascending);
  CAF_CHECK(!travel(audit_query_payload{audit_query{}})->before);
}

CAF_TEST(audit_pages) {
  const auto x = travel(audit_page_payload{
      audit_page{{{17, full_event()}}, 16, 4, true, {5, 6}}});
  CAF_REQUIRE_EQUAL(x->events.size(), 1U);
  CAF_CHECK_EQUAL(x->events[0].sequence, 17U);
  CAF_CHECK_EQUAL(canonical_bytes(x->events[0].event),
                  canonical_bytes(full_event()));
  CAF_CHECK(x->next_before == std::uint64_t{16});
  CAF_CHECK(x->last_examined == std::uint64_t{4});
  CAF_CHECK_EQUAL(x->unreadable, (std::vector<std::uint64_t>{5, 6}));
  CAF_CHECK(x->more);
}

CAF_TEST(restored_states) {
  const auto x = travel(restored_state_payload{
      restored_state{{full_action()}, {{"skills/a", "true"}}}});
  CAF_REQUIRE_EQUAL(x->open_actions.size(), 1U);
  check_action(x->open_actions[0]);
  CAF_CHECK_EQUAL(x->registry.at("skills/a"), "true");
}

const tool_use all_tools{
    {{"f", "d", json_text{json{{"type", "object"}}}, true}},
    tool_choice::named,
    "f",
    false};

CAF_TEST(chats) {
  const chat_options options{0.5, 0.9, 0.1,     0.2,
                             7,   3,   {"END"}, json{{"type", "json_object"}}};
  const std::vector<chat_message> messages{
      {"system", "be"},
      {"assistant", "", {{"c", "f", "{}", "sig"}}, ""},
      {"tool", "42", {}, "c"},
      {"user", "see", {}, {}, {{"see", {}, {}}, {{}, "https://h/x", "low"}}}};
  const auto q = travel(chat_request_payload{chat_request{
      "m1", messages, "r4", options, all_tools, "s1", some_id(3)}});
  CAF_CHECK_EQUAL(q->model, "m1");
  CAF_CHECK(q->messages == messages);
  CAF_CHECK(q->tools == all_tools);
  CAF_CHECK_EQUAL(q->request_id, "r4");
  CAF_CHECK(q->options == options);
  CAF_CHECK_EQUAL(q->stream_id, "s1");
  CAF_CHECK(q->action_id == some_id(3));
  const auto r = travel(
      chat_reply_payload{chat_reply{"m1",
                                    "text",
                                    1,
                                    2,
                                    3,
                                    "stop",
                                    {{"p0", "m0", "timeout", "too slow", 9}},
                                    "p1",
                                    messages[1].tool_calls}});
  CAF_CHECK_EQUAL(r->model, "m1");
  CAF_CHECK_EQUAL(r->text, "text");
  CAF_CHECK_EQUAL(r->prompt_tokens, 1U);
  CAF_CHECK_EQUAL(r->completion_tokens, 2U);
  CAF_CHECK_EQUAL(r->latency_ms, 3U);
  CAF_CHECK_EQUAL(r->finish_reason, "stop");
  CAF_CHECK_EQUAL(r->provider, "p1");
  CAF_CHECK(r->tool_calls == messages[1].tool_calls);
  CAF_REQUIRE_EQUAL(r->failed.size(), 1U);
  CAF_CHECK_EQUAL(r->failed[0].provider, "p0");
  CAF_CHECK_EQUAL(r->failed[0].model, "m0");
  CAF_CHECK_EQUAL(r->failed[0].code, "timeout");
  CAF_CHECK_EQUAL(r->failed[0].error, "too slow");
  CAF_CHECK_EQUAL(r->failed[0].latency_ms, 9U);
}

CAF_TEST(secrets) {
  const auto s = travel(seal_payload{seal_secret{"n", "a", secret_text{"v"}}});
  CAF_CHECK_EQUAL(s->name, "n");
  CAF_CHECK_EQUAL(s->value.reveal(), "v");
  CAF_CHECK_EQUAL(travel(unseal_secret{"n", "a"}).name, "n");
  CAF_CHECK_EQUAL(travel(unseal_secret{"n", "a"}).audience, "a");
  CAF_CHECK_EQUAL(travel(secret_payload{secret_text{"v"}})->reveal(), "v");
  const auto p = travel(prove_owner_payload{
      ask<prove_owner>{{secret_text{"o"}}, full_context()}});
  CAF_CHECK_EQUAL(p->command.said.reveal(), "o");
  manage_token t{"id", "n", scope_set::all(), std::chrono::seconds{7}};
  const auto made = travel(ask_token{ask<manage_token>{t, full_context()}});
  CAF_CHECK_EQUAL(made->command.id, "id");
  CAF_CHECK_EQUAL(made->command.name, "n");
  CAF_CHECK(made->command.scopes == scope_set::all());
  CAF_CHECK(made->command.lifetime == std::chrono::seconds{7});
  const auto r = travel(ask_register_provider{ask<register_provider>{
      {"n", "openai", "u", "m", secret_text{"k"}}, full_context()}});
  CAF_CHECK_EQUAL(r->command.name, "n");
  CAF_CHECK_EQUAL(r->command.type, "openai");
  CAF_CHECK(r->command.base_url == "u");
  CAF_CHECK(r->command.default_model == "m");
  CAF_CHECK_EQUAL(r->command.api_key->reveal(), "k");
  check_context(r->context);
  CAF_CHECK_EQUAL(
      travel(ask_remove_provider{ask<remove_provider>{{"n"}, full_context()}})
          ->command.name,
      "n");
}

CAF_TEST(modes) {
  const auto x = travel(ask_mode{
      ask<change_mode>{{operating_mode::panic, "why"}, full_context()}});
  CAF_CHECK(x->command.to == operating_mode::panic);
  CAF_CHECK_EQUAL(x->command.reason, "why");
  check_context(x->context);
}

CAF_TEST(submissions) {
  const auto x = travel(ask_submit{ask<submit_action>{
      {{action_type::api_call, {{"b", 1}, {"a", 2}}, "filesystem"},
       some_id(5),
       "stream",
       true},
      full_context()}});
  CAF_CHECK(x->command.holds_change);
  CAF_CHECK(x->command.id == some_id(5));
  CAF_CHECK_EQUAL(x->command.stream_id, "stream");
  const auto& request = x->command.request;
  CAF_CHECK_EQUAL(request.type, action_type::api_call);
  CAF_CHECK_EQUAL(dump(request.parameters), R"({"b":1,"a":2})");
  CAF_CHECK(request.skill_id == "filesystem");
  check_context(x->context);
}

CAF_TEST(other_commands) {
  const auto chat =
      travel(ask_chat{ask<run_chat>{{{{"user", "hi"}},
                                     "m1",
                                     "p1",
                                     {0.5, {}, {}, {}, {}, {}, {}, {}},
                                     all_tools,
                                     true,
                                     chat_form::openai,
                                     true,
                                     true,
                                     "s1"},
                                    full_context()}});
  CAF_CHECK_EQUAL(chat->command.messages.at(0).content, "hi");
  CAF_CHECK(chat->command.model == "m1");
  CAF_CHECK(chat->command.provider == "p1");
  CAF_CHECK(chat->command.options.temperature == 0.5);
  CAF_CHECK(chat->command.tools == all_tools);
  CAF_CHECK(chat->command.use_cloud);
  CAF_CHECK(chat->command.form == chat_form::openai);
  CAF_CHECK(chat->command.stream);
  CAF_CHECK(chat->command.include_usage);
  CAF_CHECK_EQUAL(chat->command.stream_id, "s1");
  check_context(chat->context);
  const auto change =
      travel(ask_switch{ask<switch_model>{{"m2"}, full_context()}});
  CAF_CHECK_EQUAL(change->command.model, "m2");
  check_context(change->context);
  const auto decision = travel(ask_decide{
      ask<decide_action>{{some_id(4), true, "Alice"}, full_context()}});
  CAF_CHECK(decision->command.id == some_id(4));
  CAF_CHECK(decision->command.approved);
  CAF_CHECK(decision->command.claimed_user == "Alice");
  check_context(decision->context);
  const auto cancelled =
      travel(ask_cancel{ask<cancel_action>{{some_id(5)}, full_context()}});
  CAF_CHECK(cancelled->command.id == some_id(5));
  check_context(cancelled->context);
  const auto skill = travel(
      ask_skill{ask<set_skill_enabled>{{"telegram", true}, full_context()}});
  CAF_CHECK_EQUAL(skill->command.skill_id, "telegram");
  CAF_CHECK(skill->command.enabled);
  check_context(skill->context);
  const auto provider = travel(ask_default_provider{
      ask<set_default_provider>{{"cloud"}, full_context()}});
  CAF_CHECK_EQUAL(provider->command.name, "cloud");
  check_context(provider->context);
}

CAF_TEST(reads) {
  CAF_CHECK(travel(get_action{some_id(6)}).id == some_id(6));
  const auto x = travel(list_actions{action_status::rejected, 9, some_id(7)});
  CAF_CHECK(x.status == action_status::rejected);
  CAF_CHECK_EQUAL(x.limit, 9U);
  CAF_CHECK(x.before == some_id(7));
}

CAF_TEST(answers) {
  const auto x = travel(
      submitted{some_id(8), action_status::pending, security_level::high});
  CAF_CHECK(x.id == some_id(8));
  CAF_CHECK_EQUAL(x.decision, action_status::pending);
  CAF_CHECK_EQUAL(x.level, security_level::high);
  const auto skill = travel(skill_view{"telegram", "Telegram", true});
  CAF_CHECK_EQUAL(skill.id, "telegram");
  CAF_CHECK_EQUAL(skill.name, "Telegram");
  CAF_CHECK(skill.enabled);
  CAF_CHECK_EQUAL(travel(fault_kind::hang), fault_kind::hang);
}

CAF_TEST(what_travels_is_never_printed) {
  const seal_secret secret{"name", "audience", secret_text{"hidden"}};
  CAF_CHECK_EQUAL(caf::deep_to_string(secret), "<unprintable>");
  CAF_CHECK_EQUAL(to_string(caf::make_message(seal_payload{secret})),
                  "(<unprintable>)");
}

CAF_TEST(a_payload_that_is_read_into_shares_nothing) {
  const action_payload original{full_action()};
  auto copy = original;
  deserialize(serialize(action_payload{action{}}), copy);
  check_action(*original);
  CAF_CHECK_EQUAL(copy->version, 0U);
}

// -- errors ------------------------------------------------------------------

CAF_TEST(a_failure_survives_an_error) {
  CAF_CHECK(to_failure(to_error(full_failure())) == full_failure());
  CAF_CHECK(to_failure(roundtrip(to_error(full_failure()))) == full_failure());
}

CAF_TEST(cafs_own_errors_say_what_they_mean) {
  const auto down = to_failure(caf::sec::request_receiver_down);
  CAF_CHECK_EQUAL(down.code, errc::unavailable);
  CAF_CHECK(down.retry_after.has_value());
  CAF_CHECK_EQUAL(to_failure(caf::sec::request_timeout).code, errc::timeout);
  CAF_CHECK_EQUAL(to_failure(caf::sec::unexpected_message).code,
                  errc::internal);
  CAF_CHECK_EQUAL(to_failure(caf::exit_reason::kill).code, errc::unavailable);
}

CAF_TEST_FIXTURE_SCOPE_END()
