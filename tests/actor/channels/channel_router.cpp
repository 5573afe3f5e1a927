#define CAF_SUITE channel_router

#include "actors/channels/policy/records.hpp"
#include "actors/channels/router.hpp"
#include "tests/actor/mocks.hpp"

namespace channel_router_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using closedpaw::test::ask_now;
using closedpaw::test::test_now;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

struct router_fixture : closedpaw::test::fixture {
  router_fixture() {
    config::channel_settings bot;
    bot.name = "bot";
    bot.type = "telegram";
    bot.base_url = "https://api.telegram.org";
    config::channel_settings web;
    web.name = "web";
    web.type = "webui";
    args.configured = {bot, web};
    args.logger = logger_place.slot;
    args.vault = vault_place.slot;
    args.stored =
        [this](
            const std::string& prefix) -> result<std::map<std::string, json>> {
      if (unreadable)
        return failure{errc::storage_failed, "cannot read", {}, {}};
      std::map<std::string, json> out;
      for (const auto& [key, row] : registry())
        if (key.starts_with(prefix))
          out.emplace(key, row);
      return out;
    };
    args.follow = [this](const channel_table& table) { followed = table; };
    args.is_running = [this](const std::string&) { return running; };
    args.random = [this] {
      return std::array<std::uint8_t, 5>{0, 0, 0, 0, ++drawn};
    };
    args.now = test_now;
    logger_place.begin();
    logger_place.slot->set(logger.spawn(*this));
    vault_place.begin();
    vault_place.slot->set(keep(
        sys.spawn([this](vault_actor::pointer) -> vault_actor::behavior_type {
          return {
              [](check_atom) { return std::string{"proved"}; },
              [this](const seal_payload& q) -> caf::result<std::string> {
                if (no_vault)
                  return to_error({errc::unavailable, "no vault", {}, {}});
                return "sealed(" + q->name + " for " + q->audience + ")";
              },
              [](const unseal_secret&) -> caf::result<secret_payload> {
                return to_error({errc::internal, "nobody asks", {}, {}});
              },
              closedpaw::test::no_owner_secret,
              closedpaw::test::no_vault_commands,
              closedpaw::test::no_tokens,
          };
        })));
    start();
  }
  ~router_fixture() override { end(); }

  void start() {
    sut = keep(spawn_channel_router(host(), own_place.begin(), args));
    settle();
  }

  std::map<std::string, json> registry() const {
    std::map<std::string, json> rows = stored;
    for (const auto& unit : logger.units)
      for (const auto& x : unit.registry)
        if (x.value)
          rows[x.key] = *x.value;
        else
          rows.erase(x.key);
    return rows;
  }

  template <class T, class Command>
  auto asks(Command c) {
    const command_context who{{"local", "uid:1"}, "r1", {}, {}};
    auto out = ask_now<T>(
        *this, sut, payload<ask<Command>>{ask<Command>{std::move(c), who}});
    settle();
    return out;
  }
  register_channel telegram(std::string name, std::string token = {},
                            std::string url = {}) {
    register_channel c;
    c.name = std::move(name);
    c.type = "telegram";
    if (!token.empty())
      c.secrets["token"] = secret_text{token};
    if (!url.empty())
      c.base_url = url;
    return c;
  }
  const channel_entry& entry(const std::string& name) {
    const auto* x = find_channel(followed, name);
    CAF_REQUIRE(x);
    return *x;
  }
  json last_details() { return logger.last().events[0].details.value(); }

  router_args args;
  std::map<std::string, json> stored;
  bool unreadable = false;
  bool no_vault = false;
  std::uint8_t drawn = 0;
  channel_table followed;
  bool running = false;
  closedpaw::test::logger_mock logger;
  closedpaw::test::place<audit_logger_actor> logger_place =
      make_place<audit_logger_actor>("the audit log");
  closedpaw::test::place<vault_actor> vault_place =
      make_place<vault_actor>("the vault");
  closedpaw::test::place<channel_router_actor> own_place =
      make_place<channel_router_actor>("router");
  channel_router_actor sut;
};

}  // namespace channel_router_tests

CAF_TEST_FIXTURE_SCOPE(channel_router_tests, router_fixture)

CAF_TEST(a_registration_is_recorded_with_its_sealed_token) {
  auto c = telegram("tg", "T0KEN");
  c.allowed_users = {"42"};
  CAF_CHECK_EQUAL(asks<std::string>(c)->code(), "ok");
  const auto rows = registry();
  CAF_CHECK_EQUAL(dump(rows.at("channels/tg")), R"({"type":"telegram"})");
  CAF_CHECK_EQUAL(rows.at("vault/channels/tg/token").get<std::string>(),
                  "sealed(channels/tg/token for channel telegram "
                  "https://api.telegram.org)");
  CAF_CHECK(entry("tg").settings.registered);
  CAF_CHECK(entry("tg").access.users.contains("42"));
  CAF_CHECK_EQUAL(last_details()["after"]["secrets"].get<std::string>(), "set");
  CAF_CHECK_EQUAL(dump(last_details()).find("T0KEN"), std::string::npos);
}

