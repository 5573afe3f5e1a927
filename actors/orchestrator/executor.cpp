#include "actors/orchestrator/executor.hpp"

#include <algorithm>

#include "config/descriptor.hpp"
#include "config/runtime_settings.hpp"
#include "messages/model/json_writer.hpp"

namespace closedpaw::orchestrator {

namespace {

finished_now failed(errc code, std::string message) {
  return {failure{code, std::move(message), {}, {}}, {}};
}

std::optional<std::string> text_parameter(const json& parameters,
                                          const char* key) {
  auto it = parameters.find(key);
  if (it == parameters.end() || !it->is_string() ||
      it->get_ref<const std::string&>().empty())
    return std::nullopt;
  return it->get<std::string>();
}

std::string_view default_model(const config::settings& s,
                               const std::string& provider) {
  for (const auto& p : s.providers)
    if (p.name == provider)
      return p.default_model;
  return {};
}

execution chat(const action& x, const json& parameters,
               const execution_context& context) {
  const auto message = text_parameter(parameters, "message");
  if (!message)
    return failed(errc::bad_request, "parameters.message: a text is required");
  const auto provider = text_parameter(parameters, "provider")
                            .value_or(context.settings.default_provider);
  if (!context.provider(provider))
    return failed(errc::not_found, "Provider not found: " + provider);
  auto model =
      text_parameter(parameters, "model")
          .value_or(std::string{default_model(context.settings, provider)});
  if (model.empty())
    return failed(errc::bad_request,
                  "no model is named and provider " + provider +
                      " has no default model; name one or set "
                      "providers." +
                      provider + ".default_model");
  return ask_provider{provider,
                      {std::move(model), {{"user", *message}}, x.request_id}};
}

execution model_switch(const json& parameters,
                       const execution_context& context) {
  const auto model = text_parameter(parameters, "model");
  if (!model)
    return failed(errc::bad_request, "No model specified");
  const auto provider = text_parameter(parameters, "provider")
                            .value_or(context.settings.default_provider);
  const auto view = context.provider(provider);
  if (!view)
    return failed(errc::not_found, "Provider not found: " + provider);
  const bool known =
      std::any_of(view->models.begin(), view->models.end(),
                  [&](const model_info& m) { return m.name == *model; });
  if (!known && !view->models_at)
    return failed(errc::unreachable,
                  "Model " + *model + " not available: provider " + provider +
                      " has never listed its models" +
                      (view->last_error ? "; " + view->last_error->message
                                        : std::string{}));
  if (!known)
    return failed(errc::not_found, "Model " + *model + " not available");
  finished_now out{object_text([&](json_writer& w) {
                     w.text("status", "success");
                     w.text("model", *model);
                   }),
                   {}};
  if (default_model(context.settings, provider) != *model)
    out.changes.push_back(
        {"providers." + provider + ".default_model", json(*model)});
  return out;
}

config::runtime_context names_in(const execution_context& context) {
  config::runtime_context out;
  for (const auto& p : context.settings.providers)
    out.providers.push_back(p.name);
  return out;
}

execution config_change(const json& parameters,
                        const execution_context& context) {
  const auto key = text_parameter(parameters, "key");
  const auto value = parameters.find("value");
  if (!key || value == parameters.end()) {
    // Without a key the library's complaint lists what there is.
    auto complaint = config::validate_runtime_change(key.value_or(""), json(),
                                                     names_in(context));
    return failed(errc::bad_request,
                  "parameters.key and parameters.value are required; " +
                      (complaint ? std::string{} : complaint.error().message));
  }
  auto valid = config::validate_runtime_change(*key, *value, names_in(context));
  if (!valid)
    return {finished_now{valid.error(), {}}};
  finished_now out{
      json_text{json{{"status", "success"},
                     {"key", *key},
                     {"before", config::read_setting(context.settings, *key)},
                     {"after", *valid}}},
      {}};
  out.changes.push_back({*key, *valid});
  return out;
}

execution not_built(const action& x, std::string_view what) {
  return failed(errc::not_built,
                std::string{to_string(x.type)} +
                    " is not available yet: " + std::string{what});
}

execution skill_execution(const action& x, const json& parameters,
                          const execution_context& context) {
  const auto skill =
      x.skill_id ? x.skill_id : text_parameter(parameters, "skill_id");
  if (!skill)
    return failed(errc::bad_request, "no skill is named; set skill_id");
  const auto& known = context.skills;
  if (std::none_of(known.begin(), known.end(),
                   [&](const skill_view& s) { return s.id == *skill; }))
    return failed(errc::not_found, "Skill not found: " + *skill);
  return not_built(x, "skills run in sandboxes, which are not built");
}

}  // namespace

execution execute(const action& x, const json& parameters,
                  const execution_context& context) {
  switch (x.type) {
    case action_type::chat:
      return chat(x, parameters, context);
    case action_type::model_switch:
      return model_switch(parameters, context);
    case action_type::config_change:
      return config_change(parameters, context);
    case action_type::skill_execution:
      return skill_execution(x, parameters, context);
    case action_type::api_call:
      return not_built(x, "there is no allowlist of hosts");
    case action_type::file_operation:
      return not_built(x,
                       "files are changed in sandboxes, which are not built");
  }
  return failed(errc::internal, "unknown action type");
}

json_text chat_result(const chat_reply& reply) {
  return object_text([&](json_writer& w) {
    w.text("response", reply.text);
    w.text("model", reply.model);
    w.value("done", true);
  });
}

}  // namespace closedpaw::orchestrator
