#define CAF_SUITE provider_models

#include "tests/actor/providers/provider_fixture.hpp"

namespace provider_models_tests {

using namespace closedpaw;
using namespace closedpaw::providers;
using namespace closedpaw::providers::test;

constexpr auto details =
    R"({"model_info":{"general.architecture":"llama","llama.context_length":8},)"
    R"("capabilities":["tools"]})";

struct describing : provider_fixture {
  describing() {
    args.limits.probe_interval = std::chrono::seconds{10};
    args.vendor = codec::find_vendor("ollama").value();
    start();
  }
  /// A probe finds these, each last modified then.
  void list(const std::vector<std::pair<std::string, std::string>>& models) {
    auto body = json::object({{"models", json::array()}});
    for (const auto& [name, at] : models)
      body["models"].push_back({{"name", name}, {"modified_at", at}});
    advance(std::chrono::seconds{10});
    CAF_REQUIRE_EQUAL(open(), 1U);
    CAF_REQUIRE(asked().url.ends_with("/api/tags"));
    answer(200, dump(body));
  }
  std::string asked_about() {
    if (open() != 1 || !asked().url.ends_with("/api/show"))
      return "nothing";
    return json::parse(asked().body)["model"].get<std::string>();
  }
};

}  // namespace provider_models_tests

CAF_TEST_FIXTURE_SCOPE(provider_models_tests, describing)

CAF_TEST(each_model_is_described_once) {
  list({{"a", "1"}, {"b", "1"}});
  CAF_CHECK_EQUAL(asked_about(), "a");
  answer(200, details);
  CAF_CHECK_EQUAL(asked_about(), "b");
  answer(200, details);
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK(seen().models[1].details == (model_details{8, {"tools"}}));
  list({{"b", "1"}, {"a", "1"}});
  CAF_CHECK_EQUAL(open(), 0U);
  CAF_CHECK(seen().models[1].details == (model_details{8, {"tools"}}));
}

CAF_TEST(a_model_that_changed_is_described_again) {
  list({{"a", "1"}});
  answer(200, details);
  list({{"a", "2"}});
  CAF_CHECK(!seen().models[0].details);
  CAF_CHECK_EQUAL(asked_about(), "a");
}

CAF_TEST(one_that_is_gone_meanwhile_does_not_keep_the_others) {
  list({{"a", "1"}, {"b", "1"}});
  answer(404, R"({"error":"model 'a' not found"})");
  CAF_CHECK_EQUAL(asked_about(), "b");
  answer(200, details);
  CAF_CHECK(!seen().models[0].details);
  CAF_CHECK(seen().models[1].details.has_value());
  CAF_CHECK(!seen().last_error);
}

CAF_TEST(a_server_that_went_away_is_asked_again_after_the_next_listing) {
  list({{"a", "1"}, {"b", "1"}});
  refuse({errc::unreachable, "gone", {}, {}});
  CAF_CHECK_EQUAL(open(), 0U);
  list({{"a", "1"}, {"b", "1"}});
  CAF_CHECK_EQUAL(asked_about(), "a");
}

CAF_TEST(a_list_that_is_too_long_is_none) {
  list({{"a", "1"}});
  answer(200, details);
  std::vector<std::pair<std::string, std::string>> models;
  for (int i = 0; i <= 10'000; ++i)
    models.emplace_back(std::to_string(i), "1");
  list(models);
  CAF_REQUIRE_EQUAL(seen().models.size(), 1U);
  CAF_CHECK_EQUAL(seen().models[0].name, "a");
  CAF_REQUIRE(seen().last_error);
  CAF_CHECK(contains(seen().last_error->message, "10001 models"));
}

CAF_TEST_FIXTURE_SCOPE_END()
