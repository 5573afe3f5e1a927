#define CAF_SUITE redaction

#include "messages/model/redaction.hpp"

#include "messages/model/audit_event.hpp"
#include "messages/model/json.hpp"
#include "tests/unit_test.hpp"

namespace redaction_tests {

using namespace closedpaw;

// Put together, so that no scanner of sources takes them for real.
std::string of(const std::string& prefix, std::size_t length) {
  std::string out = prefix;
  for (std::size_t i = 0; i < length; ++i)
    out += "aB3dE6gH9jK2mN5pQ8"[i % 18];
  return out;
}

std::vector<std::string> secrets() {
  return {of("sk-", 40),
          of("sk-ant-", 60),
          of("sk-proj-", 60),
          of("AIza", 35),
          of("ghp_", 36),
          of("xoxb-", 40),
          of("xapp-1-", 40),
          of("hf_", 34),
          "AKIA" + std::string(16, 'Q'),
          "123456789:" + of("", 35),
          of("eyJ", 30) + "." + of("eyJ", 40) + "." + of("", 43),
          "cpt_0123456789ab_" + std::string(64, 'f')};
}

CAF_TEST(known_forms_go_wherever_they_stand) {
  for (const auto& secret : secrets())
    for (const auto& [before, after] : {std::pair{"", ""},
                                        {"key ", " was refused"},
                                        {"'", "'"},
                                        {"https://x.example/", "/getMe"},
                                        {"=", "&a=b"},
                                        {"\n", "\n"}}) {
      const auto text = redact(before + secret + after);
      CAF_MESSAGE(text);
      CAF_CHECK(!contains(text, secret.substr(secret.size() / 2)));
      CAF_CHECK(contains(text, redacted));
      CAF_CHECK(text.starts_with(std::string{before}.substr(0, 5)));
      CAF_CHECK(text.ends_with(after));
    }
}

CAF_TEST(header_fields_urls_and_queries) {
  CAF_CHECK_EQUAL(redact("https://x.example/bot123456789:" + of("", 35) + "/a"),
                  "https://x.example/bot[redacted]/a");
  CAF_CHECK_EQUAL(redact("Authorization: Bearer abcdefghijklmnop1234"),
                  "Authorization: Bearer [redacted]");
  CAF_CHECK_EQUAL(redact("authorization: basic dXNlcjpwYXNzd29yZDEy=="),
                  "authorization: basic [redacted]");
  CAF_CHECK_EQUAL(redact("https://user:hunter22@host/x"),
                  "https://user:[redacted]@host/x");
  CAF_CHECK_EQUAL(redact("GET /v1?api_key=abc123&model=m"),
                  "GET /v1?api_key=[redacted]&model=m");
  CAF_CHECK_EQUAL(redact("password=hunter22 user=me"),
                  "password=[redacted] user=me");
  CAF_CHECK_EQUAL(redact("OPENAI_API_KEY=abc123 DB_PASSWORD=hunter22 A=b"),
                  "OPENAI_API_KEY=[redacted] DB_PASSWORD=[redacted] A=b");
  CAF_CHECK_EQUAL(redact("?access_token=abc123&refresh_token=abc123"),
                  "?access_token=[redacted]&refresh_token=[redacted]");
  CAF_CHECK_EQUAL(redact("X-Api-Key: 0123456789ab\r\nhost: x"),
                  "X-Api-Key: [redacted]\r\nhost: x");
}

CAF_TEST(json_stays_json) {
  const std::string pem =
      "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nabc=\n-----END EC PRIVATE "
      "KEY-----\n";
  json x{{"api_key", "plain"},
         {"password", "with \"quotes\" and \\"},
         {"client_secret", "z"},
         {"token", "z"},
         {"refresh_token", "z"},
         {"x-api-key", "z"},
         {"secret_key", "z"},
         {"pem", pem},
         {"url", "redis://me:hunter22@h:1/0"},
         {"note", "after"}};
  for (const auto& secret : secrets())
    x["list"].push_back("says " + secret);
  const auto text = redact(dump(x));
  const auto back = parse_json(text);
  CAF_REQUIRE(back.has_value());
  for (const char* key : {"api_key", "password", "client_secret", "token",
                          "refresh_token", "x-api-key", "secret_key"})
    CAF_CHECK_EQUAL((*back)[key], redacted);
  CAF_CHECK_EQUAL((*back)["note"], "after");
  CAF_CHECK(!contains(text, "MHcCAQEE"));
  CAF_CHECK(!contains(text, "hunter22"));
  for (const auto& one : (*back)["list"])
    CAF_CHECK_EQUAL(one, "says [redacted]");
}

CAF_TEST(what_is_no_secret_stays) {
  for (const auto* text :
       {"", "the token was refused", "a password is needed",
        "sk-short and skill-execution-something-long-enough",
        "{\"prompt_tokens\":12,\"secret\":null,\"name\":\"api_key\"}",
        "01a20f5c-8bc7-77db-9a7b-16613b5f9dec",
        "https://api.example.org:8443/v1/models", "a=b&c=d", "127.0.0.1:11434",
        "Bearer realm=\"closedpaw\"",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f"})
    CAF_CHECK_EQUAL(redact(text), text);
}

CAF_TEST(an_escape_before_a_secret_is_no_part_of_it) {
  audit_event e;
  for (const auto& text : {"\npm_" + std::string(36, 'a'), "\n" + of("sk-", 40),
                           "\rk-" + of("", 30) + " " + of("sk-", 40)})
    for (auto details :
         {json{{"text", text}}, json{{"text", text}, {"api_key", "plain"}}}) {
      e.details = json_text{details};
      const auto back = audit_event_from_bytes(canonical_bytes(e));
      CAF_REQUIRE(back.has_value());
      CAF_CHECK_EQUAL(back->details.value().value("api_key", redacted),
                      redacted);
      CAF_CHECK(!contains(back->details.str(), of("sk-", 40)));
    }
}

CAF_TEST(audit_events_pass_through_it) {
  audit_event e;
  const auto secret = of("sk-", 40);
  e.details = json_text{json{{"error", "key " + secret + " refused"}}};
  const auto bytes = canonical_bytes(e);
  CAF_CHECK(!contains(bytes, secret));
  CAF_CHECK(contains(bytes, "key [redacted] refused"));
}

CAF_TEST(a_secret_that_was_cut_short_is_masked) {
  const secret_text secret{"Z9000102030405"};
  const auto masked = [&](std::string text) {
    mask(text, secret);
    return text;
  };
  CAF_CHECK_EQUAL(masked("a Z9000102030405 b"), "a [redacted] b");
  CAF_CHECK_EQUAL(masked("key=Z90001020304…"), "key=[redacted]…");
  CAF_CHECK_EQUAL(masked("key=Z900… and Z90001…"),
                  "key=[redacted]… and [redacted]…");
  CAF_CHECK_EQUAL(masked("too little: Z90…"), "too little: Z90…");
  CAF_CHECK_EQUAL(masked("Z9000102 and no cut"), "Z9000102 and no cut");
  CAF_CHECK_EQUAL(masked("…"), "…");
}

}  // namespace redaction_tests
