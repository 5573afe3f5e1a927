#pragma once

#include <optional>
#include <variant>

#include "messages/model/command.hpp"

namespace closedpaw::orchestrator {

/// What widens whom we trust, or sends data elsewhere.
using trust_change =
    std::variant<set_skill_enabled, set_default_provider, register_provider,
                 register_channel, bind_channel_user, confirm_pairing>;

/// The parameters of the config_change that has the same effect once it is
/// approved; nothing for what widens no trust. conflict for one with a secret,
/// which an action, readable as it is, cannot keep. Pure.
result<std::optional<json>> trust_parameters(const command& what);

/// Whether a config_change has such parameters, instead of a key and a value.
bool is_trust_change(const json& parameters);

/// bad_request names what is missing, of another kind, or unknown. Pure.
result<trust_change> read_trust_change(const json& parameters);

}  // namespace closedpaw::orchestrator
