#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "config/settings.hpp"
#include "messages/model/action.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::orchestrator {

/// What an action may look at when it runs. Pure; built by the actor.
struct execution_context {
  const config::settings& settings;
  /// What a configured provider last published; null for any other name.
  std::function<std::shared_ptr<const provider_view>(const std::string&)>
      provider;
  const std::vector<skill_view>& skills;
};

/// A setting that changes with the action's completion.
struct setting_change {
  std::string key;
  json value;
};

/// Done at once: the result and what changes with it, or why it failed.
struct finished_now {
  result<json_text> outcome;
  std::vector<setting_change> changes;
};

/// To be continued by a provider.
struct ask_provider {
  std::string provider;
  chat_request request;
};

using execution = std::variant<finished_now, ask_provider>;

/// Begins an approved action. `parameters` are the action's own, parsed.
execution execute(const action& x, const json& parameters,
                  const execution_context& context);

/// The result of a chat, as the original has it.
json_text chat_result(const chat_reply& reply);

}  // namespace closedpaw::orchestrator
