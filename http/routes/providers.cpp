#include "http/routes/views/providers.hpp"
#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/query.hpp"
#include "http/routes/validation/registration.hpp"

namespace closedpaw::http {

namespace {

response no_such_provider() {
  return refuse(errc::not_found, "Provider not found");
}

rendering providers_view(const live_state& live, timestamp now) {
  return {json_reply(providers_json(live, now)),
          first_expiry(judge_all(live, now))};
}

rendering all_models_view(const live_state& live, timestamp) {
  return {json_reply(provider_models_json(live)), {}};
}

outcome health(const request& r, const path_params&, const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  const auto detail = query.flag("detail");
  if (!errors.empty())
    return errors.to_response();
  return json_reply(health_json(live, live.now(), detail.value_or(false)));
}

outcome one_provider(const request&, const path_params& params,
                     const live_state& live) {
  if (auto models = one_providers_models(live, param(params, "name")))
    return json_reply(*models);
  return no_such_provider();
}

outcome make_default(const request&, const path_params& params,
                     const live_state& live) {
  const auto name = param(params, "name");
  if (!has_provider(live, name))
    return no_such_provider();
  return command{set_default_provider{std::string{name}}};
}

route register_route() {
  return {method::post, "/api/providers/register", access::admin,
          checking(check_registration), [] {
            return operation{"registerProvider", "providers", "Add a provider"}
                .describe(
                    "As a query, like the original's, or as a JSON body with "
                    "the same members. It survives a restart; the key is kept "
                    "encrypted and never shown. A provider of that name that "
                    "was registered before is replaced: without a new key it "
                    "keeps the old one only at the same address. One that the "
                    "configuration file has is given its key this way.")
                .query("provider_type", string_schema(),
                       "ollama, openai, anthropic, google, mistral or custom")
                .query("name", string_schema(), "How it is called here")
                .query("api_key", string_schema(),
                       "Better in a body: queries end up in histories")
                .query("base_url", string_schema(), "Else the vendor's own")
                .query("default_model", string_schema(), "Its default model")
                .returns(200, "Registered", free_object())
                .fails(400, "No such type, or an address that does not fit")
                .fails(409, "The configuration file has another of that name")
                .take();
          }};
}

route remove_route() {
  return {method::del, "/api/providers/{name}", access::admin,
          [](const request&, const path_params& params, const live_state&) {
            return outcome{
                command{remove_provider{std::string{param(params, "name")}}}};
          },
          [] {
            return operation{
                "removeProvider", "providers",
                "Forget a provider that was registered, and its key"}
                .returns(200, "Forgotten", free_object())
                .fails(404, "No such provider")
                .fails(409, "It is in the configuration file, or the default")
                .take();
          }};
}

route check_route() {
  return {method::post, "/api/providers/{name}/check", access::act,
          [](const request&, const path_params& params, const live_state&) {
            return outcome{
                command{check_provider{std::string{param(params, "name")}}}};
          },
          [] {
            return operation{"checkProvider", "providers",
                             "Exchange with the vendor now (lists its models)"}
                .returns(200, "It answered", free_object())
                .fails(404, "No such provider")
                .fails(424, "It has no key, or refused it")
                .fails(502, "It did not answer, or not as it should")
                .take();
          }};
}

route health_route() {
  return {method::get, "/api/providers/health", access::read, health, [] {
            return operation{"providersHealth", "providers",
                             "Whose last exchange succeeded, and not long ago"}
                .query("detail", boolean_schema(),
                       "With state, times and errors")
                .returns(200, "A boolean, or the detail, per provider",
                         free_object())
                .take();
          }};
}

}  // namespace

std::vector<route> providers_routes() {
  return {
      {method::get, "/api/providers", access::read, cached(providers_view),
       [] {
         return operation{"listProviders", "providers",
                          "The configured providers"}
             .returns(200, "The providers", ref("Providers"))
             .take();
       }},
      health_route(),
      {method::get, "/api/providers/models", access::read,
       cached(all_models_view),
       [] {
         return operation{"listAllModels", "providers",
                          "Models of every provider"}
             .returns(200, "Names per provider", free_object())
             .take();
       }},
      {method::get, "/api/providers/{name}/models", access::read, one_provider,
       [] {
         return operation{"providerModels", "providers",
                          "Models of one provider"}
             .returns(200, "Their names", ref("ProviderModels"))
             .take();
       }},
      {method::post, "/api/providers/{name}/default", access::admin,
       make_default,
       [] {
         return operation{"setDefaultProvider", "providers",
                          "Make it the default one"}
             .returns(200, "It is", free_object())
             .take();
       }},
      register_route(),
      remove_route(),
      check_route()};
}

}  // namespace closedpaw::http
