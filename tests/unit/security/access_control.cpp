#define CAF_SUITE access_control

#include "actors/security/access_control.hpp"

#include "messages/model/sha256.hpp"
#include "tests/unit_test.hpp"

namespace access_control_tests {

using namespace closedpaw;
using namespace closedpaw::security;
using namespace std::chrono_literals;

const timestamp noon{std::chrono::hours{500'000}};
const principal user{"local", "uid:1000"};
const principal stranger{"remote", "ip:203.0.113.7"};

scope_set only(scope x) {
  scope_set out;
  out.add(x);
  return out;
}

token_text text_of(const std::string& id, char digit) {
  return {id, secret_text{std::string(token_secret_length, digit)}};
}

access_token token_named(const std::string& name, const token_text& text) {
  access_token out;
  out.id = text.id;
  out.name = name;
  out.digest = to_hex(sha256({text.secret.reveal()}));
  out.scopes.add(scope::read);
  out.created_at = noon;
  return out;
}

struct sut_fixture {
  const token_text laptop = text_of("0123456789ab", 'a');
  access_tokens tokens{token_named("laptop", laptop)};
  login_sessions logins;
  timestamp now = noon;

  result<caller> ask(const std::string& authorization, bool local = false,
                     const std::string& cookie = {}) {
    return identify({authorization, cookie, local}, local ? user : stranger,
                    tokens, logins, now);
  }
  std::string code(const std::string& authorization, bool local = false) {
    const auto who = ask(authorization, local);
    return who ? who->who.id : std::string{to_string(who.error().code)};
  }
};

CAF_TEST_FIXTURE_SCOPE(with_fixture, sut_fixture)

CAF_TEST(a_user_of_this_machine_needs_no_token) {
  const auto who = ask("", true);
  CAF_REQUIRE(who.has_value());
  CAF_CHECK_EQUAL(who->who.id, "uid:1000");
  CAF_CHECK(who->scopes == scope_set::all());
  // SDKs send keys that are not ours.
  CAF_CHECK_EQUAL(code("Bearer sk-123", true), "uid:1000");
  CAF_CHECK_EQUAL(code("Basic YTpi", true), "uid:1000");
}

CAF_TEST(a_token_is_who_it_was_made_for) {
  for (const bool local : {true, false}) {
    const auto who = ask("Bearer " + to_string(laptop), local);
    CAF_REQUIRE(who.has_value());
    CAF_CHECK_EQUAL(who->who.kind, "token");
    CAF_CHECK_EQUAL(who->who.id, "token:laptop");
    CAF_CHECK_EQUAL(who->token_id, laptop.id);
    CAF_CHECK(!refuse_scope(*who, only(scope::read)));
    for (const auto other : {scope::act, scope::approve, scope::admin}) {
      const auto why = refuse_scope(*who, only(other));
      CAF_REQUIRE(why.has_value());
      CAF_CHECK(why->code == errc::forbidden);
      CAF_CHECK(contains(why->message, to_string(other)));
    }
  }
  CAF_CHECK_EQUAL(code("bearer  " + to_string(laptop)), "token:laptop");
}

CAF_TEST(whoever_has_none_or_a_wrong_one_is_nobody) {
  for (const bool local : {true, false}) {
    // The right id, and another secret; and the other way round.
    CAF_CHECK_EQUAL(code("Bearer " + to_string(text_of(laptop.id, 'b')), local),
                    "unauthenticated");
    CAF_CHECK_EQUAL(
        code("Bearer " + to_string(text_of("ba9876543210", 'a')), local),
        "unauthenticated");
  }
  for (const auto* none : {"", "Bearer ", "Bearer x", "Basic YTpi",
                           "cpt_0123456789ab_", "uid:1000"})
    CAF_CHECK_EQUAL(code(none), "unauthenticated");
}

CAF_TEST(a_token_that_is_over_or_revoked_lets_nobody_in) {
  tokens[0].expires_at = noon + 1s;
  CAF_CHECK_EQUAL(code("Bearer " + to_string(laptop)), "token:laptop");
  now += 1s;
  CAF_CHECK_EQUAL(code("Bearer " + to_string(laptop)), "unauthenticated");
  now = noon;
  tokens.clear();
  CAF_CHECK_EQUAL(code("Bearer " + to_string(laptop)), "unauthenticated");
}

CAF_TEST(a_browser_goes_on_with_its_cookie_for_as_long_as_the_token_lasts) {
  logins.begin("cookie-1", laptop.id, now);
  const std::string cookie = "a=b; __Host-closedpaw=cookie-1; c=d";
  CAF_CHECK_EQUAL(ask("", false, cookie)->who.id, "token:laptop");
  // On our own machine cookies mean nothing.
  CAF_CHECK_EQUAL(ask("", true, cookie)->who.id, "uid:1000");
  CAF_CHECK(!ask("", false, "__Host-closedpaw=cookie-2"));
  CAF_CHECK(!ask("", false, "x__Host-closedpaw=cookie-1"));
  tokens.clear();
  CAF_CHECK(!ask("", false, cookie));
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(sessions_end) {
  login_sessions s;
  auto now = noon;
  s.begin("a", "t", now);
  for (int i = 0; i < 20; ++i) {
    now += login_sessions::longest_idle - 1s;
    CAF_CHECK(s.find("a", now).has_value());
  }
  now += login_sessions::longest_idle;
  CAF_CHECK(!s.find("a", now));
  s.begin("b", "t", now);
  for (const auto end = now + login_sessions::longest; now + 20min < end;) {
    now += 20min;
    CAF_CHECK(s.find("b", now).has_value());
  }
  CAF_CHECK(!s.find("b", now + 20min));
  s.begin("c", "t", now);
  CAF_CHECK(s.end("c"));
  CAF_CHECK(!s.end("c"));
  CAF_CHECK(!s.find("c", now));
  // Whoever forgets the others is told how many there were.
  CAF_CHECK_EQUAL(s.forget_old(now + 20min), 2U);
  CAF_CHECK_EQUAL(s.forget_old(now + 20min), 0U);
  CAF_CHECK_EQUAL(s.size(), 0U);
}

CAF_TEST(sessions_are_bounded) {
  login_sessions s;
  for (std::size_t i = 0; i < login_sessions::most; ++i)
    s.begin("old" + std::to_string(i), "t", noon);
  CAF_CHECK(s.find("old0", noon).has_value());
  s.begin("new", "t", noon);
  CAF_CHECK_EQUAL(s.size(), login_sessions::most);
  // The one that was used last stays.
  CAF_CHECK(s.find("old0", noon).has_value());
  CAF_CHECK(!s.find("old1", noon));
}

CAF_TEST(cookies_are_found_by_their_whole_name) {
  CAF_CHECK_EQUAL(cookie_value("a=1; b=2", "b"), "2");
  CAF_CHECK_EQUAL(cookie_value("b=2;a=1", "b"), "2");
  CAF_CHECK_EQUAL(cookie_value("bb=2; b", "b"), "");
  CAF_CHECK_EQUAL(cookie_value("b=", "b"), "");
  CAF_CHECK_EQUAL(cookie_value("", "b"), "");
}

}  // namespace access_control_tests
