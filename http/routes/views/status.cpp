#include "http/routes/views/status.hpp"

#include "http/routes/replies.hpp"
#include "http/routes/views/channels.hpp"
#include "http/routes/views/providers.hpp"

namespace closedpaw::http {

namespace {

void add_if_gone(std::vector<std::string>& causes, std::string_view owner,
                 const std::optional<timestamp>& since, std::string_view what) {
  if (since)
    causes.push_back(std::string{owner} + " is down since " +
                     to_iso8601(*since) + ": " + std::string{what} +
                     " may be out of date");
}

std::string_view durability_note(std::string_view durability) {
  if (durability == "async")
    return "acknowledged before it is on the disk: a power failure or a crash "
           "of the operating system can lose what was acknowledged last; a "
           "crash of the daemon cannot";
  return "nothing is acknowledged before it is on the disk";
}

json shipper_states(const live_state& live) {
  json out = json::object();
  for (const auto& place : live.shippers) {
    const auto x = place->get();
    const bool fails = !x->trouble.empty() || !x->metrics_trouble.empty() ||
                       place->stale_since();
    out[x->name] = {{"state", fails ? "failing" : "shipping"}};
  }
  return out;
}

json model_entry(const provider_view& provider, const model_info& model,
                 bool available) {
  const auto size = std::to_string(model.size);
  json out{{"name", model.name},
           {"description", "Size: " + size},
           {"size", size},
           {"parameters",
            model.parameter_size.empty() ? "unknown" : model.parameter_size},
           {"size_bytes", model.size},
           {"family", model.family},
           {"modified_at", model.modified_at},
           {"provider", provider.name},
           {"available", available}};
  if (const auto& details = model.details) {
    out["context_length"] = details->context_length;
    out["capabilities"] = details->capabilities;
  }
  return out;
}

}  // namespace

std::vector<std::string> degraded_causes(const live_state& live) {
  auto causes = live.health.get()->degraded_because;
  if (const auto storage = live.storage.get(); storage->refusing)
    causes.push_back("the audit log refuses to record: " +
                     storage->refusing->message);
  add_if_gone(causes, "the orchestrator", live.orchestrator.stale_since(),
              "the list of pending actions");
  add_if_gone(causes, "health monitoring", live.health.stale_since(),
              "this list");
  add_if_gone(causes, "the audit logger", live.storage.stale_since(),
              "the state of the store");
  add_if_gone(causes, "the owner of the channels", live.channels.stale_since(),
              "the list of channels");
  const auto providers = live.providers.get();
  for (const auto& provider : *providers)
    add_if_gone(causes, "provider " + provider->get()->name,
                provider->stale_since(), "its list of models");
  return causes;
}

rendering status_view(const live_state& live, timestamp now,
                      std::string_view version) {
  const auto providers = judge_all(live, now);
  const auto* ollama = find_ollama(providers);
  const bool connected = ollama && ollama->verdict.healthy();
  json models = json::array();
  if (connected)
    for (const auto& model : ollama->view->models)
      models.push_back(model.name);
  json health = json::object();
  for (const auto& p : providers)
    health[p.view->name] = health_detail(p);
  const auto orchestrator = live.orchestrator.get();
  auto [channels, good_until] = channel_states(live, now);
  if (const auto first = first_expiry(providers);
      first && (!good_until || *first < *good_until))
    good_until = first;
  const json body = {{"status", "running"},
                     {"ollama_connected", connected},
                     {"available_models", std::move(models)},
                     {"pending_actions", orchestrator->pending.size()},
                     {"executing_actions", orchestrator->executing},
                     {"providers", std::move(health)},
                     {"channels", std::move(channels)},
                     {"durability", live.durability},
                     {"durability_note", durability_note(live.durability)},
                     {"mode", to_string(live.mode.get()->mode)},
                     {"shippers", shipper_states(live)},
                     {"degraded_because", degraded_causes(live)},
                     {"notices", live.notices},
                     {"version", version},
                     {"started_at", to_iso8601(live.started_at)}};
  return {json_reply(body), good_until};
}

rendering models_view(const live_state& live, timestamp now) {
  const auto providers = judge_all(live, now);
  json list = json::array();
  for (const auto& p : providers)
    if (p.view->type == "ollama")
      for (const auto& model : p.view->models)
        list.push_back(model_entry(*p.view, model, p.verdict.healthy()));
  return {json_reply(list), first_expiry(providers)};
}

std::optional<json> model_json(const live_state& live, std::string_view name) {
  for (const auto& p : judge_all(live, live.now()))
    if (p.view->type == "ollama")
      for (const auto& model : p.view->models)
        if (model.name == name)
          return model_entry(*p.view, model, p.verdict.healthy());
  return std::nullopt;
}

json skills_json(const live_state& live) {
  const auto view = live.orchestrator.get();
  json list = json::array();
  for (const auto& skill : view->skills)
    list.push_back(
        {{"id", skill.id}, {"name", skill.name}, {"enabled", skill.enabled}});
  return list;
}

json one_skill(const live_state& live, std::string_view id) {
  const auto view = live.orchestrator.get();
  for (const auto& skill : view->skills) {
    if (skill.id != id)
      continue;
    json out{
        {"id", skill.id}, {"name", skill.name}, {"enabled", skill.enabled}};
    out["program"] = skill.program != nullptr;
    if (skill.program) {
      out.update(to_json(*skill.program));
      out["pinned_digest"] = skill.digest;
    }
    return out;
  }
  return nullptr;
}

}  // namespace closedpaw::http
