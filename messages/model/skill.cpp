#include "messages/model/skill.hpp"

namespace closedpaw {

json to_json(const skill_manifest& x) {
  auto operations = json::object();
  for (const auto& [name, o] : x.operations)
    operations[name] = {{"description", o.description},
                        {"security_level", to_string(o.level)},
                        {"parameters", o.parameters}};
  return {{"version", x.version},
          {"description", x.description},
          {"security_level", to_string(x.level)},
          {"system", x.system},
          {"limits", to_json(x.limits)},
          {"settings", x.settings},
          {"operations", std::move(operations)},
          {"digest", x.digest}};
}

}  // namespace closedpaw
