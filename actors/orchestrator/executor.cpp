#include "actors/orchestrator/executor.hpp"

#include <algorithm>
#include <type_traits>

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

/// "provider/model" names both where a provider has that name; models may have
/// slashes of their own.
candidate split_model(const std::string& text,
                      const execution_context& context) {
  const auto slash = text.find('/');
  if (slash != std::string::npos && slash > 0) {
    auto provider = text.substr(0, slash);
    if (context.provider(provider))
      return {std::move(provider), text.substr(slash + 1)};
  }
  return {{}, text};
}

/// What is said, and may be called; one message alone is the original's way.
std::optional<misreading> read_chat(const json& parameters, chat_request& out) {
  auto message = text_parameter(parameters, "message");
  const auto list = parameters.find("messages");
  if (!message && list == parameters.end())
    return misreading{"message",
                      "a text is required (or parameters.messages: a list of "
                      "{role, content})"};
  if (message)
    out.messages.push_back({"user", std::move(*message)});
  else if (auto wrong = read_messages(parameters, out.messages))
    return wrong;
  return read_tool_use(parameters, out.tools);
}

template <class T>
void read_option(const json& from, const char* name, std::optional<T>& to) {
  const auto it = from.find(name);
  const bool fits =
      it != from.end() &&
      (std::is_floating_point_v<T> ? it->is_number() : it->is_number_integer());
  if (fits)
    to = it->template get<T>();
}

std::optional<misreading> read_options(const json& parameters,
                                       chat_options& out) {
  const auto it = parameters.find("options");
  if (it == parameters.end() || !it->is_object())
    return std::nullopt;
  read_option(*it, "temperature", out.temperature);
  read_option(*it, "top_p", out.top_p);
  read_option(*it, "presence_penalty", out.presence_penalty);
  read_option(*it, "frequency_penalty", out.frequency_penalty);
  read_option(*it, "max_tokens", out.max_tokens);
  read_option(*it, "seed", out.seed);
  const auto stop = it->find("stop");
  if (stop != it->end() && stop->is_array())
    for (const auto& x : *stop)
      if (x.is_string())
        out.stop.push_back(x.get<std::string>());
  return read_response_format(*it, out.response_format);
}

/// Those who answer in the stead of a default provider that cannot.
void add_fallbacks(std::vector<candidate>& to,
                   const execution_context& context) {
  for (const auto& text : context.settings.chat.fallbacks) {
    auto next = split_model(text, context);
    if (next.provider.empty())
      std::swap(next.provider, next.model);
    if (next.model.empty())
      next.model = default_model(context.settings, next.provider);
    const bool known = context.provider(next.provider) && !next.model.empty();
    const bool twice = std::ranges::any_of(to, [&](const candidate& c) {
      return c.provider == next.provider && c.model == next.model;
    });
    if (known && !twice)
      to.push_back(std::move(next));
  }
}

// A provider that was named is the one that gets to read it, or none does: a
// chat for the local model never goes elsewhere unasked.
execution chat(const action& x, const json& parameters,
               const execution_context& context) {
  ask_provider out;
  auto wrong = read_chat(parameters, out.request);
  if (!wrong)
    wrong = read_options(parameters, out.request.options);
  if (wrong)
    return failed(errc::bad_request,
                  "parameters." + wrong->place + ": " + wrong->what);
  candidate first{text_parameter(parameters, "provider").value_or(""),
                  text_parameter(parameters, "model").value_or("")};
  if (first.provider.empty() && !first.model.empty())
    first = split_model(first.model, context);
  const bool named = !first.provider.empty();
  if (!named)
    first.provider = context.settings.default_provider;
  if (!context.provider(first.provider))
    return failed(errc::not_found, "Provider not found: " + first.provider);
  if (first.model.empty())
    first.model = default_model(context.settings, first.provider);
  if (first.model.empty())
    return failed(errc::bad_request,
                  "no model is named and provider " + first.provider +
                      " has no default model; name one or set "
                      "providers." +
                      first.provider + ".default_model");
  out.request.request_id = x.request_id;
  out.request.action_id = x.id;
  out.candidates.push_back(std::move(first));
  if (!named)
    add_fallbacks(out.candidates, context);
  return out;
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
  if (is_trust_change(parameters)) {
    auto change = read_trust_change(parameters);
    if (!change)
      return finished_now{change.error(), {}};
    return apply_change{std::move(*change)};
  }
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

execution call_outside(const action& x, const json& parameters) {
  auto call = read_api_call(parameters);
  if (!call)
    return finished_now{call.error(), {}};
  call->action_id = x.id;
  return ask_outside{std::move(*call)};
}

/// What is left of the parameters belongs to the operation.
execution ask_skill(const action& x, const std::string& id, json parameters,
                    const execution_context& context) {
  const auto it = std::ranges::find(context.skills, id, &skill_view::id);
  if (it == context.skills.end())
    return failed(errc::not_found, "Skill not found: " + id);
  ask_agents out;
  out.what.action_id = x.id;
  out.what.skill_id = id;
  out.what.digest = it->digest;
  out.what.request_id = x.request_id;
  out.what.operation = text_parameter(parameters, "operation").value_or("");
  parameters.erase("operation");
  parameters.erase("skill_id");
  if (parameters.size() == 1 && parameters.contains("parameters") &&
      parameters["parameters"].is_object())
    parameters = json(parameters["parameters"]);
  out.what.parameters = json_text{parameters};
  return out;
}

execution skill_execution(const action& x, const json& parameters,
                          const execution_context& context) {
  const auto named = text_parameter(parameters, "skill_id");
  const auto skill = x.skill_id ? x.skill_id : named;
  if (!skill)
    return failed(errc::bad_request, "no skill is named; set skill_id");
  if (named && *named != *skill)
    return failed(errc::bad_request, "two skills are named: " + *skill +
                                         " as skill_id and " + *named +
                                         " in the parameters");
  return ask_skill(x, *skill, parameters, context);
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
      return call_outside(x, parameters);
    case action_type::file_operation:
      return ask_skill(x, "filesystem", parameters, context);
  }
  return failed(errc::internal, "unknown action type");
}

