#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace closedpaw::skill {

/// `{operation, parameters, settings}` to `{ok, result}` or `{ok: false,
/// error}`; the settings are the manifest's.
nlohmann::json answer_to(const nlohmann::json& request,
                         const std::string& workspace);

}  // namespace closedpaw::skill
