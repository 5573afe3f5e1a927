#include <algorithm>

#include "actors/orchestrator/orchestrator_state.hpp"
#include "actors/orchestrator/security_rules.hpp"
#include "messages/log.hpp"

namespace closedpaw::orchestrator {

namespace {

// In the original's order; the last two are channels here.
std::vector<skill_view> original_skills() {
  return {{"filesystem", "File System", true},
          {"telegram", "Telegram", false},
          {"discord", "Discord", false}};
}

}  // namespace

skill_view* orchestrator_state::find_skill(const std::string& id) {
  const auto it = std::ranges::find(skills_, id, &skill_view::id);
  return it == skills_.end() ? nullptr : &*it;
}

const skill_manifest* orchestrator_state::program_for(
    const action_request& request) {
  const auto id = skill_of(request);
  const auto* skill = id.empty() ? nullptr : find_skill(id);
  return skill ? skill->program.get() : nullptr;
}

// One that nobody has decided about is trusted as it is when we start, and not
// after that.
bool orchestrator_state::take_skills() {
  bool news = false;
  const bool at_start = skills_.empty();
  if (skills_.empty())
    skills_ = original_skills();
  for (auto& manifest : args_.skills()) {
    auto* known = find_skill(manifest.id);
    if (!known) {
      skills_.push_back(
          {manifest.id, manifest.name, at_start && manifest.enabled});
      known = &skills_.back();
    }
    if (known->digest.empty())
      known->digest = manifest.digest;
    if (known->program && known->program->digest == manifest.digest)
      continue;
    news = true;
    known->program =
        std::make_shared<const skill_manifest>(std::move(manifest));
  }
  return news;
}

void orchestrator_state::take_skill_row(const std::string& id,
                                        const json& row) {
  auto* skill = find_skill(id);
  if (!skill)
    return;
  if (row.is_boolean())
    skill->enabled = row.get<bool>();
  if (row.is_object() && row.contains("enabled") &&
      row["enabled"].is_boolean()) {
    skill->enabled = row["enabled"].get<bool>();
    skill->digest = row.value("digest", std::string{});
  }
}

// In its turn among changes of settings.
void orchestrator_state::set_skill(
    skill_view changed, const command_context& context,
    std::optional<caf::typed_response_promise<skill_view>> promise) {
  const auto& before = *find_skill(changed.id);
  auto unit = std::make_shared<commit_unit>();
  const json row{{"enabled", changed.enabled}, {"digest", changed.digest}};
  unit->events.push_back(setting_event(
      context, "skills." + changed.id,
      {{"enabled", before.enabled}, {"digest", before.digest}}, row, now()));
  unit->registry.push_back({std::string{skills_prefix} + changed.id, row});
  commit_setting(
      unit,
      [=, this]() mutable {
        auto& kept = *find_skill(changed.id);
        kept.enabled = changed.enabled;
        kept.digest = changed.digest;
        ++registry_version_;
        publish();
        if (promise)
          promise->deliver(kept);
        else
          log::error("orchestrator",
                     "the files of skill " + changed.id +
                         " changed since it was enabled; it is disabled");
      },
      [=, this](const failure& why) mutable {
        if (promise)
          promise->deliver(to_error(refusal(why, {})));
      });
}

// What was enabled is not what lies there now.
void orchestrator_state::disable_changed_skills() {
  if (take_skills())
    publish();
  if (setting_in_flight_)
    return;
  const auto it = std::ranges::find_if(skills_, [](const skill_view& x) {
    return x.enabled && x.program && x.program->digest != x.digest;
  });
  if (it == skills_.end())
    return;
  auto changed = *it;
  changed.enabled = false;
  when_settings_rest(
      [=, this] { set_skill(changed, command_context{}, std::nullopt); },
      [](const failure&) {});
}

}  // namespace closedpaw::orchestrator
