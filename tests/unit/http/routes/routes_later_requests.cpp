#define CAF_SUITE routes_later_requests

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

using namespace closedpaw;
using namespace closedpaw::http;

namespace {

struct fixture : test::api_fixture {
  fixture() { live.channels.publish({{"webui", "webui", true, 0}}); }

  std::string verdict(std::string target, std::string body = {}) {
    const auto r = post(target, std::move(body));
    if (r.status == 422)
      return test::places_of(r);
    return std::to_string(r.status) + " " +
           test::body_of(r)["detail"].get<std::string>();
  }
  bool not_built(std::string target, std::string body = {}) {
    const auto r = post(target, std::move(body));
    return r.status == 501 &&
           test::body_of(r)["code"].get<std::string>() == "not_built" &&
           r.body->find("is not built yet") != std::string::npos;
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(routes_later_requests_tests, fixture)

CAF_TEST(registering_a_provider) {
  const std::string path = "/api/providers/register";
  auto c = command_of<register_provider>(
      method::post, path + "?provider_type=openai&name=oai&api_key=sk-1");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->type, "openai");
  CAF_CHECK_EQUAL(c->name, "oai");
  CAF_CHECK_EQUAL(c->api_key->reveal(), "sk-1");
  CAF_CHECK(!c->base_url);
  c = command_of<register_provider>(
      method::post, path + "?provider_type=zzz",
      R"({"provider_type": "custom", "name": "c", "api_key": null,
          "base_url": "http://h:1/v1", "default_model": "m"})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->type, "custom");
  CAF_CHECK_EQUAL(*c->base_url, "http://h:1/v1");
  CAF_CHECK_EQUAL(*c->default_model, "m");
  CAF_CHECK(!c->api_key);
  for (const auto* key : {"sk%0A", "s%20k", "%E2%82%AC"})
    CAF_CHECK_EQUAL(
        verdict(path + "?provider_type=ollama&name=b&api_key=" + key),
        "query.api_key");
  for (const auto* name : {"a%2Fb", "A", "default", "-x"})
    CAF_CHECK_EQUAL(verdict(path + "?provider_type=ollama&name=" + name),
                    "query.name");
  CAF_CHECK_EQUAL(verdict(path), "query.provider_type query.name");
  CAF_CHECK_EQUAL(verdict(path + "?provider_type=openai"), "query.name");
  CAF_CHECK_EQUAL(verdict(path + "?provider_type=zzz&name=x"),
                  "400 Invalid provider type: zzz");
  CAF_CHECK_EQUAL(verdict(path + "?provider_type=openai&name="), "query.name");
  CAF_CHECK_EQUAL(
      verdict(path + "?provider_type=ollama&name=b&base_url=notaurl"),
      "query.base_url");
}

CAF_TEST(registering_a_channel) {
  const std::string path = "/api/channels/register";
  const std::string good = path + "?channel_type=cli&name=c";
  CAF_CHECK(not_built(good));
  CAF_CHECK(not_built(good + "&enabled=on", R"(["u1", 2])"));
  CAF_CHECK(not_built(good, "null"));
  CAF_CHECK_EQUAL(verdict(path, R"({"a":1})"),
                  "query.channel_type query.name body");
  CAF_CHECK_EQUAL(verdict(good, "[null, {}]"), "body.0 body.1");
  CAF_CHECK_EQUAL(verdict(good + "&enabled=perhaps"), "query.enabled");
  CAF_CHECK_EQUAL(verdict(path + "?channel_type=zzz&name=x"),
                  "400 Invalid channel type: zzz");
  CAF_CHECK_EQUAL(verdict(path + "?channel_type=cli&name="), "query.name");
  // Broken JSON is told alone.
  CAF_CHECK_EQUAL(verdict(path, "["), "body.1");
}

CAF_TEST(binding_and_sending) {
  CAF_CHECK(not_built("/api/channels/webui/bind-user?user_id=u9"));
  CAF_CHECK_EQUAL(verdict("/api/channels/webui/bind-user"), "query.user_id");
  CAF_CHECK_EQUAL(verdict("/api/channels/nope/bind-user?user_id=u9"),
                  "404 Channel not found");
  CAF_CHECK(not_built("/api/channels/webui/send", R"({"x": 1})"));
  CAF_CHECK_EQUAL(verdict("/api/channels/webui/send"), "body");
  CAF_CHECK_EQUAL(verdict("/api/channels/nope/send", "{}"),
                  "404 Channel not found");
}

CAF_TEST(starting_and_stopping_channels) {
  CAF_CHECK(not_built("/api/channels/start"));
  CAF_CHECK(not_built("/api/channels/stop"));
}

CAF_TEST(chat_with_a_named_provider) {
  const auto c = command_of<run_chat>(
      method::post, "/api/chat/multi?message=hi&provider=ollama&model=");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->messages.at(0).content, "hi");
  CAF_CHECK_EQUAL(*c->provider, "ollama");
  CAF_CHECK(!c->model);
  CAF_CHECK(c->form == chat_form::multi);
  CAF_CHECK_EQUAL(verdict("/api/chat/multi"), "query.message");
}

CAF_TEST_FIXTURE_SCOPE_END()
