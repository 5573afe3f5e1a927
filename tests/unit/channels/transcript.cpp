#define CAF_SUITE transcript

#include "actors/channels/policy/transcript.hpp"

#include "tests/unit_test.hpp"

namespace transcript_tests {

using namespace closedpaw;
using namespace closedpaw::channels;

constexpr timestamp noon{std::chrono::hours{12}};

/// The store's rows and what is kept in memory.
struct kept {
  explicit kept(transcript_limits limits = {}) : talk{"c", limits} {}

  uuid say(std::string text, speaker from = speaker::user,
           std::string conversation = "a") {
    turn x;
    x.id = make_uuid(noon);
    x.conversation = std::move(conversation);
    x.from = from;
    x.text = std::move(text);
    x.at = noon;
    return say(std::move(x));
  }
  uuid say(turn x) {
    for (const auto& row : talk.rows_for(x))
      if (row.value)
        rows[row.key] = *row.value;
      else
        rows.erase(row.key);
    const auto id = x.id;
    talk.add(std::move(x));
    return id;
  }
  std::string context(const std::string& conversation = "a") const {
    std::string out;
    for (const auto& x : talk.context(conversation))
      out += x.role.substr(0, 1) + ':' + x.content + ' ';
    return out;
  }

  std::map<std::string, json> rows;
  transcript talk;
};

CAF_TEST(a_model_is_told_what_was_said) {
  kept x;
  x.say("one");
  x.say("first", speaker::assistant);
  x.say("status", speaker::system);
  turn command;
  command.id = make_uuid(noon);
  command.conversation = "a";
  command.text = "/status";
  command.aside = true;
  x.say(command);
  x.say("elsewhere", speaker::user, "b");
  x.say("two");
  CAF_CHECK_EQUAL(x.context(), "u:one a:first u:two ");
  CAF_CHECK_EQUAL(x.context("b"), "u:elsewhere ");
  CAF_CHECK_EQUAL(x.context("unknown"), "");
}

CAF_TEST(but_not_what_was_said_before_it_began_anew) {
  kept x;
  x.say("old");
  turn anew;
  anew.id = make_uuid(noon);
  anew.conversation = "a";
  anew.from = speaker::system;
  anew.begins_anew = true;
  x.say(anew);
  CAF_CHECK_EQUAL(x.context(), "");
  x.say("new");
  CAF_CHECK_EQUAL(x.context(), "u:new ");
}

CAF_TEST(the_context_is_bounded_and_begins_with_a_question) {
  transcript_limits limits;
  limits.context_turns = 3;
  kept x{limits};
  for (const auto* n : {"1", "2", "3"}) {
    x.say(std::string{"q"} + n);
    x.say(std::string{"a"} + n, speaker::assistant);
  }
  CAF_CHECK_EQUAL(x.context(), "u:q3 a:a3 ");
  limits.context_turns = 20;
  limits.context_bytes = 5;
  kept y{limits};
  y.say("aaaa");
  y.say("bbb");
  y.say("cc");
  CAF_CHECK_EQUAL(y.context(), "u:bbb u:cc ");
}

CAF_TEST(of_a_conversation_the_oldest_goes_first) {
  transcript_limits limits;
  limits.turns_per_conversation = 3;
  kept x{limits};
  x.say("other", speaker::user, "b");
  for (const auto* text : {"1", "2", "3", "4", "5"})
    x.say(text);
  CAF_CHECK_EQUAL(x.context(), "u:3 u:4 u:5 ");
  CAF_CHECK_EQUAL(x.context("b"), "u:other ");
  CAF_CHECK_EQUAL(x.rows.size(), 4U);
}

CAF_TEST(of_all_conversations_too) {
  transcript_limits limits;
  limits.bytes = 700;
  kept x{limits};
  x.say("12345", speaker::user, "a");
  x.say("12345", speaker::user, "b");
  x.say("1", speaker::user, "c");
  CAF_CHECK_EQUAL(x.context("a"), "");
  CAF_CHECK_EQUAL(x.context("b"), "u:12345 ");
  CAF_CHECK_EQUAL(x.rows.size(), 2U);
}

CAF_TEST(another_process_knows_it_and_clears_up) {
  transcript_limits limits;
  limits.turns_per_conversation = 3;
  kept before{limits};
  for (const auto* text : {"1", "2", "3"})
    before.say(text);
  // Two that were recorded at once, each of which deleted the same.
  turn stray;
  stray.id = make_uuid(noon);
  stray.conversation = "a";
  stray.text = "4";
  before.rows[turns_prefix("c", "a") + to_string(stray.id)] = to_row(stray);
  kept after{limits};
  after.rows = before.rows;
  after.rows["channel_turns/c/x/not-an-id"] = json::object();
  after.talk.restore(after.rows);
  CAF_CHECK_EQUAL(after.context(), "u:1 u:2 u:3 u:4 ");
  after.say("5");
  CAF_CHECK_EQUAL(after.context(), "u:3 u:4 u:5 ");
  CAF_CHECK_EQUAL(after.rows.size(), 4U);
}

CAF_TEST(rows_keep_everything) {
  turn x;
  x.id = make_uuid(noon);
  x.conversation = "!room/of:them";
  x.from = speaker::assistant;
  x.sender = "42";
  x.refers_to = make_uuid(noon);
  x.text = "hi";
  x.at = noon;
  x.delivery = "d1";
  x.failed = true;
  x.aside = true;
  x.begins_anew = true;
  CAF_CHECK(turn_from(x.id, to_row(x)) == x);
  CAF_CHECK(!turn_from(x.id, json{{"text", "hi"}}));
  CAF_CHECK(!turn_from(x.id, json()));
}

CAF_TEST(a_conversation_cannot_name_anothers_rows) {
  CAF_CHECK(!turns_prefix("c", "a/b").starts_with(turns_prefix("c", "a")));
  CAF_CHECK(turns_prefix("c", "a/../b").starts_with(turns_prefix("c")));
}

CAF_TEST(a_delivery_is_found_again) {
  kept x;
  turn said;
  said.id = make_uuid(noon);
  said.conversation = "a";
  said.text = "hi";
  said.delivery = "d1";
  const auto id = x.say(said);
  CAF_CHECK(x.talk.find_delivery("a", "d1") == id);
  CAF_CHECK(!x.talk.find_delivery("b", "d1"));
  CAF_CHECK(!x.talk.find_delivery("a", "d2"));
}

}  // namespace transcript_tests
