#define CAF_SUITE event_filter

#include "actors/audit/event_filter.hpp"

#include "tests/unit_test.hpp"

namespace event_filter_tests {

using namespace closedpaw;
using audit::event_filter;

audit_event sample() {
  audit_event out;
  out.actor = "orchestrator";
  out.user = {"local", "uid:1000"};
  out.action_id.bytes[0] = 7;
  out.action_type = "model_switch";
  out.status = "completed";
  out.outcome = "success";
  out.level = "medium";
  out.details = json{{"model", "Llama3.2"}, {"note", "say \"hi\" to C:\\temp"}};
  return out;
}

bool found(const audit_query& query) {
  const event_filter filter{query};
  const auto event = sample();
  const bool matches = filter.matches(event);
  // Sparing the parse must never lose an event.
  if (matches)
    CAF_CHECK(filter.may_match(canonical_bytes(event)));
  return matches && !filter.matches_all();
}

using text = std::optional<std::string>;

void check_field(text audit_query::*field, std::string value) {
  audit_query query;
  query.*field = value;
  CAF_CHECK(found(query));
  query.*field = value + "x";
  CAF_CHECK(!found(query));
  CAF_CHECK(!event_filter{query}.may_match(canonical_bytes(sample())));
}

bool text_found(std::string wanted) {
  audit_query query;
  query.text = std::move(wanted);
  return found(query);
}

CAF_TEST(nothing_asked_matches_all) {
  const audit_query query;
  CAF_CHECK(event_filter{query}.matches_all());
  CAF_CHECK(event_filter{query}.matches(sample()));
}

CAF_TEST(each_field) {
  check_field(&audit_query::action_type, "model_switch");
  check_field(&audit_query::status, "completed");
  check_field(&audit_query::outcome, "success");
  check_field(&audit_query::level, "medium");
  check_field(&audit_query::user, "uid:1000");
}

CAF_TEST(an_event_without_outcome_has_none) {
  audit_query query;
  query.outcome = "";
  auto event = sample();
  event.outcome.reset();
  CAF_CHECK(!event_filter{query}.matches(event));
}

CAF_TEST(the_action) {
  audit_query query;
  query.action_id = sample().action_id;
  CAF_CHECK(found(query));
  query.action_id->bytes[0] = 8;
  CAF_CHECK(!found(query));
}

CAF_TEST(all_given_must_match) {
  audit_query query;
  query.status = "completed";
  query.outcome = "failure";
  CAF_CHECK(!found(query));
}

CAF_TEST(text_looks_into_details_only_and_ignores_case) {
  CAF_CHECK(text_found("llama3"));
  CAF_CHECK(text_found("LLAMA3.2"));
  CAF_CHECK(text_found("\"model\":\"llama"));
  CAF_CHECK(text_found("say \"hi\""));
  CAF_CHECK(text_found("c:\\temp"));
  CAF_CHECK(!text_found("llama4"));
  CAF_CHECK(!text_found("orchestrator"));
  CAF_CHECK(!text_found("success"));
}

}  // namespace event_filter_tests
