#include <algorithm>

#include "actors/sandbox/manager_state.hpp"

// Who may have an agent, and how it comes to be.
namespace closedpaw::sandbox {

result<skill_manifest> manager_state::usable(const std::string& id) const {
  const auto view = args_.live->orchestrator.get();
  const auto it = std::ranges::find(view->skills, id, &skill_view::id);
  if (it == view->skills.end())
    return failure{errc::not_found, "Skill not found", {}, {}};
  if (!it->program)
    return failure{errc::bad_request,
                   "skill " + id +
                       " is a channel and no program; see "
                       "GET /api/channels",
                   {},
                   {}};
  if (!it->enabled)
    return failure{errc::forbidden,
                   "skill " + id + " is disabled; POST /api/skills/" + id +
                       "/enable allows it",
                   {},
                   {}};
  auto found = args_.skills->find(id);
  if (found && found->digest != it->digest)
    return failure{errc::conflict,
                   "the files of skill " + id +
                       " changed since it was enabled, so it is not run; look "
                       "at them, and enable it again (POST /api/skills/" +
                       id + "/enable)",
                   {},
                   {}};
  return found;
}

std::optional<failure> manager_state::halted(operating_mode from) const {
  const auto mode = args_.live->mode.get();
  if (mode->mode < from || mode->mode == operating_mode::normal)
    return std::nullopt;
  return failure{errc::unavailable,
                 "nothing new is begun: " + explain(*mode),
                 std::chrono::milliseconds{10'000},
                 {{"mode", to_string(mode->mode)}}};
}

std::optional<failure> manager_state::no_room() const {
  if (args_.table->active().size() + recording_ < args_.max_agents)
    return std::nullopt;
  return failure{errc::too_many_requests,
                 "all " + std::to_string(args_.max_agents) +
                     " agents that may run at a time do (sandbox.max_agents)",
                 std::chrono::milliseconds{1000},
                 {}};
}

std::shared_ptr<agent_record> manager_state::make_record(
    const skill_manifest& skill, const sandbox_limits& limits) const {
  auto out = std::make_shared<agent_record>();
  out->id = make_uuid(args_.now());
  out->skill = skill;
  out->limits = limits;
  out->runtime = args_.where->report().chosen;
  return out;
}

void manager_state::begin(const std::shared_ptr<agent_record>& record) {
  agent_view view;
  view.id = record->id;
  view.skill_id = record->skill.id;
  view.runtime = record->runtime;
  view.limits = record->limits;
  view.created_at = args_.now();
  view.action_id = record->action_id;
  record->view = std::make_shared<published<agent_view>>(args_.live->gen, view);
  record->where = std::make_shared<supervision::slot<agent_actor>>(
      "agent " + to_string(record->id));
  args_.table->add(record);
  args_.add(record);
  publish();
}

}  // namespace closedpaw::sandbox
