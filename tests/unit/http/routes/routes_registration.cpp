#define CAF_SUITE routes_registration

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_registration_tests {

using namespace closedpaw;
using namespace closedpaw::http;

struct fixture : test::api_fixture {
  std::string verdict(std::string target, std::string body = {}) {
    const auto r = post(target, std::move(body));
    if (r.status == 422)
      return test::places_of(r);
    return std::to_string(r.status) + " " +
           test::body_of(r)["detail"].get<std::string>();
  }
};

}  // namespace routes_registration_tests

CAF_TEST_FIXTURE_SCOPE(routes_registration_tests, fixture)

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
  // What a body lacks or has is told as the body's.
  CAF_CHECK_EQUAL(verdict(path, R"({"name": "x"})"), "body.provider_type");
  CAF_CHECK_EQUAL(
      verdict(path + "?provider_type=custom",
              R"({"name": "A", "api_key": "s k", "base_url": "notaurl"})"),
      "body.name body.api_key body.base_url");
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
