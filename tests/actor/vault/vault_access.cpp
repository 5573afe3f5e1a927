#define CAF_SUITE vault_access

#include "tests/actor/vault/vault_fixture.hpp"

namespace vault_access_tests {

using namespace closedpaw;
using namespace closedpaw::test;
using namespace closedpaw::vault::test;

struct sut_fixture : vault_fixture {};

}  // namespace vault_access_tests

CAF_TEST_FIXTURE_SCOPE(vault_access_tests, sut_fixture)

CAF_TEST(the owner secret is compared and given to nobody) {
  CAF_CHECK_EQUAL(prove("correct horse"), "conflict");
  CAF_CHECK_EQUAL(set_owner("short"), "bad_request");
  CAF_CHECK_EQUAL(set_owner("correct horse"), "ok");
  CAF_CHECK_EQUAL(prove("correct horse"), "ok");
  CAF_CHECK_EQUAL(prove("correct hors"), "forbidden");
  CAF_REQUIRE(!events.empty());
  CAF_CHECK_EQUAL(events.back().status, "owner_secret_refused");
  CAF_CHECK_EQUAL(events.back().level, "high");
  CAF_CHECK(!contains(events.back().details.str(), "hors"));
  const auto got =
      ask_now<secret_payload>(*this, sut,
                              unseal_secret{std::string{owner_secret_name},
                                            "approvals", access_level::admin});
  CAF_CHECK_EQUAL(got->code(), "forbidden");
}

CAF_TEST(replacing the owner secret takes the present one) {
  CAF_CHECK_EQUAL(set_owner("correct horse"), "ok");
  CAF_CHECK_EQUAL(set_owner("battery staple"), "forbidden");
  CAF_CHECK_EQUAL(set_owner("battery staple", "correct house"), "forbidden");
  CAF_CHECK_EQUAL(prove("correct horse"), "ok");
  auto q = ask<use_vault>{};
  q.command.what = vault_operation::remove;
  q.command.name = owner_secret_name;
  CAF_CHECK_EQUAL(use(ask_vault{q})->code(), "forbidden");
  CAF_CHECK_EQUAL(set_owner("battery staple", "correct horse"), "ok");
  CAF_CHECK_EQUAL(prove("battery staple"), "ok");
  q.command.present = secret_text{"battery staple"};
  CAF_CHECK_EQUAL(use(ask_vault{q})->code(), "ok");
}

CAF_TEST(whoever guesses the owner secret waits longer and longer) {
  CAF_CHECK_EQUAL(set_owner("correct horse"), "ok");
  for (int i = 0; i < 3; ++i)
    CAF_CHECK_EQUAL(prove("wrong"), "forbidden");
  CAF_CHECK_EQUAL(prove("correct horse"), "too_many_requests");
  advance(std::chrono::milliseconds{1000});
  CAF_CHECK_EQUAL(prove("wrong"), "forbidden");
  advance(std::chrono::milliseconds{1000});
  CAF_CHECK_EQUAL(prove("correct horse"), "too_many_requests");
  advance(std::chrono::milliseconds{1000});
  CAF_CHECK_EQUAL(prove("correct horse"), "ok");
  CAF_CHECK_EQUAL(prove("wrong"), "forbidden");
  CAF_CHECK_EQUAL(prove("correct horse"), "ok");
}

CAF_TEST(a token is told once and kept as a digest) {
  manage_token what;
  what.name = "laptop";
  what.scopes.add(scope::read);
  what.lifetime = std::chrono::seconds{60};
  const auto made = token(what);
  CAF_REQUIRE_EQUAL(made->code(), "ok");
  const auto& event = logger.last().events.at(0);
  CAF_CHECK_EQUAL(event.status, "token_created");
  CAF_CHECK_EQUAL(event.user.id, "uid:7");
  store();
  const auto told = json::parse(*made->answer);
  const auto text = parse_token(told["token"].get<std::string>());
  CAF_REQUIRE(text.has_value());
  const auto all = *tokens.get();
  CAF_REQUIRE_EQUAL(all.size(), 1U);
  CAF_CHECK_EQUAL(all[0].id, text->id);
  CAF_CHECK(all[0].expires_at == test_now() + std::chrono::seconds{60});
  for (const auto& [key, row] : rows)
    CAF_CHECK(!contains(dump(row), text->secret.reveal()));
  CAF_CHECK(!contains(event.details.str(), text->secret.reveal()));
  CAF_CHECK_EQUAL(token(what)->code(), "conflict");
  CAF_CHECK_EQUAL(tokens_ended, 0);
  CAF_CHECK_EQUAL(token({text->id})->code(), "ok");
  store();
  CAF_CHECK_EQUAL(tokens_ended, 1);
  CAF_CHECK(tokens.get()->empty());
  CAF_CHECK_EQUAL(token({text->id})->code(), "not_found");
}

CAF_TEST(a token is not in force before it is recorded and
         stays so after a crash) {
  logger.refuse = failure{errc::audit_refused, "full", {}, {}};
  manage_token what;
  what.name = "laptop";
  what.scopes.add(scope::read);
  CAF_CHECK_EQUAL(token(what)->code(), "audit_refused");
  CAF_CHECK(tokens.get()->empty());
  logger.refuse.reset();
  CAF_CHECK_EQUAL(token(what)->code(), "ok");
  store();
  kill(sut);
  tokens.publish({});
  start();
  CAF_CHECK_EQUAL(tokens.get()->size(), 1U);
}

CAF_TEST_FIXTURE_SCOPE_END()
