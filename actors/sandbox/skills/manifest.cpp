#include "actors/sandbox/skills/manifest.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

namespace closedpaw::sandbox {

namespace {

failure wrong(const std::string& member, const std::string& why) {
  return {errc::bad_request, "manifest: " + member + ": " + why, {}, {}};
}

bool is_id(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' ||
                  c == '_';
         });
}

std::optional<security_level> level_from(const json& x) {
  if (x.is_string())
    for (const auto level : {security_level::low, security_level::medium,
                             security_level::high, security_level::critical})
      if (to_string(level) == x.get_ref<const std::string&>())
        return level;
  return std::nullopt;
}

result<void> read_text(const json& x, const std::string& name,
                       std::string& to) {
  if (!x.is_string() || x.get_ref<const std::string&>().empty())
    return wrong(name, "expected a text");
  to = x.get<std::string>();
  return {};
}

result<void> read_flag(const json& x, const std::string& name, bool& to) {
  if (!x.is_boolean())
    return wrong(name, "expected true or false");
  to = x.get<bool>();
  return {};
}

result<void> read_level(const json& x, const std::string& name,
                        security_level& to) {
  const auto level = level_from(x);
  if (!level)
    return wrong(name, "expected low, medium, high or critical");
  to = *level;
  return {};
}

result<void> read_command(const json& x, std::vector<std::string>& to) {
  const bool fits = x.is_array() && !x.empty() &&
                    std::ranges::all_of(x, &json::is_string) &&
                    x[0].get_ref<const std::string&>().starts_with('/');
  if (!fits)
    return wrong("command",
                 "expected a list of texts, the first an absolute path within "
                 "the sandbox (the skill's files are in /skill)");
  to = x.get<std::vector<std::string>>();
  return {};
}

result<void> read_operation(const std::string& name, const json& x,
                            skill_operation& to) {
  const auto at = "operations." + name;
  if (!x.is_object())
    return wrong(at, "expected an object");
  for (const auto& [key, value] : x.items()) {
    result<void> done;
    if (key == "description")
      done = read_text(value, at + ".description", to.description);
    else if (key == "security_level")
      done = read_level(value, at + ".security_level", to.level);
    else if (key == "parameters") {
      done = check_schema(value);
      if (!done)
        return wrong(at + ".parameters", done.error().message);
      to.parameters = value;
    } else
      done = wrong(at + '.' + key, "unknown");
    if (!done)
      return done;
  }
  return {};
}

result<void> read_operations(const json& x, skill_manifest& to) {
  if (!x.is_object() || x.empty())
    return wrong("operations", "expected an object with at least one");
  for (const auto& [name, value] : x.items())
    if (auto done = read_operation(name, value, to.operations[name]); !done)
      return done;
  return {};
}

using reader = std::function<result<void>(const json&, skill_manifest&)>;

const std::map<std::string, reader, std::less<>>& readers() {
  static const std::map<std::string, reader, std::less<>> all{
      {"id",
       [](const json& x, skill_manifest& to) -> result<void> {
         if (!x.is_string() || !is_id(x.get<std::string>()))
           return wrong("id", "expected 1 to 64 of a-z, 0-9, - and _");
         to.id = x.get<std::string>();
         return {};
       }},
      {"name",
       [](const json& x, skill_manifest& to) {
         return read_text(x, "name", to.name);
       }},
      {"version",
       [](const json& x, skill_manifest& to) {
         return read_text(x, "version", to.version);
       }},
      {"description",
       [](const json& x, skill_manifest& to) {
         return read_text(x, "description", to.description);
       }},
      {"security_level",
       [](const json& x, skill_manifest& to) {
         return read_level(x, "security_level", to.level);
       }},
      {"enabled",
       [](const json& x, skill_manifest& to) {
         return read_flag(x, "enabled", to.enabled);
       }},
      {"system",
       [](const json& x, skill_manifest& to) {
         return read_flag(x, "system", to.system);
       }},
      {"command",
       [](const json& x, skill_manifest& to) {
         return read_command(x, to.command);
       }},
      {"limits",
       [](const json& x, skill_manifest& to) -> result<void> {
         auto limits = sandbox_limits_from(x, {});
         if (!limits)
           return limits.error();
         to.limits = *limits;
         return {};
       }},
      {"settings",
       [](const json& x, skill_manifest& to) -> result<void> {
         if (!x.is_object())
           return wrong("settings", "expected an object");
         to.settings = x;
         return {};
       }},
      {"operations", read_operations},
  };
  return all;
}

}  // namespace

result<skill_manifest> manifest_from(const json& text) {
  if (!text.is_object())
    return wrong("file", "expected an object");
  skill_manifest out;
  for (const auto& [key, value] : text.items()) {
    const auto it = readers().find(key);
    if (it == readers().end())
      return wrong(key, "unknown");
    if (auto done = it->second(value, out); !done)
      return done.error();
  }
  for (const char* needed :
       {"id", "name", "version", "security_level", "command", "operations"})
    if (!text.contains(needed))
      return wrong(needed, "missing");
  return out;
}

}  // namespace closedpaw::sandbox
