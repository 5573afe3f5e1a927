#include "http/routes/cached_reply.hpp"
#include "http/routes/handlers.hpp"
#include "http/routes/openai_wire.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

namespace {

json model_json(const std::string& id, const std::string& owner,
                const std::optional<timestamp>& listed) {
  const auto created =
      listed
          ? std::chrono::floor<std::chrono::seconds>(listed->time_since_epoch())
                .count()
          : 0;
  return {{"id", id},
          {"object", "model"},
          {"created", created},
          {"owned_by", owner}};
}

/// "provider/model" of every provider, and the bare names of the default one.
json all_models(const live_state& live) {
  const auto default_provider = live.orchestrator.get()->default_provider;
  auto qualified = json::array();
  auto bare = json::array();
  const auto providers = live.providers.get();
  for (const auto& published : *providers) {
    const auto view = published->get();
    for (const auto& m : view->models) {
      qualified.push_back(
          model_json(view->name + '/' + m.name, view->name, view->models_at));
      if (view->name == default_provider)
        bare.push_back(model_json(m.name, view->name, view->models_at));
    }
  }
  bare.insert(bare.end(), qualified.begin(), qualified.end());
  return bare;
}

rendering openai_models(const live_state& live, timestamp) {
  return {json_reply({{"object", "list"}, {"data", all_models(live)}}), {}};
}

outcome one_openai_model(const request&, const path_params& params,
                         const live_state& live) {
  const auto id = param(params, "id");
  for (const auto& model : all_models(live))
    if (model["id"] == id)
      return json_reply(model);
  return openai_error({errc::not_found,
                       "The model '" + std::string{id} +
                           "' does not exist; GET /v1/models lists them",
                       {},
                       {}});
}

}  // namespace

std::vector<route> openai_routes() {
  return {
      {method::post, "/v1/chat/completions", access::act,
       checking(check_completion),
       [] {
         return operation{"createChatCompletion", "openai",
                          "OpenAI's chat completions, over every provider"}
             .describe(
                 "model is provider/model, or a model of the default "
                 "provider. With stream: true server-sent events. tools are "
                 "called by whoever asks, never by the daemon; what is not "
                 "supported (several choices, sound, files, or what the "
                 "provider "
                 "has no words for) is refused. Audit, limits and fallbacks "
                 "hold as for any other chat.")
             .body(free_object())
             .returns(200, "A chat.completion", free_object())
             .fails(400, "What is wrong with it, or not supported")
             .fails(404, "No such provider or model")
             .take();
       }},
      {method::get, "/v1/models", access::read, cached(openai_models),
       [] {
         return operation{"listOpenAiModels", "openai",
                          "Every model, as OpenAI lists"}
             .returns(200, "The models", free_object())
             .take();
       }},
      {method::get, "/v1/models/{id...}", access::read, one_openai_model, [] {
         return operation{"getOpenAiModel", "openai",
                          "One model, as OpenAI shows it"}
             .returns(200, "The model", free_object())
             .take();
       }}};
}

}  // namespace closedpaw::http
