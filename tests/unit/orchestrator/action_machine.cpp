#define CAF_SUITE action_machine

#include "actors/orchestrator/action_machine.hpp"

#include "tests/unit_test.hpp"

namespace action_machine_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator;
using enum action_status;

timestamp at(std::int64_t us) {
  return timestamp{std::chrono::microseconds{us}};
}

const command_context context{{"local", "uid:1000"}, "req-1", ""};
const principal owner{"local", "uid:7"};

action_request critical_request() {
  return {action_type::config_change,
          {{"key", "log.level"}, {"value", "debug"}},
          {}};
}

transition submitted_action(action_request request) {
  return submit(request, context, make_uuid(at(5)), at(10));
}

std::string name(action_status x) {
  return std::string{to_string(x)};
}

CAF_TEST(a_submission_says_what_was_asked_and_by_whom) {
  const auto t = submitted_action(critical_request());
  CAF_CHECK_EQUAL(name(t.row().status), "pending");
  CAF_CHECK_EQUAL(t.row().version, 1u);
  CAF_CHECK(t.row().level == security_level::critical);
  CAF_CHECK(t.row().created_at == at(10));
  CAF_CHECK_EQUAL(t.row().requested_by.id, "uid:1000");
  CAF_CHECK_EQUAL(t.row().digest,
                  action_digest(t.row().type, {}, t.row().parameters));
  CAF_REQUIRE_EQUAL(t.events().size(), 1u);
  const auto& e = t.events()[0];
  CAF_CHECK_EQUAL(e.status, "pending");
  CAF_CHECK_EQUAL(e.actor, "orchestrator");
  CAF_CHECK_EQUAL(e.user.id, "uid:1000");
  CAF_CHECK(e.action_id == t.row().id);
  CAF_CHECK_EQUAL(e.action_type, "config_change");
  CAF_CHECK_EQUAL(e.level, "critical");
  CAF_CHECK_EQUAL(e.request_id, "req-1");
  CAF_CHECK(!e.outcome);
  CAF_CHECK_EQUAL(
      e.details.value().at("parameters").at("key").get<std::string>(),
      "log.level");
}

CAF_TEST(what_needs_no_approval_executes) {
  const auto t = submitted_action({action_type::chat, {{"message", "hi"}}, {}});
  CAF_CHECK_EQUAL(name(t.row().status), "executing");
  // The original logs every submission as pending.
  CAF_CHECK_EQUAL(t.events().at(0).status, "pending");
}

CAF_TEST(an_approval_names_the_approver) {
  const auto row = submitted_action(critical_request()).row();
  const auto t = decide(row, {true, owner, "Alice"}, at(20));
  CAF_REQUIRE(t.has_value());
  CAF_CHECK_EQUAL(name(t->row().status), "executing");
  CAF_CHECK_EQUAL(t->row().version, 2u);
  CAF_CHECK_EQUAL(t->row().decided_by->id, "uid:7");
  CAF_CHECK_EQUAL(*t->row().claimed_user, "Alice");
  CAF_CHECK(!t->row().completed_at);
  const auto& e = t->events().at(0);
  CAF_CHECK_EQUAL(e.status, "approved");
  CAF_CHECK_EQUAL(e.user.id, "uid:7");
  CAF_CHECK_EQUAL(e.details.value().at("digest").get<std::string>(),
                  row.digest);
  CAF_CHECK_EQUAL(e.details.value().at("claimed_user").get<std::string>(),
                  "Alice");
  CAF_CHECK(!e.outcome);
}

CAF_TEST(a_rejection_is_an_end) {
  const auto row = submitted_action(critical_request()).row();
  const auto t = decide(row, {false, owner}, at(20));
  CAF_REQUIRE(t.has_value());
  CAF_CHECK_EQUAL(name(t->row().status), "rejected");
  CAF_CHECK(is_terminal(t->row().status));
  CAF_CHECK(t->row().completed_at == at(20));
  CAF_CHECK_EQUAL(*t->events().at(0).outcome, "rejected");
  CAF_CHECK(!t->events().at(0).details.value().contains("claimed_user"));
}

CAF_TEST(only_pending_actions_are_decided) {
  auto row = submitted_action(critical_request()).row();
  for (const auto s : {executing, completed, failed, rejected, approved}) {
    row.status = s;
    const auto t = decide(row, {true, owner}, at(20));
    CAF_REQUIRE(!t.has_value());
    CAF_CHECK(t.error().code == errc::not_found);
  }
}

CAF_TEST(an_approval_is_bound_to_what_was_shown) {
  const auto row = submitted_action(critical_request()).row();
  auto other = row;
  other.parameters = json{{"key", "log.level"}, {"value", "off"}};
  CAF_CHECK(decide(other, {true, owner}, at(20)).error().code ==
            errc::conflict);
  // Saying no stays possible.
  CAF_CHECK(decide(other, {false, owner}, at(20)).has_value());
  other = row;
  other.skill_id = "filesystem";
  CAF_CHECK(!decide(other, {true, owner}, at(20)).has_value());
  other = row;
  other.type = action_type::chat;
  CAF_CHECK(!decide(other, {true, owner}, at(20)).has_value());
}