namespace {

template <class T>
void write_option(json& to, const char* name, const std::optional<T>& from) {
  if (from)
    to[name] = *from;
}

}  // namespace

json chat_parameters(const run_chat& asked) {
  auto out = json::object();
  if (asked.form != chat_form::openai && asked.messages.size() == 1)
    out["message"] = asked.messages.front().content;
  else
    for (const auto& x : asked.messages)
      out["messages"].push_back(to_json(x));
  write_tool_use(out, asked.tools);
  if (asked.model)
    out["model"] = *asked.model;
  if (asked.provider)
    out["provider"] = *asked.provider;
  if (asked.form == chat_form::native)
    out["use_cloud"] = asked.use_cloud;
  auto options = json::object();
  const auto& o = asked.options;
  write_option(options, "temperature", o.temperature);
  write_option(options, "top_p", o.top_p);
  write_option(options, "presence_penalty", o.presence_penalty);
  write_option(options, "frequency_penalty", o.frequency_penalty);
  write_option(options, "max_tokens", o.max_tokens);
  write_option(options, "seed", o.seed);
  if (!o.stop.empty())
    options["stop"] = o.stop;
  if (o.response_format != json_text{})
    options["response_format"] = o.response_format.value();
  if (!options.empty())
    out["options"] = std::move(options);
  return out;
}

json_text chat_result(const chat_reply& reply, std::size_t attempts) {
  return object_text([&](json_writer& w) {
    w.text("response", reply.text);
    w.text("model", reply.model);
    w.value("done", true);
    w.text("provider", reply.provider);
    w.text("finish_reason", reply.finish_reason);
    w.value("prompt_tokens", reply.prompt_tokens);
    w.value("completion_tokens", reply.completion_tokens);
    w.value("latency_ms", reply.latency_ms);
    w.value("attempts", attempts);
    if (!reply.tool_calls.empty())
      w.value("tool_calls", json_text{to_json(reply.tool_calls)});
    if (reply.refused)
      w.value("refused", true);
  });
}

bool is_unsuited(const failure& why) {
  return why.extra.is_object() && why.extra.value("unsuited", false);
}

bool may_fall_back(const failure& why) {
  if (is_unsuited(why))
    return true;
  if (why.extra.is_object() && why.extra.value("partial", false))
    return false;
  switch (why.code) {
    case errc::unreachable:
    case errc::timeout:
    case errc::upstream_failed:
    case errc::upstream_malformed:
    case errc::upstream_refused:
    case errc::too_many_requests:
    case errc::unavailable:
    case errc::vault_locked:
    case errc::overloaded:
    // Its provider was replaced: a chat may be asked twice.
    case errc::outcome_unknown:
      return true;
    default:
      return false;
  }
}

void note_attempts(std::vector<chat_attempt>& to, const candidate& asked,
                   const failure& why) {
  if (!why.extra.is_object() || !why.extra.contains("attempts")) {
    to.push_back({asked.provider, asked.model, std::string{to_string(why.code)},
                  why.message});
    return;
  }
  for (const auto& x : why.extra["attempts"])
    to.push_back({x.value("provider", ""), x.value("model", ""),
                  x.value("code", ""), x.value("error", ""),
                  x.value("latency_ms", 0U)});
}

}  // namespace closedpaw::orchestrator
