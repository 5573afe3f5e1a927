#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "actors/orchestrator/trust_change.hpp"
#include "config/settings.hpp"
#include "messages/model/action.hpp"
#include "messages/model/api_call.hpp"
#include "messages/model/command.hpp"
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

/// Who may answer a chat.
struct candidate {
  std::string provider;
  std::string model;
};

/// To be continued by a provider: the first candidate, or, when that cannot
/// serve, the next. The request's model is left open.
struct ask_provider {
  chat_request request;
  std::vector<candidate> candidates;
};

/// To be continued by the owner of the agents.
struct ask_agents {
  run_skill what;
};

/// To be continued by whoever calls the outside.
struct ask_outside {
  call_api what;
};

/// To be continued by whoever makes such changes.
struct apply_change {
  trust_change what;
};

using execution = std::variant<finished_now, ask_provider, ask_agents,
                               ask_outside, apply_change>;

/// Begins an approved action. `parameters` are the action's own, parsed.
execution execute(const action& x, const json& parameters,
                  const execution_context& context);

/// The parameters of a chat action, and what execute() reads of them.
json chat_parameters(const run_chat& asked);

/// The result of a chat, as the original has it, and what it took.
json_text chat_result(const chat_reply& reply, std::size_t attempts = 1);

/// Whether another candidate may be asked after this failure: the first could
/// not serve, and nothing of its answer was shown.
bool may_fall_back(const failure& why);

/// It was not even asked: its protocol has no words for what is wanted.
bool is_unsuited(const failure& why);

/// Adds what the failure says about the tries with `asked`, or itself when it
/// says nothing.
void note_attempts(std::vector<chat_attempt>& to, const candidate& asked,
                   const failure& why);

}  // namespace closedpaw::orchestrator
