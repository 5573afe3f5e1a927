#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "actors/sandbox/skills/manifest.hpp"

namespace closedpaw::sandbox {

namespace {

// The library knows the unordered kind only.
nlohmann::json plain(const json& x) {
  return nlohmann::json::parse(dump(x), nullptr, false);
}

failure bad(std::string why) {
  return {errc::bad_request, std::move(why), {}, {}};
}

void parse(const nlohmann::json& text, valijson::Schema& into) {
  const valijson::adapters::NlohmannJsonAdapter adapter{text};
  valijson::SchemaParser{}.populateSchema(adapter, into);
}

}  // namespace

result<void> check_schema(const json& schema) {
  try {
    valijson::Schema parsed;
    parse(plain(schema), parsed);
    return {};
  } catch (const std::exception& e) {
    return bad(std::string{"no JSON Schema: "} + e.what());
  }
}

result<void> check_request(const skill_manifest& skill,
                           const std::string& operation,
                           const json& parameters) {
  const auto it = skill.operations.find(operation);
  if (it == skill.operations.end()) {
    std::string there_are;
    for (const auto& [name, unused] : skill.operations)
      there_are += (there_are.empty() ? "" : ", ") + name;
    return bad("skill " + skill.id + " has no operation " +
               (operation.empty() ? "without a name" : operation) +
               "; there are " + there_are);
  }
  valijson::Schema schema;
  parse(plain(it->second.parameters), schema);
  const auto value = plain(parameters);
  valijson::ValidationResults found;
  if (valijson::Validator{}.validate(
          schema, valijson::adapters::NlohmannJsonAdapter{value}, &found))
    return {};
  std::string why;
  for (valijson::ValidationResults::Error e; found.popError(e);) {
    std::string at;
    for (const auto& part : e.context)
      at += part;
    why += (why.empty() ? "" : "; ") + at + ' ' + e.description;
  }
  return bad("the parameters do not fit operation " + operation + " of skill " +
             skill.id + ": " + why);
}

}  // namespace closedpaw::sandbox