CAF_TEST(what_was_another_services_goes_with_it) {
  asks<std::string>(telegram("tg", "T1"));
  const std::vector<std::string> theirs{
      cursor_key("tg"), seen_prefix("tg") + "1",
      outbox_key("tg", make_uuid(test_now())), turns_prefix("tg", "42") + "x"};
  const auto others = cursor_key("tg2");
  for (const auto& key : theirs)
    stored[key] = json("row");
  stored[others] = json("row");
  // The same address keeps them.
  asks<std::string>(telegram("tg", "T2"));
  for (const auto& key : theirs)
    CAF_CHECK(registry().contains(key));
  asks<std::string>(telegram("tg", "T3", "http://127.0.0.1:1"));
  for (const auto& key : theirs)
    CAF_CHECK(!registry().contains(key));
  CAF_CHECK(registry().contains(others));
}

CAF_TEST(a_password_replaces_a_token) {
  register_channel c;
  c.name = "mx";
  c.type = "matrix";
  c.base_url = "http://127.0.0.1:1";
  c.secrets["token"] = secret_text{"T1"};
  asks<std::string>(c);
  CAF_CHECK(registry().contains("vault/channels/mx/token"));
  c.secrets.clear();
  c.secrets["user"] = secret_text{"@paw:h"};
  c.secrets["password"] = secret_text{"P1"};
  asks<std::string>(c);
  CAF_CHECK(!registry().contains("vault/channels/mx/token"));
  CAF_CHECK(registry().contains("vault/channels/mx/password"));
}

CAF_TEST(another_address_discards_the_token) {
  asks<std::string>(telegram("tg", "T0KEN"));
  const auto before = entry("tg").revision;
  asks<std::string>(telegram("tg"));
  CAF_CHECK(registry().contains("vault/channels/tg/token"));
  // Registered again, it begins again.
  CAF_CHECK(entry("tg").revision > before);
  asks<std::string>(telegram("tg", {}, "http://127.0.0.1:1"));
  CAF_CHECK(!registry().contains("vault/channels/tg/token"));
  CAF_CHECK_EQUAL(last_details()["after"]["secrets"].get<std::string>(),
                  "discarded");
  CAF_CHECK_EQUAL(last_details()["before"]["base_url"].get<std::string>(),
                  "https://api.telegram.org");
}

CAF_TEST(the_files_channels_are_only_given_tokens_and_users) {
  auto c = telegram("bot", "T0KEN");
  c.allowed_users = {"42"};
  CAF_CHECK_EQUAL(asks<std::string>(c)->code(), "ok");
  CAF_CHECK(registry().contains("vault/channels/bot/token"));
  CAF_CHECK(!registry().contains("channels/bot"));
  CAF_CHECK_EQUAL(
      asks<std::string>(telegram("bot", {}, "http://127.0.0.1:1"))->code(),
      "conflict");
  CAF_CHECK_EQUAL(asks<std::string>(remove_channel{"bot"})->code(), "conflict");
}

CAF_TEST(starting_and_stopping) {
  const auto stopped = asks<std::uint32_t>(switch_channels{{}, false});
  CAF_CHECK(stopped->answer == 2U);
  CAF_CHECK(!entry("bot").settings.enabled);
  const auto revision = entry("bot").revision;
  CAF_CHECK(asks<std::uint32_t>(switch_channels{{}, true})->answer == 2U);
  CAF_CHECK(entry("bot").settings.enabled);
  CAF_CHECK(entry("web").settings.enabled);
  // A start by hand is one, whatever was said before.
  CAF_CHECK(entry("bot").revision > revision);
  // One that runs goes on, with whatever it is in the middle of.
  running = true;
  const auto begun = entry("bot").revision;
  CAF_CHECK(asks<std::uint32_t>(switch_channels{"bot", true})->answer == 1U);
  CAF_CHECK_EQUAL(entry("bot").revision, begun);
  CAF_CHECK_EQUAL(asks<std::uint32_t>(switch_channels{"no", true})->code(),
                  "not_found");
}

CAF_TEST(binding_is_audited_before_and_after) {
  asks<std::string>(bind_channel_user{"bot", "42", "Ann", true, false});
  CAF_CHECK(last_details()["before"].is_null());
  asks<std::string>(bind_channel_user{"bot", "42", "Ann", true, true});
  CAF_CHECK(!last_details()["before"]["approves"].get<bool>());
  CAF_CHECK(last_details()["after"]["approves"].get<bool>());
  CAF_CHECK(entry("bot").access.users.at("42").approves);
  asks<std::string>(bind_channel_user{"bot", "42", {}, false, false});
  CAF_CHECK(!entry("bot").access.users.contains("42"));
  CAF_CHECK_EQUAL(
      asks<std::string>(bind_channel_user{"bot", "42", {}, false, false})
          ->code(),
      "not_found");
  CAF_CHECK_EQUAL(
      asks<std::string>(bind_channel_user{"no", "42", {}, true, false})->code(),
      "not_found");
}

