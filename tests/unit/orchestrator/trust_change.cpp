#define CAF_SUITE trust_change

#include "actors/orchestrator/trust_change.hpp"

#include "tests/unit_test.hpp"

namespace trust_change_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator;

/// What comes back of it, as parameters again.
json there_and_back(const command& what) {
  const auto parameters = trust_parameters(what);
  CAF_REQUIRE(parameters.has_value());
  CAF_REQUIRE(parameters->has_value());
  CAF_CHECK(is_trust_change(**parameters));
  auto change = read_trust_change(**parameters);
  CAF_REQUIRE(change.has_value());
  const auto again = std::visit(
      [](auto& c) { return trust_parameters(command{std::move(c)}); }, *change);
  CAF_REQUIRE(again.has_value() && again->has_value());
  CAF_CHECK(**again == **parameters);
  return **parameters;
}

std::string complaint(const json& parameters) {
  const auto change = read_trust_change(parameters);
  CAF_REQUIRE(!change.has_value());
  CAF_CHECK(change.error().code == errc::bad_request);
  return change.error().message;
}

CAF_TEST(what_widens_trust_becomes_parameters_and_back) {
  CAF_CHECK_EQUAL(there_and_back(set_skill_enabled{"shell", true})["skill_id"],
                  "shell");
  CAF_CHECK_EQUAL(there_and_back(set_default_provider{"openai"})["name"],
                  "openai");
  const auto provider = there_and_back(
      register_provider{"mine", "custom", "http://h/v1", "m", {}});
  CAF_CHECK_EQUAL(provider["base_url"], "http://h/v1");
  CAF_CHECK_EQUAL(provider["default_model"], "m");
  register_channel channel{"tg", "telegram"};
  channel.enabled = false;
  channel.open = true;
  channel.allowed_users = {"1", "2"};
  const auto told = there_and_back(channel);
  CAF_CHECK_EQUAL(told["open"], true);
  CAF_CHECK_EQUAL(told["enabled"], false);
  CAF_CHECK_EQUAL(told["allowed_users"].size(), 2u);
  CAF_CHECK_EQUAL(there_and_back(bind_channel_user{"tg", "7", "ann", true,
                                                   true})["approves"],
                  true);
  CAF_CHECK_EQUAL(there_and_back(confirm_pairing{"code", false})["code"],
                  "code");
}

CAF_TEST(what_widens_nothing_goes_on) {
  for (const command& what :
       {command{set_skill_enabled{"shell", false}},
        command{bind_channel_user{"tg", "7", "", false}},
        command{remove_provider{"p"}}, command{remove_channel{"c"}},
        command{submit_action{}}, command{switch_channels{{}, false}}}) {
    const auto parameters = trust_parameters(what);
    CAF_REQUIRE(parameters.has_value());
    CAF_CHECK(!parameters->has_value());
  }
}

CAF_TEST(no_secret_waits_in_an_action) {
  const auto provider = trust_parameters(
      register_provider{"mine", "openai", {}, {}, secret_text{"sk-1"}});
  CAF_REQUIRE(!provider.has_value());
  CAF_CHECK(provider.error().code == errc::conflict);
  CAF_CHECK(contains(provider.error().message,
                     "closedpaw vault set providers/mine/api_key"));
  CAF_CHECK(!contains(provider.error().message, "sk-1"));
  register_channel channel{"tg", "telegram"};
  channel.secrets.emplace("token", secret_text{"1:a"});
  CAF_CHECK(contains(trust_parameters(channel).error().message,
                     "closedpaw vault set channels/tg/token"));
}

CAF_TEST(other_parameters_are_refused_by_name) {
  CAF_CHECK(contains(complaint({{"change", "nonsense"}}), "enable_skill"));
  CAF_CHECK(contains(complaint({{"change", 7}}), "parameters.change"));
  CAF_CHECK_EQUAL(complaint({{"change", "enable_skill"}}),
                  "parameters.skill_id is required");
  CAF_CHECK_EQUAL(complaint({{"change", "register_provider"},
                             {"name", "p"},
                             {"type", "openai"},
                             {"api_key", "k"}}),
                  "parameters.api_key is unknown here");
  CAF_CHECK_EQUAL(complaint({{"change", "register_channel"},
                             {"name", "c"},
                             {"type", "webui"},
                             {"open", "yes"}}),
                  "parameters.open must be true or false");
  CAF_CHECK_EQUAL(complaint({{"change", "register_channel"},
                             {"name", "c"},
                             {"type", "webui"},
                             {"allowed_users", json::array({1})}}),
                  "parameters.allowed_users must be a list of texts");
  CAF_CHECK(!is_trust_change({{"key", "log.level"}}));
}

}  // namespace trust_change_tests
