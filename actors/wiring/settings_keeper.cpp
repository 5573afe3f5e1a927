#include "actors/wiring/settings_keeper.hpp"

#include "config/descriptor.hpp"
#include "config/registered_provider.hpp"
#include "config/runtime_settings.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

settings_keeper::settings_keeper(config::sources from,
                                 config::loaded_config loaded,
                                 published<json>& shown)
    : from_{std::move(from)}, shown_{shown} {
  take(std::move(loaded));
}

std::shared_ptr<const config::settings> settings_keeper::current() const {
  std::lock_guard guard{mutex_};
  return current_;
}

void settings_keeper::changed(const std::string& key, const json& value) {
  std::lock_guard guard{mutex_};
  apply(key, value);
}

void settings_keeper::stored(const std::string& key, const json& value) {
  std::lock_guard guard{mutex_};
  const auto known = from_.persisted.find(key);
  if (known == from_.persisted.end() || known->second != value)
    apply(key, value);
}

void settings_keeper::provider_changed(const std::string& name,
                                       const json& row) {
  std::lock_guard guard{mutex_};
  auto next = loaded_;
  std::erase_if(next.values.providers,
                [&](const auto& p) { return p.registered && p.name == name; });
  const auto prefix = "providers." + name + ".";
  std::erase_if(next.origins,
                [&](const auto& x) { return x.first.starts_with(prefix); });
  if (!from_.registered)
    from_.registered.emplace();
  from_.registered->erase(name);
  from_.persisted.erase(prefix + "default_model");
  if (auto made = config::registered_provider(name, row);
      row.is_object() && made) {
    (*from_.registered)[name] = row;
    for (const auto& d : config::provider_descriptors()) {
      auto& origin = next.origins[prefix + d.key];
      origin.value = d.read(*made);
      origin.from = config::origin::persisted;
      origin.source = "store";
    }
    next.values.providers.push_back(std::move(*made));
  }
  take(std::move(next));
}

void settings_keeper::apply(const std::string& key, const json& value) {
  auto changed = config::apply_runtime_change(loaded_.values, key, value);
  if (!changed)
    return;
  from_.persisted[key] = value;
  auto next = loaded_;
  next.values = std::move(*changed);
  auto& origin = next.origins[key];
  origin.value = value;
  origin.from = config::origin::persisted;
  origin.source = "store";
  origin.line = origin.column = 0;
  origin.reloadable = true;
  take(std::move(next));
}

result<std::vector<config::change>> settings_keeper::reload() {
  std::lock_guard guard{mutex_};
  auto next = config::load(from_);
  if (!next)
    return next.error();
  auto plan = config::plan_reload(loaded_, *next);
  if (plan)
    take(std::move(*next));
  return plan;
}

void settings_keeper::take(config::loaded_config next) {
  loaded_ = std::move(next);
  current_ = std::make_shared<const config::settings>(loaded_.values);
  log::configure(loaded_.values.log);
  shown_.publish(config::to_json(loaded_));
}

}  // namespace closedpaw::wiring