CAF_TEST(pairing) {
  const auto code = asks<std::string>(begin_pairing{"bot", "7", "Bo"});
  CAF_REQUIRE(code->answer);
  CAF_CHECK_EQUAL(*code->answer, "00000001");
  // Whoever reads the log cannot confirm it.
  CAF_CHECK_EQUAL(dump(last_details()).find("00000001"), std::string::npos);
  // The same one while it holds.
  CAF_CHECK(asks<std::string>(begin_pairing{"bot", "7", "Bo"})->answer ==
            code->answer);
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
  CAF_CHECK_EQUAL(asks<std::string>(confirm_pairing{"zzz", false})->code(),
                  "not_found");
  const auto done = asks<std::string>(confirm_pairing{"oooo-oool", true});
  CAF_CHECK(done->answer == "bot:7");
  CAF_CHECK(entry("bot").access.users.at("7").approves);
  CAF_CHECK_EQUAL(entry("bot").access.users.at("7").name, "Bo");
  CAF_CHECK(entry("bot").access.pairings.empty());
  CAF_CHECK_EQUAL(asks<std::string>(confirm_pairing{"00000001", true})->code(),
                  "not_found");
}

CAF_TEST(codes_expire_and_are_limited) {
  asks<std::string>(begin_pairing{"bot", "7", "Bo"});
  closedpaw::test::test_time += 10min;
  CAF_CHECK_EQUAL(asks<std::string>(confirm_pairing{"00000001", false})->code(),
                  "not_found");
  for (int i = 0; i < 16; ++i)
    CAF_CHECK_EQUAL(
        asks<std::string>(begin_pairing{"bot", std::to_string(i), {}})->code(),
        "ok");
  CAF_CHECK_EQUAL(asks<std::string>(begin_pairing{"bot", "x", {}})->code(),
                  "too_many_requests");
  // The expired one went with the next.
  CAF_CHECK_EQUAL(entry("bot").access.pairings.size(), 16U);
}

CAF_TEST(removing_forgets_all_of_it) {
  auto c = telegram("tg", "T0KEN");
  c.allowed_users = {"42"};
  asks<std::string>(c);
  stored["channel_seen/tg/1"] = json(1);
  stored["channel_outbox/tg/x"] = json(1);
  stored["channel_cursors/tg"] = json("7");
  stored["channel_seen/tga/1"] = json(1);
  CAF_CHECK_EQUAL(asks<std::string>(remove_channel{"tg"})->code(), "ok");
  CAF_CHECK(!find_channel(followed, "tg"));
  for (const auto& [key, row] : registry())
    CAF_CHECK_EQUAL(
        key.find("/tg/") != std::string::npos || key.ends_with("/tg"), false);
  CAF_CHECK(registry().contains("channel_seen/tga/1"));
}

CAF_TEST(what_is_not_recorded_is_not_in_force) {
  logger.refuse = failure{errc::audit_refused, "full", {}, {}};
  CAF_CHECK_EQUAL(
      asks<std::string>(bind_channel_user{"bot", "42", {}, true, false})
          ->code(),
      "audit_refused");
  logger.units.clear();
  CAF_CHECK(!entry("bot").access.users.contains("42"));
}

CAF_TEST(changes_wait_for_each_other) {
  logger.hold = true;
  auto first =
      asks<std::string>(bind_channel_user{"bot", "1", {}, true, false});
  auto second =
      asks<std::string>(bind_channel_user{"bot", "2", {}, true, false});
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
  logger.commit_next(*this);
  settle();
  CAF_CHECK_EQUAL(first->code(), "ok");
  CAF_CHECK_EQUAL(logger.units.size(), 2U);
  logger.commit_next(*this);
  settle();
  CAF_CHECK_EQUAL(second->code(), "ok");
}

CAF_TEST(a_change_that_was_not_confirmed_is_looked_up) {
  logger.hold = true;
  auto asked =
      asks<std::string>(bind_channel_user{"bot", "42", {}, true, false});
  // The log hangs with it in its hands.
  advance(10s, 500ms);
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
  // The store has it.
  advance(500ms);
  CAF_CHECK(entry("bot").access.users.contains("42"));
}

CAF_TEST(whoever_asked_is_answered_when_it_ends) {
  logger.hold = true;
  auto asked =
      asks<std::string>(bind_channel_user{"bot", "42", {}, true, false});
  kill(sut);
  CAF_CHECK_EQUAL(asked->code(), "outcome_unknown");
}

CAF_TEST(without_the_vault_nothing_is_registered) {
  no_vault = true;
  CAF_CHECK_EQUAL(asks<std::string>(telegram("tg", "T0KEN"))->code(),
                  "unavailable");
  CAF_CHECK(logger.units.empty());
}

CAF_TEST(its_check_reads_the_store) {
  CAF_CHECK_EQUAL(ask_now<std::string>(*this, sut, check_atom::value)->code(),
                  "ok");
  unreadable = true;
  CAF_CHECK_EQUAL(ask_now<std::string>(*this, sut, check_atom::value)->code(),
                  "storage_failed");
}

CAF_TEST_FIXTURE_SCOPE_END()
