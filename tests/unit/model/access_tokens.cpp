#define CAF_SUITE access_tokens

#include "messages/model/access_token.hpp"

#include "tests/unit_test.hpp"

namespace access_tokens_tests {

using namespace closedpaw;

access_token full() {
  access_token out;
  out.id = "0123456789ab";
  out.name = "laptop";
  out.digest = std::string(64, 'd');
  out.scopes.add(scope::read);
  out.scopes.add(scope::approve);
  out.created_at = timestamp{std::chrono::hours{500'000}};
  out.expires_at = out.created_at + std::chrono::hours{1};
  out.created_by = "uid:7";
  return out;
}

CAF_TEST(the_stored_form_comes_back) {
  auto x = full();
  CAF_CHECK(access_token_from(x.id, stored_form(x)) == x);
  x.expires_at.reset();
  CAF_CHECK(access_token_from(x.id, stored_form(x)) == x);
}

CAF_TEST(what_is_shown_has_no_digest) {
  const auto x = full();
  const auto shown = to_json(x, *x.expires_at);
  CAF_CHECK(!contains(dump(shown), x.digest));
  CAF_CHECK_EQUAL(shown["expired"], true);
  CAF_CHECK_EQUAL(to_json(x, x.created_at)["expired"], false);
  CAF_CHECK_EQUAL(shown["scopes"], (json{"read", "approve"}));
}

CAF_TEST(a_damaged_row_is_no_token) {
  const auto x = full();
  const auto row = stored_form(x);
  for (const char* key :
       {"name", "digest", "scopes", "created_at", "created_by", "expires_at"}) {
    auto less = row;
    less.erase(key);
    CAF_CHECK(!access_token_from(x.id, less));
    auto other = row;
    other[key] = 7;
    CAF_CHECK(!access_token_from(x.id, other));
  }
  auto unknown = row;
  unknown["scopes"] = {"read", "root"};
  CAF_CHECK(!access_token_from(x.id, unknown));
  CAF_CHECK(!access_token_from(x.id, json{}));
}

CAF_TEST(only_our_form_is_a_token) {
  const token_text x{"0123456789ab",
                     secret_text{std::string(token_secret_length, '7')}};
  const auto text = to_string(x);
  const auto back = parse_token(text);
  CAF_REQUIRE(back.has_value());
  CAF_CHECK_EQUAL(back->id, x.id);
  CAF_CHECK_EQUAL(back->secret.reveal(), x.secret.reveal());
  CAF_CHECK(!parse_token(text + "7"));
  CAF_CHECK(!parse_token(text.substr(0, text.size() - 1)));
  CAF_CHECK(!parse_token("x" + text));
  auto upper = text;
  upper.back() = 'F';
  CAF_CHECK(!parse_token(upper));
  CAF_CHECK(!parse_token(""));
}

CAF_TEST(no_scope_implies_another) {
  scope_set admin;
  admin.add(scope::admin);
  CAF_CHECK(!admin.has(scope::read));
  CAF_CHECK(scope_set::all().covers(admin));
  CAF_CHECK(!admin.covers(scope_set::all()));
  CAF_CHECK(admin.covers({}));
  CAF_CHECK(!parse_scope("root"));
}

}  // namespace access_tokens_tests
