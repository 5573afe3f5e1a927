#include "http/routes/views/providers.hpp"

#include <algorithm>

#include "http/routes/url_text.hpp"

namespace closedpaw::http {

namespace {

json time_or_null(const std::optional<timestamp>& t) {
  return t ? json(to_iso8601(*t)) : json();
}

json text_or_null(const std::optional<std::string>& text) {
  return text ? json(*text) : json();
}

// What was set while running is the orchestrator's to know.
json default_model_of(const orchestrator_view& view, const provider_view& p) {
  const auto it = view.default_models.find(p.name);
  return it != view.default_models.end() ? json(it->second)
                                         : text_or_null(p.default_model);
}

json names_of(const shared_list<model_info>& models) {
  json names = json::array();
  for (const auto& model : models)
    names.push_back(model.name);
  return names;
}

json age_or_null(const std::optional<timestamp>& t, timestamp now) {
  return t ? json(std::chrono::floor<std::chrono::seconds>(now - *t).count())
           : json();
}

/// Those that are not closed.
json circuits_json(const provider_view& v, timestamp now) {
  auto out = json::array();
  for (const auto& x : v.circuits) {
    const auto* state = !x.open_until         ? "closed"
                        : now < *x.open_until ? "open"
                                              : "half_open";
    out.push_back({{"model", x.model},
                   {"state", state},
                   {"failures", x.failures},
                   {"open_until", time_or_null(x.open_until)}});
  }
  return out;
}

}  // namespace

std::string_view to_string(provider_state x) {
  switch (x) {
    case provider_state::never_connected:
      return "never_connected";
    case provider_state::healthy:
      return "healthy";
    case provider_state::degraded:
      return "degraded";
    case provider_state::failing:
      return "failing";
    case provider_state::open:
      return "open";
  }
  return "failing";
}

provider_verdict judge(const provider_view& view, bool owner_gone,
                       timestamp now) {
  if (!owner_gone)
    for (const auto& x : view.circuits)
      if (x.open_until && now < *x.open_until && x.model == view.default_model)
        return {provider_state::open, x.open_until};
  if (!view.last_success)
    return {provider_state::never_connected, {}};
  if (owner_gone)
    return {provider_state::failing, {}};
  const timestamp expiry = *view.last_success + view.freshness;
  const bool fresh = now < expiry;
  const bool succeeded =
      !view.last_failure || *view.last_success >= *view.last_failure;
  if (!fresh)
    return {succeeded ? provider_state::degraded : provider_state::failing, {}};
  return {succeeded ? provider_state::healthy : provider_state::degraded,
          expiry};
}

std::vector<judged_provider> judge_all(const live_state& live, timestamp now) {
  std::vector<judged_provider> all;
  const auto providers = live.providers.get();
  all.reserve(providers->size());
  for (const auto& published : *providers) {
    judged_provider p{published->get(), published->stale_since(), {}};
    p.verdict = judge(*p.view, p.stale_since.has_value(), now);
    all.push_back(std::move(p));
  }
  return all;
}

std::optional<timestamp> first_expiry(const std::vector<judged_provider>& all) {
  std::optional<timestamp> first;
  for (const auto& p : all)
    if (p.verdict.good_until && (!first || *p.verdict.good_until < *first))
      first = p.verdict.good_until;
  return first;
}

const judged_provider* find_ollama(const std::vector<judged_provider>& all) {
  const judged_provider* found = nullptr;
  for (const auto& p : all) {
    if (p.view->type != "ollama")
      continue;
    if (p.view->name == "ollama")
      return &p;
    if (!found)
      found = &p;
  }
  return found;
}

json health_detail(const judged_provider& p) {
  const auto& v = *p.view;
  json error;
  if (v.last_error)
    error = {{"code", to_string(v.last_error->code)},
             {"message", v.last_error->message}};
  return {{"type", v.type},
          {"enabled", v.enabled},
          {"state", to_string(p.verdict.state)},
          {"healthy", p.verdict.healthy()},
          {"last_success", time_or_null(v.last_success)},
          {"last_failure", time_or_null(v.last_failure)},
          {"last_error", error},
          {"down_since", time_or_null(p.stale_since)},
          {"latency_ms", v.last_latency_ms},
          {"latency_p50_ms", v.latency_p50_ms},
          {"latency_p95_ms", v.latency_p95_ms},
          {"in_flight", v.load->in_flight.load()},
          {"queued", v.load->queued.load()},
          {"next_probe", time_or_null(v.next_probe)},
          {"exchanges", v.exchanges},
          {"failures", v.failures},
          {"prompt_tokens", v.prompt_tokens},
          {"completion_tokens", v.completion_tokens},
          {"models", v.models.size()},
          {"models_at", time_or_null(v.models_at)}};
}

json providers_json(const live_state& live, timestamp now) {
  const auto view = live.orchestrator.get();
  json providers = json::object();
  for (const auto& p : judge_all(live, now)) {
    const auto& v = *p.view;
    providers[v.name] = {
        {"type", v.type},
        {"enabled", v.enabled},
        {"default_model", default_model_of(*view, v)},
        {"base_url",
         v.base_url.empty() ? json() : json(public_url(v.base_url))},
        {"state", to_string(p.verdict.state)}};
  }
  return {
      {"default_provider",
       view->default_provider.empty() ? json() : json(view->default_provider)},
      {"providers", std::move(providers)}};
}

json health_json(const live_state& live, timestamp now, bool detail) {
  json out = json::object();
  for (const auto& p : judge_all(live, now)) {
    auto& shown = out[p.view->name];
    shown = detail ? health_detail(p) : json(p.verdict.healthy());
    if (!detail)
      continue;
    shown["models_age_s"] = age_or_null(p.view->models_at, now);
    shown["circuits"] = circuits_json(*p.view, now);
  }
  return out;
}

json provider_models_json(const live_state& live) {
  json out = json::object();
  const auto providers = live.providers.get();
  for (const auto& published : *providers) {
    const auto view = published->get();
    out[view->name] = names_of(view->models);
  }
  return out;
}

std::optional<json> one_providers_models(const live_state& live,
                                         std::string_view name) {
  const auto providers = live.providers.get();
  for (const auto& published : *providers) {
    const auto view = published->get();
    if (view->name == name)
      return json{{"provider", view->name},
                  {"models", names_of(view->models)},
                  {"models_at", time_or_null(view->models_at)},
                  {"models_age_s", age_or_null(view->models_at, live.now())}};
  }
  return std::nullopt;
}

bool has_provider(const live_state& live, std::string_view name) {
  const auto providers = live.providers.get();
  return std::any_of(providers->begin(), providers->end(),
                     [name](const auto& p) { return p->get()->name == name; });
}

}  // namespace closedpaw::http
