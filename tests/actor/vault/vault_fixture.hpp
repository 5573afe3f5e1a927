#pragma once

#include "actors/vault/vault_keeper.hpp"

#include <filesystem>

#include "messages/model/json.hpp"
#include "tests/actor/mocks.hpp"
#include "tests/unit/storage/fixture.hpp"

namespace closedpaw::vault::test {

using namespace closedpaw::test;

inline constexpr const char* name_a = "providers/a/api_key";
inline constexpr const char* for_a = "openai at https://a";

/// The keeper with a store and a logger that remember.
struct vault_fixture : fixture {
  vault_fixture() : ring{{dir.path()}, test_now} {
    rows[std::string{vault_key_row}] = vault::to_json(ring.create().value());
    log_place.begin();
    log_place.slot->set(logger.spawn(*this));
    start();
  }
  ~vault_fixture() override { end(); }

  void start() {
    vault::vault_args args;
    args.ring = &ring;
    args.logger = log_place.slot;
    args.find = [this](const std::string& key) -> result<std::optional<json>> {
      const auto it = rows.find(key);
      return it == rows.end() ? std::nullopt : std::optional{it->second};
    };
    args.list = [this](std::string_view prefix)
        -> result<std::vector<storage::registry_row>> {
      std::vector<storage::registry_row> out;
      for (const auto& [key, value] : rows)
        if (key.starts_with(prefix))
          out.push_back({key, value});
      return out;
    };
    args.user_of = [](const std::string& x) -> result<vault::secret_user> {
      if (x == name_a)
        return vault::secret_user{for_a, access_level::elevated, {"old"}};
      if (x == owner_secret_name)
        return vault::secret_user{"approvals", access_level::admin};
      return failure{errc::not_found, "nobody's", {}, {}};
    };
    args.changed = [this](const std::string& x, bool is_other) {
      changed.push_back(x + (is_other ? " other" : " same"));
    };
    args.apart = [this](std::function<void()> work) {
      if (hold_work)
        held_work.push_back(std::move(work));
      else
        work();
    };
    args.sync = [this]() -> result<void> {
      ++syncs;
      return {};
    };
    args.report = [this](audit_event e) { events.push_back(std::move(e)); };
    args.view = &view;
    args.tokens = &tokens;
    args.token_ended = [this] { ++tokens_ended; };
    args.now = test_now;
    sut = keep(vault::spawn_vault_keeper(host(), own.begin(), args));
    settle();
  }

  /// What the logger was given is in the store.
  void store() {
    for (const auto& x : logger.last().registry)
      if (x.value)
        rows[x.key] = *x.value;
      else
        rows.erase(x.key);
  }

  ask_vault command(vault_operation what, std::string secret = {}) {
    ask<use_vault> q;
    q.command.what = what;
    q.command.name = name_a;
    q.command.value = secret_text{std::move(secret)};
    q.context.peer = {"local", "uid:7"};
    return q;
  }

  auto use(const ask_vault& q) { return ask_now<std::string>(*this, sut, q); }
  auto set_owner(std::string secret, std::string present = {}) {
    auto q = command(vault_operation::set, std::move(secret));
    auto named = ask<use_vault>{q->command, q->context};
    named.command.name = owner_secret_name;
    named.command.present = secret_text{std::move(present)};
    auto done = use(ask_vault{std::move(named)})->code();
    if (done == "ok")
      store();
    return done;
  }
  std::string prove(const std::string& said) {
    return ask_now<std::string>(
               *this, sut,
               prove_owner_payload{ask<prove_owner>{{secret_text{said}}, {}}})
        ->code();
  }

  auto token(manage_token what) {
    return ask_now<std::string>(
        *this, sut,
        ask_token{
            ask<manage_token>{std::move(what), {{"local", "uid:7"}, "", ""}}});
  }

  void set(const std::string& value) {
    CAF_REQUIRE_EQUAL(use(command(vault_operation::set, value))->code(), "ok");
    store();
  }
  auto read(access_level clearance = access_level::standard,
            const char* audience = for_a) {
    return ask_now<secret_payload>(*this, sut,
                                   unseal_secret{name_a, audience, clearance});
  }
  json listed() {
    return json::parse(*use(command(vault_operation::list))->answer);
  }

  storage::test::temp_dir dir;
  generation gen;
  published<vault_view> view{gen};
  published<access_tokens> tokens{gen};
  int tokens_ended = 0;
  std::map<std::string, json> rows;
  vault::key_ring ring;
  std::vector<std::string> changed;
  std::vector<audit_event> events;
  bool hold_work = false;
  std::vector<std::function<void()>> held_work;
  int syncs = 0;
  logger_mock logger;
  place<audit_logger_actor> log_place =
      make_place<audit_logger_actor>("the audit log");
  place<vault_actor> own = make_place<vault_actor>("vault_keeper");
  vault_actor sut;
};

}  // namespace closedpaw::vault::test
