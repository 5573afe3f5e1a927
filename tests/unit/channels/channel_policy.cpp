#define CAF_SUITE channel_policy

#include "actors/channels/policy/admission.hpp"
#include "actors/channels/policy/commands.hpp"
#include "actors/channels/policy/pairing.hpp"
#include "actors/channels/policy/records.hpp"
#include "actors/channels/policy/seen.hpp"
#include "actors/channels/policy/table.hpp"
#include "tests/unit_test.hpp"

namespace channel_policy_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace std::chrono_literals;

constexpr timestamp noon{std::chrono::hours{12}};

incoming from(std::string sender, bool is_private = true) {
  return {"1", std::move(sender), "Ann", "c", is_private, {}, "hi"};
}

channel_access of(std::string user, bool approves = false) {
  channel_access out;
  out.users[std::move(user)].approves = approves;
  return out;
}

template <class T>
bool is(std::string_view text) {
  return std::holds_alternative<T>(parse_command(text));
}

std::map<std::string, json> stored(
    const std::vector<std::vector<registry_change>>& units) {
  std::map<std::string, json> rows;
  for (const auto& unit : units)
    for (const auto& x : unit)
      if (x.value)
        rows[x.key] = *x.value;
      else
        rows.erase(x.key);
  return rows;
}

CAF_TEST(commands) {
  CAF_CHECK_EQUAL(std::get<chat_command>(parse_command("  hi there ")).text,
                  "hi there");
  CAF_CHECK_EQUAL(std::get<chat_command>(parse_command("/chat a\nb")).text,
                  "a\nb");
  CAF_CHECK(is<status_command>("/status"));
  CAF_CHECK(is<help_command>("/help"));
  CAF_CHECK(is<help_command>("/start"));
  const auto id = make_uuid(noon);
  const auto yes = parse_command("/approve " + to_string(id));
  CAF_REQUIRE(std::holds_alternative<decide_command>(yes));
  CAF_CHECK(std::get<decide_command>(yes).action == id);
  CAF_CHECK(std::get<decide_command>(yes).approved);
  CAF_CHECK(!std::get<decide_command>(parse_command("/reject " + to_string(id)))
                 .approved);
  for (const auto* text : {"", "  ", "/chat", "/approve", "/approve 7", "/rm"})
    CAF_CHECK(is<unclear_command>(text));
}

CAF_TEST(an_empty_allowlist_admits_nobody_unless_it_is_open) {
  admission x{{}, {}};
  CAF_CHECK(x.judge(from("a"), {}, {}) == admittance::to_be_paired);
  CAF_CHECK(x.judge(from("a", false), {}, {}) == admittance::refused);
  CAF_CHECK(x.judge(from("a"), of("b"), {}) == admittance::to_be_paired);
  CAF_CHECK(x.judge(from("a"), of("a"), {}) == admittance::admitted);
  channel_access open;
  open.open = true;
  CAF_CHECK(x.judge(from("z", false), open, {}) == admittance::admitted);
}

CAF_TEST(rates_are_per_person_and_for_all) {
  admission x{{2, 3, 1}, {}};
  auto access = of("a");
  access.users["b"] = {};
  const auto judge = [&](const char* who, monotonic_time at) {
    return x.judge(from(who), access, at);
  };
  CAF_CHECK(judge("a", {}) == admittance::admitted);
  CAF_CHECK(judge("a", {}) == admittance::admitted);
  CAF_CHECK(judge("a", {}) == admittance::too_fast);
  CAF_CHECK(judge("b", {}) == admittance::admitted);
  // The third of all.
  CAF_CHECK(judge("b", {}) == admittance::too_fast);
  CAF_CHECK(judge("a", monotonic_time{1min}) == admittance::admitted);
}

CAF_TEST(refusals_are_told_at_a_bounded_rate_and_counted) {
  admission x{{20, 300, 1}, {}};
  CAF_CHECK(x.is_worth_telling({}));
  CAF_CHECK(!x.is_worth_telling({}));
  CAF_CHECK(!x.is_worth_telling({}));
  CAF_CHECK_EQUAL(x.untold(), 2U);
  x.told();
  CAF_CHECK_EQUAL(x.untold(), 0U);
  CAF_CHECK(x.is_worth_telling(monotonic_time{1min}));
}

CAF_TEST(who_may_decide) {
  CAF_CHECK(may_decide(from("a"), of("a", true)));
  CAF_CHECK(!may_decide(from("a"), of("a", false)));
  CAF_CHECK(!may_decide(from("a", false), of("a", true)));
  // Of an open channel everybody may talk, and nobody may approve.
  channel_access open;
  open.open = true;
  CAF_CHECK(!may_decide(from("a"), open));
}

