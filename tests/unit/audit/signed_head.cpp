#define CAF_SUITE signed_head

#include "actors/audit/signed_head.hpp"

#include "actors/audit/merkle.hpp"
#include "messages/model/hex.hpp"
#include "tests/unit_test.hpp"

namespace signed_head_tests {

using namespace closedpaw;
using namespace closedpaw::audit;

const timestamp noon{std::chrono::microseconds{1'700'000'000'123'456}};

// RFC 8032, section 7.1, test 1, as PKCS #8 (RFC 8410).
constexpr const char* known_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

signing_key some_key() {
  return signing_key::generate().value();
}

CAF_TEST(what_is_signed_verifies) {
  const auto key = some_key();
  const auto x = key.sign(7, leaf_hash("a"), noon);
  CAF_CHECK(key.check().verifies(x));
  CAF_CHECK_EQUAL(x.head.size, 7U);
  // To the millisecond, as it is signed.
  CAF_CHECK_EQUAL(x.head.time.time_since_epoch().count(),
                  1'700'000'000'123'000);
}

CAF_TEST(what_was_altered_does_not) {
  const auto key = some_key();
  const auto good = key.sign(7, leaf_hash("a"), noon);
  auto x = good;
  x.head.size = 8;
  CAF_CHECK(!key.check().verifies(x));
  x = good;
  x.head.root = leaf_hash("b");
  CAF_CHECK(!key.check().verifies(x));
  x = good;
  x.head.time += std::chrono::milliseconds{1};
  CAF_CHECK(!key.check().verifies(x));
  x = good;
  x.signature[0] = static_cast<char>(x.signature[0] ^ 1);
  CAF_CHECK(!key.check().verifies(x));
  x = good;
  x.signature.pop_back();
  CAF_CHECK(!key.check().verifies(x));
  CAF_CHECK(!some_key().check().verifies(good));
  // Even one that claims to be of the other key.
  const auto other = some_key();
  x = good;
  x.log_id = other.check().log_id();
  CAF_CHECK(!other.check().verifies(x));
}

CAF_TEST(a_known_key) {
  const auto key = signing_key::from_pem(secret_text{known_key}).value();
  CAF_CHECK_EQUAL(
      key.check().pem(),
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
      "-----END PUBLIC KEY-----\n");
  CAF_CHECK_EQUAL(key.pem().reveal(), known_key);
  // Deterministic, by its RFC.
  CAF_CHECK(key.sign(1, leaf_hash(""), noon) ==
            key.sign(1, leaf_hash(""), noon));
}

CAF_TEST(heads_and_keys_survive_their_texts) {
  const auto key = some_key();
  const auto x = key.sign(70'000, leaf_hash("a"), noon);
  CAF_CHECK(signed_head_from(to_json(x)).value() == x);
  const auto again = verifying_key::from_pem(key.check().pem()).value();
  CAF_CHECK(again.verifies(x));
  CAF_CHECK_EQUAL(to_hex(again.log_id()), to_hex(key.check().log_id()));
}

CAF_TEST(what_is_no_head_or_key_is_refused) {
  const auto good = to_json(some_key().sign(1, leaf_hash("a"), noon));
  for (const char* name :
       {"tree_size", "root_hash", "timestamp", "log_id", "signature"}) {
    auto x = good;
    x.erase(name);
    CAF_CHECK(!signed_head_from(x));
    x[name] = "zz";
    CAF_CHECK(!signed_head_from(x));
  }
  CAF_CHECK(!signed_head_from(json::array()));
  CAF_CHECK(!verifying_key::from_pem(""));
  CAF_CHECK(!verifying_key::from_pem(known_key));
  CAF_CHECK(!signing_key::from_pem(secret_text{"x"}));
  CAF_CHECK(!signing_key::from_pem(secret_text{some_key().check().pem()}));
  // One of X25519, which cannot sign.
  CAF_CHECK(!signing_key::from_pem(secret_text{
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VuBCIEIID1/xRZWLd1oRFElnLr9bX7IAA6IeeNjRmEl38oFt5U\n"
      "-----END PRIVATE KEY-----\n"}));
  // Of the right length, and named as something else; and cut short.
  std::string text{known_key};
  for (auto at = text.find("PRIVATE"); at != std::string::npos;
       at = text.find("PRIVATE", at + 3))
    text.replace(at, 7, "OTHER");
  CAF_CHECK(!signing_key::from_pem(secret_text{text}));
  text = known_key;
  const auto last = text.rfind("\n-----END");
  text.replace(last - 8, 8, "");
  CAF_CHECK(!signing_key::from_pem(secret_text{text}));
}

}  // namespace signed_head_tests
