#include <algorithm>

#include "actors/orchestrator/orchestrator_state.hpp"
#include "config/registered_provider.hpp"

namespace closedpaw::orchestrator {

namespace {

using config::provider_settings;

std::string row_key(const std::string& name) {
  return std::string{providers_prefix} + name;
}

std::string secret_name(const std::string& name) {
  return row_key(name) + "/api_key";
}

std::string secret_key(const std::string& name) {
  return std::string{vault_prefix} + secret_name(name);
}

std::string model_setting(const std::string& name) {
  return "providers." + name + ".default_model";
}

const provider_settings* find_provider(const config::settings& s,
                                       const std::string& name) {
  const auto it =
      std::ranges::find(s.providers, name, &provider_settings::name);
  return it == s.providers.end() ? nullptr : &*it;
}

json stored_form(const register_provider& c) {
  json row{{"type", c.type}};
  if (c.base_url && !c.base_url->empty())
    row["base_url"] = *c.base_url;
  if (c.default_model && !c.default_model->empty())
    row["default_model"] = *c.default_model;
  return row;
}

json shown(const provider_settings* p) {
  if (!p)
    return {};
  return {{"type", p->type},
          {"base_url", p->base_url},
          {"default_model", p->default_model}};
}

/// An answer does not wait longer for a provider to begin.
constexpr std::chrono::seconds longest_start{5};
/// As long as the vault waits for its own.
constexpr std::chrono::seconds longest_recording{60};
constexpr std::chrono::milliseconds look_again{5};

failure in_the_file(const std::string& name) {
  return {errc::conflict,
          "provider " + name +
              " is in the configuration file; change it there and restart "
              "(only its api_key is stored by a registration, one of the same "
              "type)",
          {},
          {}};
}

/// One that the file has is only given its key.
bool gives_a_key(const register_provider& c, const provider_settings& known) {
  const auto same = [](const std::optional<std::string>& asked,
                       const std::string& has) {
    return !asked || asked->empty() || *asked == has;
  };
  return c.api_key && !c.api_key->empty() && c.type == known.type &&
         same(c.base_url, known.base_url) &&
         same(c.default_model, known.default_model);
}

}  // namespace

caf::result<std::string> orchestrator_state::on_register(
    const closedpaw::ask<register_provider>& q) {
  if (auto no = not_ready())
    return to_error(*no);
  const auto& c = q.command;
  const auto* known = find_provider(*settings_, c.name);
  const bool in_file = known && !known->registered;
  if (in_file && !gives_a_key(c, *known))
    return to_error(in_the_file(c.name));
  const auto fits = in_file
                        ? result<provider_settings>{*known}
                        : config::registered_provider(c.name, stored_form(c));
  if (!fits)
    return to_error(fits.error());
  auto promise = self_->make_response_promise<std::string>();
  if (!c.api_key || c.api_key->empty()) {
    record_provider(q, {}, promise);
    return promise;
  }
  const auto done = [=, this](const std::string& sealed) mutable {
    if (in_file)
      promise.deliver(q.command.name);
    else
      record_provider(q, sealed, promise);
  };
  const on_refused refused = [=](failure why) mutable {
    promise.deliver(to_error(std::move(why)));
  };
  // A key alone is the vault's to record.
  if (in_file)
    ask_the_vault(
        ask_vault{{{vault_operation::set, secret_name(c.name), *c.api_key},
                   q.context}},
        longest_recording, done, refused);
  else
    ask_the_vault(
        seal_payload{seal_secret{secret_name(c.name),
                                 config::key_audience(*fits), *c.api_key}},
        look_up_timeout, done, refused);
  return promise;
}

// What redirects data is audited before and after; a key that was meant for
// another address does not follow to the new one.
void orchestrator_state::record_provider(
    const closedpaw::ask<register_provider>& q, const std::string& sealed,
    text_promise promise) {
  const on_refused refused = [=, this](const failure& why) mutable {
    promise.deliver(to_error(refusal(why, {})));
  };
  when_settings_rest(
      [=, this] {
        const auto& who = q.command.name;
        const auto row = stored_form(q.command);
        const auto next = config::registered_provider(who, row);
        const auto* before = find_provider(*settings_, who);
        const bool moved = before && (before->base_url != next->base_url ||
                                      before->type != next->type);
        auto after = shown(&*next);
        after["secrets"] = !sealed.empty() ? "set"
                           : moved         ? "discarded"
                           : before        ? "unchanged"
                                           : "none";
        auto unit = std::make_shared<commit_unit>();
        unit->events.push_back(setting_event(q.context, "providers." + who,
                                             shown(before), after, now()));
        unit->registry.push_back({row_key(who), row});
        if (!sealed.empty())
          unit->registry.push_back({secret_key(who), json(sealed)});
        else if (moved || !before)
          unit->registry.push_back({secret_key(who), std::nullopt});
        change_provider(who, row, unit, promise);
      },
      refused);
}

caf::result<std::string> orchestrator_state::on_remove(
    const closedpaw::ask<remove_provider>& q) {
  if (auto no = not_ready())
    return to_error(*no);
  const auto& who = q.command.name;
  const auto* known = find_provider(*settings_, who);
  if (!known)
    return to_error({errc::not_found, "Provider not found", {}, {}});
  if (!known->registered)
    return to_error(in_the_file(who));
  const auto is_default = [this, who]() -> std::optional<failure> {
    if (settings_->default_provider != who)
      return std::nullopt;
    return failure{errc::conflict,
                   "provider " + who +
                       " is the default one; choose another first (POST "
                       "/api/providers/{name}/default)",
                   {},
                   {}};
  };
  if (auto why = is_default())
    return to_error(*why);
  auto promise = self_->make_response_promise<std::string>();
  const on_refused refused = [=, this](const failure& why) mutable {
    promise.deliver(to_error(refusal(why, {})));
  };
  when_settings_rest(
      [=, this]() mutable {
        // Something else may have been chosen, or removed, meanwhile.
        auto why = is_default();
        if (!find_provider(*settings_, q.command.name))
          why = failure{errc::not_found, "Provider not found", {}, {}};
        if (why) {
          promise.deliver(to_error(*why));
          return settings_rest();
        }
        auto unit = std::make_shared<commit_unit>();
        unit->events.push_back(setting_event(
            q.context, "providers." + q.command.name,
            shown(find_provider(*settings_, q.command.name)), json(), now()));
        unit->registry.push_back({row_key(q.command.name), std::nullopt});
        unit->registry.push_back({secret_key(q.command.name), std::nullopt});
        change_provider(q.command.name, json(), unit, promise);
      },
      refused);
  return promise;
}

// A default model that was chosen while running belonged to what was there
// before.
void orchestrator_state::change_provider(
    const std::string& who, const json& row,
    const std::shared_ptr<commit_unit>& unit, text_promise promise) {
  unit->registry.push_back(
      {std::string{settings_prefix} + model_setting(who), std::nullopt});
  commit_setting(
      unit,
      [=, this]() mutable {
        args_.settings->provider_changed(who, row);
        ++registry_version_;
        refresh_settings();
        args_.provider_changed(who);
        starting_.push_back({who, promise, mono() + longest_start});
        look_at_starting();
      },
      [=, this](const failure& why) mutable {
        promise.deliver(to_error(refusal(why, {})));
      });
}

// Whoever registered a provider may ask it at once: the answer waits until it
// runs. One that is removed has no place any more.
void orchestrator_state::look_at_starting() {
  std::erase_if(starting_, [this](starting_provider& x) {
    const auto place = args_.providers->find(x.name);
    if (place && !place->get() && mono() < x.deadline)
      return false;
    x.promise.deliver(x.name);
    return true;
  });
  if (!starting_.empty())
    self_->delayed_send(self_, look_again, apply_atom::value);
}

// The recording of a change may have been confirmed to nobody.
void orchestrator_state::take_providers(const restored_state& stored) {
  std::map<std::string, json> rows;
  for (const auto& [key, text] : stored.registry)
    if (auto row = parse_json(text); key.starts_with(providers_prefix) && row)
      rows[key.substr(providers_prefix.size())] = std::move(*row);
  std::vector<std::string> changed;
  const auto known = args_.settings->current();
  for (const auto& p : known->providers)
    if (p.registered && !rows.contains(p.name)) {
      args_.settings->provider_changed(p.name, json());
      changed.push_back(p.name);
    }
  for (const auto& [who, row] : rows) {
    const auto* present = find_provider(*known, who);
    const auto wanted = config::registered_provider(who, row);
    // One that was chosen while running is not the row's.
    const bool chosen = stored.registry.contains(std::string{settings_prefix} +
                                                 model_setting(who));
    if (!wanted || (present && !present->registered) ||
        (present && present->type == wanted->type &&
         present->base_url == wanted->base_url &&
         (chosen || present->default_model == wanted->default_model)))
      continue;
    args_.settings->provider_changed(who, row);
    changed.push_back(who);
  }
  for (const auto& who : changed)
    args_.provider_changed(who);
}

}  // namespace closedpaw::orchestrator
