#pragma once

#include <functional>
#include <map>
#include <string>

#include "actors/orchestrator/screening.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "config/live_settings.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::orchestrator {

/// What the orchestrator works with; everything in it is thread-safe or
/// immutable and outlives the actor.
struct orchestrator_args {
  supervision::slot_ptr<audit_logger_actor> logger;
  supervision::slot_ptr<store_reader_actor> reader;
  supervision::slot_table_ptr<provider_actor> providers;
  supervision::slot_ptr<vault_actor> vault;
  supervision::slot_ptr<agent_manager_actor> agents;
  supervision::slot_ptr<api_caller_actor> outside;
  supervision::slot_ptr<channel_router_actor> channel_router;
  /// Judges what models and skills are to read.
  prompt_judge prompts;
  /// The skills that are there now; from any thread.
  std::function<std::vector<skill_manifest>()> skills;
  /// Makes the tree and the published list follow the settings' providers.
  std::function<void(const std::string& name)> provider_changed;
  /// What else holds in that mode is done: outgoing calls are blocked or let
  /// go.
  std::function<void(const mode_view&)> mode_changed;
  live_state* live = nullptr;
  config::live_settings* settings = nullptr;
  /// Tells whoever listens what became of an action; called for each of its
  /// rows that was committed.
  std::function<void(const std::shared_ptr<const action>& row)> announce;
  wall_clock now = system_now;
};

/// The registry's keys.
inline constexpr std::string_view settings_prefix = "settings/";
inline constexpr std::string_view skills_prefix = "skills/";
inline constexpr std::string_view providers_prefix = "providers/";
inline constexpr std::string_view mode_key = "mode";

/// Of that row; normal where there is none.
mode_view mode_from(const json& row);

orchestrator_actor spawn_orchestrator(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      orchestrator_args args);

}  // namespace closedpaw::orchestrator