CAF_TEST(codes) {
  CAF_CHECK_EQUAL(pairing_code({0, 0, 0, 0, 0}), "00000000");
  CAF_CHECK_EQUAL(pairing_code({0xff, 0xff, 0xff, 0xff, 0xff}), "ZZZZZZZZ");
  CAF_CHECK_EQUAL(pairing_code({0, 0, 0, 0, 33}), "00000011");
  CAF_CHECK_EQUAL(normal_code(" o1l-i zz "), "0111ZZ");
  channel_access access;
  access.pairings["A"] = {"A", "ann", "Ann", noon + 10min};
  CAF_CHECK(pairing_of(access, "ann", noon));
  CAF_CHECK(!pairing_of(access, "ann", noon + 10min));
  CAF_CHECK(!pairing_of(access, "bo", noon));
  CAF_CHECK(find_pairing(access, "A", noon));
  CAF_CHECK(!find_pairing(access, "A", noon + 10min));
  CAF_CHECK(!find_pairing(access, "B", noon));
  for (int i = 0; i < 15; ++i)
    access.pairings[std::to_string(i)] = {{}, {}, {}, noon + 1min};
  CAF_CHECK(refuse_pairing(access, noon));
  CAF_CHECK(!refuse_pairing(access, noon + 2min));
}

CAF_TEST(seen_messages_are_known_again_by_a_later_process) {
  seen_messages first{"seen/"};
  std::vector<std::vector<registry_change>> units;
  // 88 more than it keeps.
  const auto last = std::to_string(seen_messages::most + 87);
  for (std::size_t i = 0; i < seen_messages::most + 88; ++i)
    units.push_back(first.note(std::to_string(i)));
  CAF_CHECK(first.contains(last));
  CAF_CHECK(first.contains("88"));
  CAF_CHECK(!first.contains("87"));
  const auto rows = stored(units);
  CAF_CHECK_EQUAL(rows.size(), seen_messages::most);
  seen_messages second{"seen/"};
  second.restore(rows);
  CAF_CHECK(second.contains(last));
  CAF_CHECK(!second.contains("87"));
  // The oldest goes first there too.
  const auto next = second.note("new");
  CAF_REQUIRE_EQUAL(next.size(), 2U);
  CAF_CHECK_EQUAL(next[1].key, "seen/88");
  CAF_CHECK(!next[1].value);
}

CAF_TEST(what_was_not_stored_is_not_seen) {
  seen_messages x{"seen/"};
  x.note("a");
  x.note("b");
  x.forget("a");
  CAF_CHECK(x.contains("a"));
  x.forget("b");
  CAF_CHECK(!x.contains("b"));
}

CAF_TEST(long_ids_have_short_keys) {
  const std::string id(1000, 'x');
  CAF_CHECK(user_key("c", id).size() < 300);
  CAF_CHECK(user_key("c", id) != user_key("c", id + 'x'));
  CAF_CHECK_EQUAL(user_key("c", "@ann:host"), "channel_users/c/@ann:host");
}

CAF_TEST(owed_answers_come_back_as_they_were) {
  owed_reply x{make_uuid(noon), "c", "3", {}, noon};
  CAF_CHECK(owed_from(x.id, to_json(x)) == x);
  x.text = "done";
  CAF_CHECK(owed_from(x.id, to_json(x)) == x);
  CAF_CHECK(!owed_from(x.id, json("no")));
}

CAF_TEST(the_table_is_the_file_and_above_it_the_registry) {
  config::channel_settings web;
  web.name = "web";
  web.type = "webui";
  web.allowed_users = {"u1"};
  config::channel_settings bot;
  bot.name = "bot";
  bot.type = "telegram";
  const channel_user ann{"Ann", true, false, noon};
  auto row = to_json(ann);
  row["id"] = "42";
  const std::map<std::string, json> rows{
      {registration_key("bot"), json{{"type", "discord"}}},
      {registration_key("tg"),
       json{{"type", "telegram"}, {"base_url", "http://127.0.0.1:1"}}},
      {registration_key("odd"), json{{"type", "zzz"}}},
      {switch_key("web"), json(false)},
      {user_key("tg", "42"), row},
      {pairing_key("tg", "AAAA"),
       to_json(channel_pairing{"AAAA", "7", "Bo", noon})}};
  const auto table = assemble({web, bot}, rows);
  CAF_REQUIRE_EQUAL(table.size(), 3U);
  CAF_CHECK(!table[0].settings.enabled);
  CAF_CHECK(table[0].access.users.at("u1").configured);
  // The file has the last word about what it names.
  CAF_CHECK_EQUAL(table[1].settings.type, "telegram");
  CAF_CHECK(!table[1].settings.registered);
  const auto* tg = find_channel(table, "tg");
  CAF_REQUIRE(tg);
  CAF_CHECK(tg->settings.registered);
  CAF_CHECK_EQUAL(tg->settings.base_url, "http://127.0.0.1:1");
  CAF_CHECK(tg->access.users.at("42") == ann);
  CAF_CHECK(tg->access.pairings.at("AAAA") ==
            (channel_pairing{"AAAA", "7", "Bo", noon}));
}

}  // namespace channel_policy_tests