CAF_TEST(a_confirmation_is_how_the_digest_begins) {
  const auto row = submitted_action(critical_request()).row();
  decision yes{true, owner};
  yes.confirm = row.digest.substr(0, 8);
  const auto done = decide(row, yes, at(20));
  CAF_REQUIRE(done.has_value());
  CAF_CHECK_EQUAL(done->events().at(0).details.value().at("confirmed"),
                  row.digest.substr(0, 8));
  yes.confirm = "00000000";
  CAF_CHECK(decide(row, yes, at(20)).error().code == errc::conflict);
  yes.confirm.reset();
  yes.must_confirm = true;
  CAF_CHECK(decide(row, yes, at(20)).error().code == errc::conflict);
  // What is less than critical needs none, nor does saying no.
  auto lesser = row;
  lesser.level = security_level::high;
  CAF_CHECK(decide(lesser, yes, at(20)).has_value());
  yes.approved = false;
  CAF_CHECK(decide(row, yes, at(20)).has_value());
  yes.confirm = "00000000";
  CAF_CHECK(decide(row, yes, at(20)).has_value());
}

CAF_TEST(ends_keep_result_and_error) {
  const auto row =
      submitted_action({action_type::chat, {{"message", "hi"}}, {}}).row();
  const auto good = complete(row, json{{"response", "hello"}}, at(30));
  CAF_CHECK_EQUAL(name(good.row().status), "completed");
  CAF_CHECK_EQUAL(good.row().version, 2u);
  CAF_CHECK(good.row().completed_at == at(30));
  CAF_CHECK(!good.row().error);
  CAF_CHECK_EQUAL(*good.events().at(0).outcome, "success");
  CAF_CHECK_EQUAL(good.events()[0]
                      .details.value()
                      .at("result")
                      .at("response")
                      .get<std::string>(),
                  "hello");
  const auto bad = fail(row, {errc::timeout, "too late", {}, {}}, at(31));
  CAF_CHECK_EQUAL(name(bad.row().status), "failed");
  CAF_CHECK_EQUAL(*bad.row().error, "too late");
  CAF_CHECK_EQUAL(*bad.row().error_code, "timeout");
  CAF_CHECK_EQUAL(bad.row().result.value().at("error").get<std::string>(),
                  "too late");
  CAF_CHECK_EQUAL(*bad.events().at(0).outcome, "failure");
  CAF_CHECK_EQUAL(bad.events()[0].details.value().at("code").get<std::string>(),
                  "timeout");
}

CAF_TEST(a_failure_keeps_when_to_try_again) {
  const auto row = submitted_action({action_type::chat, {}, {}}).row();
  const failure why{
      errc::unavailable, "down", std::chrono::milliseconds{2500}, {}};
  CAF_CHECK_EQUAL(fail(row, why, at(30))
                      .row()
                      .result.value()
                      .at("retry_after_ms")
                      .get<int>(),
                  2500);
  CAF_CHECK(!fail(row, {errc::timeout, "late", {}, {}}, at(30))
                 .row()
                 .result.value()
                 .contains("retry_after_ms"));
}

CAF_TEST(an_end_is_the_deed_of_whoever_caused_it) {
  const failure cancelled{errc::cancelled, "cancelled", {}, {}};
  const auto pending = submitted_action(critical_request()).row();
  const auto one = by(fail(pending, cancelled, at(20)), owner);
  CAF_CHECK_EQUAL(one.events().at(0).user.id, "uid:7");
  CAF_CHECK_EQUAL(one.row().decided_by->id, "uid:7");
  CAF_CHECK_EQUAL(one.row().requested_by.id, "uid:1000");
  // Who approved it stays who decided.
  const principal approver{"local", "uid:9"};
  const auto approved = decide(pending, {true, approver}, at(20))->row();
  const auto two = by(fail(approved, cancelled, at(30)), owner);
  CAF_CHECK_EQUAL(two.events().at(0).user.id, "uid:7");
  CAF_CHECK_EQUAL(two.row().decided_by->id, "uid:9");
}

CAF_TEST(steps_at_once_are_one_version_with_all_events) {
  auto first = submitted_action({action_type::model_switch, {}, {}});
  const auto both = complete(std::move(first), json{{"ok", true}}, at(10));
  CAF_CHECK_EQUAL(both.row().version, 1u);
  CAF_CHECK_EQUAL(name(both.row().status), "completed");
  CAF_REQUIRE_EQUAL(both.events().size(), 2u);
  CAF_CHECK_EQUAL(both.events()[0].status, "pending");
  CAF_CHECK_EQUAL(both.events()[1].status, "completed");
}

CAF_TEST(a_changed_setting_has_before_and_after) {
  const auto e =
      setting_event(context, "log.level", json("info"), json("debug"), at(40));
  CAF_CHECK_EQUAL(e.action_type, "config_change");
  CAF_CHECK_EQUAL(e.user.id, "uid:1000");
  CAF_CHECK_EQUAL(e.details.value().at("key").get<std::string>(), "log.level");
  CAF_CHECK_EQUAL(e.details.value().at("before").get<std::string>(), "info");
  CAF_CHECK_EQUAL(e.details.value().at("after").get<std::string>(), "debug");
}

}  // namespace action_machine_tests
