#define CAF_SUITE runtime_settings
#include "config/runtime_settings.hpp"

#include "config/descriptor.hpp"
#include "tests/unit_test.hpp"

namespace runtime_settings_tests {

using namespace closedpaw;
using namespace closedpaw::config;

const runtime_context context{{"ollama", "far"}};

std::string refusal_of(std::string_view key, const json& value) {
  const auto checked = validate_runtime_change(key, value, context);
  if (checked)
    return "accepted";
  CAF_CHECK(checked.error().code == errc::bad_request);
  return checked.error().message;
}

CAF_TEST(what may change is accepted) {
  CAF_CHECK_EQUAL(refusal_of("log.level", "debug"), "accepted");
  CAF_CHECK_EQUAL(refusal_of("log.levels.audit", "inherit"), "accepted");
  CAF_CHECK_EQUAL(refusal_of("providers.default", "far"), "accepted");
  CAF_CHECK_EQUAL(refusal_of("providers.far.default_model", "llama3.2:3b"),
                  "accepted");
  CAF_CHECK_EQUAL(refusal_of("orchestrator.chat_deadline_ms", 5000),
                  "accepted");
  CAF_CHECK_EQUAL(refusal_of("orchestrator.action_deadline_ms", 100),
                  "accepted");
  const auto checked =
      validate_runtime_change("log.levels.audit", "trace", context);
  CAF_REQUIRE(checked);
  CAF_CHECK_EQUAL(*checked, json("trace"));
}

CAF_TEST(an unknown key says which there are) {
  const std::string keys =
      " cannot be set at run time; the keys that can are log.level, "
      "log.levels.<component>, providers.default, "
      "providers.<name>.default_model, orchestrator.chat_deadline_ms, "
      "orchestrator.action_deadline_ms";
  CAF_CHECK_EQUAL(refusal_of("log.levl", "debug"), "\"log.levl\"" + keys);
  CAF_CHECK_EQUAL(refusal_of("http.listen", "127.0.0.1:1"),
                  "\"http.listen\"" + keys);
  CAF_CHECK_EQUAL(refusal_of("providers.ollama.base_url", "http://x"),
                  "\"providers.ollama.base_url\"" + keys);
  CAF_CHECK_EQUAL(refusal_of("providers.default_model", "x"),
                  "\"providers.default_model\"" + keys);
  CAF_CHECK_EQUAL(refusal_of("", "x"), "\"\"" + keys);
  CAF_CHECK_EQUAL(refusal_of("a\x1b[2J", "x"), "\"a\\u001b[2J\"" + keys);
}

CAF_TEST(what a key or a value names must exist) {
  CAF_CHECK_EQUAL(refusal_of("providers.near.default_model", "x"),
                  "no provider is named \"near\"; there are ollama, far");
  CAF_CHECK_EQUAL(refusal_of("providers.default", "near"),
                  "no provider is named \"near\"; there are ollama, far");
  CAF_CHECK_EQUAL(refusal_of("log.levels.teapot", "info"),
                  "no component is named \"teapot\"; there are main, http, "
                  "gateway, orchestrator, storage, audit, providers, channels, "
                  "supervision, monitoring");
  CAF_CHECK_EQUAL(refusal_of("log.levels.<component>", "info").substr(0, 18),
                  "no component is na");
}

CAF_TEST(a wrong value says what would be right) {
  CAF_CHECK_EQUAL(refusal_of("log.level", "loud"),
                  "log.level: \"loud\" is not known; expected one of trace, "
                  "debug, info, warn, error, critical, off");
  CAF_CHECK_EQUAL(refusal_of("log.level", 3),
                  "log.level: wrong type: found an integer; expected one of "
                  "trace, debug, info, warn, error, critical, off");
  CAF_CHECK_EQUAL(refusal_of("orchestrator.chat_deadline_ms", 99),
                  "orchestrator.chat_deadline_ms: 99 is out of range; expected "
                  "an integer from 100 to 3600000 (milliseconds)");
  CAF_CHECK_EQUAL(
      refusal_of("orchestrator.chat_deadline_ms", 18446744073709551615u),
      "orchestrator.chat_deadline_ms: 18446744073709551615 is out of range; "
      "expected an integer from 100 to 3600000 (milliseconds)");
  CAF_CHECK(refusal_of("providers.far.default_model", "") != "accepted");
  CAF_CHECK(refusal_of("providers.far.default_model", nullptr) != "accepted");
  CAF_CHECK(refusal_of("providers.far.default_model", "a b") != "accepted");
}

CAF_TEST(a change is applied to the settings) {
  settings values;
  values.providers = builtin_providers();
  const auto changed =
      apply_runtime_change(values, "providers.ollama.default_model", "tiny");
  CAF_REQUIRE(changed);
  CAF_CHECK_EQUAL(changed->providers.at(0).default_model, "tiny");
  CAF_CHECK_EQUAL(read_setting(values, "providers.ollama.default_model"),
                  json("llama3.2:3b"));
  CAF_CHECK_EQUAL(read_setting(*changed, "providers.ollama.default_model"),
                  json("tiny"));
  CAF_CHECK(read_setting(values, "no.such").is_null());
  const auto unknown = apply_runtime_change(values, "no.such", 1);
  CAF_REQUIRE(!unknown);
  CAF_CHECK(unknown.error().code == errc::not_found);
}

}  // namespace runtime_settings_tests
