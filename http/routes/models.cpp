#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/action_requests.hpp"
#include "http/routes/views/status.hpp"

namespace closedpaw::http {

namespace {

outcome one_model(const request&, const path_params& params,
                  const live_state& live) {
  if (auto model = model_json(live, param(params, "name")))
    return json_reply(*model);
  return refuse(errc::not_found, "Model not found: GET /api/models lists them");
}

route switch_route() {
  return {method::post, "/api/models/switch", access::act,
          checking(check_switch), [] {
            return operation{"switchModel", "models",
                             "Make a model the default one"}
                .query("model", string_schema(), "Its name", true)
                .returns(200, "Switched", free_object())
                .returns(202, "Not ended yet", free_object())
                .fails(400, "No such model")
                .take();
          }};
}

}  // namespace

std::vector<route> models_routes() {
  return {{method::get, "/api/models", access::read, cached(models_view),
           [] {
             return operation{"listModels", "models",
                              "Models of the local provider, as last seen"}
                 .returns(200, "The models", array_of(ref("Model")))
                 .take();
           }},
          {method::get, "/api/models/{name}", access::read, one_model,
           [] {
             return operation{"getModel", "models", "One model"}
                 .returns(200, "The model", ref("Model"))
                 .take();
           }},
          switch_route()};
}

}  // namespace closedpaw::http
