#include "config/runtime_settings.hpp"

#include <algorithm>

#include "config/converters.hpp"
#include "config/nearest.hpp"

namespace closedpaw::config {

namespace {

constexpr std::string_view levels_prefix = "log.levels.";
constexpr std::string_view providers_prefix = "providers.";
constexpr std::string_view model_suffix = ".default_model";

failure refusal(std::string text) {
  return {.code = errc::bad_request, .message = std::move(text)};
}

failure unknown(std::string_view key) {
  std::vector<std::string> patterns;
  for (const auto& k : runtime_keys())
    patterns.emplace_back(k.pattern);
  return refusal(quoted(json(key)) +
                 " cannot be set at run time; the keys that can are " +
                 join(patterns));
}

failure no_such(std::string_view what, std::string_view name,
                const std::vector<std::string>& names) {
  return refusal("no " + std::string{what} + " is named " + quoted(json(name)) +
                 "; there are " + join(names));
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The part of the key that names something, or nothing is wrong with it.
std::optional<failure> check_key(std::string_view key,
                                 const runtime_context& context) {
  if (key.starts_with(levels_prefix)) {
    const auto name = key.substr(levels_prefix.size());
    if (!contains(context.known_components, name))
      return no_such("component", name, context.known_components);
    return std::nullopt;
  }
  if (key.starts_with(providers_prefix) && key.ends_with(model_suffix) &&
      key.size() > providers_prefix.size() + model_suffix.size()) {
    auto name = key.substr(providers_prefix.size());
    name.remove_suffix(model_suffix.size());
    if (!contains(context.providers, name))
      return no_such("provider", name, context.providers);
    return std::nullopt;
  }
  const auto& all = runtime_keys();
  const bool known = key.find('<') == std::string_view::npos &&
                     std::any_of(all.begin(), all.end(), [&](const auto& k) {
                       return k.pattern == key;
                     });
  return known ? std::nullopt : std::optional{unknown(key)};
}

}  // namespace

const std::vector<runtime_key>& runtime_keys() {
  static const std::vector<runtime_key> keys{
      {"log.level", "least severe message that is logged"},
      {"log.levels.<component>",
       "the same for one component; inherit follows log.level"},
      {"providers.default", "the provider that is asked when none is named"},
      {"providers.<name>.default_model",
       "the provider's model that is used when none is named"},
      {"orchestrator.chat_deadline_ms", "a chat that takes longer fails"},
      {"orchestrator.action_deadline_ms",
       "any other action that takes longer fails"},
  };
  return keys;
}

result<json> validate_runtime_change(std::string_view key, const json& value,
                                     const runtime_context& context) {
  if (auto wrong = check_key(key, context))
    return std::move(*wrong);
  settings scratch;
  for (const auto& name : context.providers)
    scratch.providers.emplace_back().name = name;
  const auto target = find_setting(scratch, key);
  if (!target)
    return unknown(key);
  auto wrong = target->assign(value);
  if (!wrong && key.ends_with(model_suffix) && value == json(""))
    wrong = "is empty";
  if (wrong)
    return refusal(std::string{key} + ": " + *wrong + "; expected " +
                   std::string{target->expected});
  if (key == "providers.default" &&
      !contains(context.providers, scratch.default_provider))
    return no_such("provider", scratch.default_provider, context.providers);
  return {boost::system::in_place_value, target->read()};
}

result<settings> apply_runtime_change(settings values, std::string_view key,
                                      const json& value) {
  const auto target = find_setting(values, key);
  if (!target)
    return failure{.code = errc::not_found,
                   .message = "no setting is named " + quoted(json(key))};
  if (auto wrong = target->assign(value))
    return refusal(std::string{key} + ": " + *wrong);
  return values;
}

}  // namespace closedpaw::config
