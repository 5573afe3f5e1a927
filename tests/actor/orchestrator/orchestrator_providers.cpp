#define CAF_SUITE orchestrator_providers

#include "config/registered_provider.hpp"
#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

namespace orchestrator_providers_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator::test;

struct sut_fixture : running_orchestrator {
  static register_provider at(const std::string& url) {
    return {"oai", "openai", url, "gpt-x", {}};
  }
  static register_provider with_key(const std::string& url,
                                    const std::string& key) {
    auto c = at(url);
    c.api_key = secret_text{key};
    return c;
  }
  /// The registry's rows of the last unit: "key=value", "key-" when deleted.
  strings rows() const {
    strings out;
    for (const auto& x : logger.last().registry)
      out.push_back(x.key + (x.value ? '=' + dump(*x.value) : "-"));
    return out;
  }
  json details() const { return logger.last().events.at(0).details.value(); }
};

const std::string url = "http://127.0.0.1:1/v1";
const std::string model_row = "settings/providers.oai.default_model-";
const std::string row =
    R"(providers/oai={"type":"openai","base_url":"http://127.0.0.1:1/v1",)"
    R"("default_model":"gpt-x"})";

}  // namespace orchestrator_providers_tests

CAF_TEST_FIXTURE_SCOPE(orchestrator_providers_tests, sut_fixture)

CAF_TEST(a_provider_is_recorded_with_its_sealed_key_and_then_begins) {
  auto asked = register_one(with_key(url, "sk-1"));
  CAF_CHECK_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(rows(), (strings{row,
                                   "vault/providers/oai/api_key="
                                   "\"sealed:providers/oai/api_key:openai at "
                                   "http://127.0.0.1:1/v1:sk-1\"",
                                   model_row}));
  CAF_CHECK_EQUAL(details()["key"], "providers.oai");
  CAF_CHECK(details()["before"].is_null());
  CAF_CHECK_EQUAL(details()["after"]["secrets"], "set");
  CAF_CHECK(!contains(dump(details()), "sk-1"));
  CAF_CHECK_EQUAL(provider_changes, strings{"oai"});
  CAF_CHECK_EQUAL(settings.providers.back().default_model, "gpt-x");
}

CAF_TEST(a_key_stays_at_its_address_and_is_discarded_with_it) {
  register_one(with_key(url, "sk-1"));
  register_one(at(url));
  CAF_CHECK_EQUAL(details()["after"]["secrets"], "unchanged");
  CAF_CHECK_EQUAL(rows(), (strings{row, model_row}));
  register_one(at("http://127.0.0.1:2/v1"));
  CAF_CHECK_EQUAL(details()["before"]["base_url"], url);
  CAF_CHECK_EQUAL(details()["after"]["secrets"], "discarded");
  CAF_CHECK_EQUAL(rows().at(1), "vault/providers/oai/api_key-");
}

CAF_TEST(without_the_vault_no_key_is_taken) {
  vault_place.slot->clear();
  auto asked = register_one(with_key(url, "sk-1"));
  CAF_CHECK_EQUAL(asked->code(), "unavailable");
  CAF_CHECK(logger.units.empty());
  CAF_CHECK(provider_changes.empty());
}

CAF_TEST(what_cannot_be_recorded_does_not_begin) {
  logger.hold = true;
  auto asked = register_one(at(url));
  logger.refuse_next(*this, {errc::storage_failed, "the disk is gone", {}, {}});
  CAF_CHECK_EQUAL(asked->code(), "audit_refused");
  CAF_CHECK(provider_changes.empty());
}

CAF_TEST(what_does_not_fit_or_is_configured_is_refused) {
  CAF_CHECK_EQUAL(register_one({"c", "custom", {}, {}, {}})->code(),
                  "bad_request");
  CAF_CHECK_EQUAL(register_one({"c", "zzz", {}, {}, {}})->code(),
                  "bad_request");
  CAF_CHECK_EQUAL(register_one({"ollama", "ollama", {}, {}, {}})->code(),
                  "conflict");
  CAF_CHECK_EQUAL(remove_one("ollama")->code(), "conflict");
  CAF_CHECK_EQUAL(remove_one("nobody")->code(), "not_found");
  CAF_CHECK(logger.units.empty());
}

CAF_TEST(one_that_the_file_has_is_only_given_its_key) {
  settings.providers.push_back(
      *config::registered_provider("f", {{"type", "openai"}}));
  settings.providers.back().registered = false;
  caf::anon_send(sut, apply_atom::value);
  settle();
  const register_provider given{"f", "openai", {}, {}, secret_text{"sk-1"}};
  CAF_CHECK_EQUAL(register_one(given)->code(), "ok");
  // Sealed, recorded and audited as by the vault's own command.
  CAF_CHECK_EQUAL(secrets_set, strings{"uid:1000 providers/f/api_key=sk-1"});
  CAF_CHECK(logger.units.empty());
  CAF_CHECK(provider_changes.empty());
  vault_refuses = true;
  CAF_CHECK_EQUAL(register_one(given)->message(), "the vault refuses");
  auto moved = given;
  moved.base_url = url;
  CAF_CHECK_EQUAL(register_one(moved)->code(), "conflict");
  auto other = given;
  other.type = "anthropic";
  CAF_CHECK_EQUAL(register_one(other)->code(), "conflict");
}

CAF_TEST(a_provider_goes_with_its_key_unless_it_is_the_default) {
  register_one(with_key(url, "sk-1"));
  provider_changes.clear();
  settings.default_provider = "oai";
  caf::anon_send(sut, apply_atom::value);
  settle();
  CAF_CHECK_EQUAL(remove_one("oai")->code(), "conflict");
  settings.default_provider = "ollama";
  caf::anon_send(sut, apply_atom::value);
  settle();
  CAF_CHECK_EQUAL(remove_one("oai")->code(), "ok");
  CAF_CHECK_EQUAL(rows(), (strings{"providers/oai-",
                                   "vault/providers/oai/api_key-", model_row}));
  CAF_CHECK(details()["after"].is_null());
  CAF_CHECK_EQUAL(provider_changes, strings{"oai"});
}

CAF_TEST(a_life_that_follows_takes_over_what_the_store_has) {
  kill(sut);
  reader.registry["providers/oai"] = R"({"type":"openai"})";
  start();
  CAF_CHECK_EQUAL(provider_changes, strings{"oai"});
  CAF_CHECK_EQUAL(settings.providers.back().base_url,
                  "https://api.openai.com/v1");
  kill(sut);
  reader.registry["providers/oai"] =
      R"({"type":"openai","default_model":"gpt-y"})";
  start();
  CAF_CHECK_EQUAL(provider_changes, (strings{"oai", "oai"}));
  CAF_CHECK_EQUAL(settings.providers.back().default_model, "gpt-y");
  kill(sut);
  // One that was chosen while running is another matter.
  settings.providers.back().default_model = "gpt-z";
  reader.registry["settings/providers.oai.default_model"] = R"("gpt-z")";
  start();
  CAF_CHECK_EQUAL(provider_changes, (strings{"oai", "oai"}));
  kill(sut);
  reader.registry.clear();
  start();
  CAF_CHECK_EQUAL(provider_changes, (strings{"oai", "oai", "oai"}));
  CAF_CHECK_EQUAL(settings.providers.size(), 2U);
}

CAF_TEST_FIXTURE_SCOPE_END()
