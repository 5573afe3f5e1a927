#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/views/status.hpp"

namespace closedpaw::http {

namespace {

rendering skills_view(const live_state& live, timestamp) {
  const auto stale = live.orchestrator.stale_since();
  auto answer = json_reply(skills_json(live));
  mark_stale(answer, stale);
  return {std::move(answer), {}};
}

outcome show_skill(const request&, const path_params& params,
                   const live_state& live) {
  auto found = one_skill(live, param(params, "id"));
  return found.is_null() ? refuse(errc::not_found, "Skill not found")
                         : json_reply(found);
}

route_handler setter(bool enabled) {
  return [enabled](const request&, const path_params& params,
                   const live_state&) -> outcome {
    return command{
        set_skill_enabled{std::string{param(params, "id")}, enabled}};
  };
}

}  // namespace

std::vector<route> skills_routes() {
  return {
      {method::get, "/api/skills", access::read, cached(skills_view),
       [] {
         return operation{"listSkills", "skills", "The skills"}
             .returns(200, "All of them", array_of(ref("Skill")))
             .take();
       }},
      {method::get, "/api/skills/{id}", access::read, show_skill,
       [] {
         return operation{"getSkill", "skills",
                          "One skill: its operations, limits and files' digest"}
             .returns(200, "The skill", free_object())
             .fails(404, "No such skill")
             .take();
       }},
      {method::post, "/api/skills/{id}/enable", access::admin, setter(true),
       [] {
         return operation{"enableSkill", "skills", "Let agents use a skill"}
             .describe(
                 "Its files as they are now: a skill whose files change "
                 "after that is disabled.")
             .returns(200, "Enabled", free_object())
             .take();
       }},
      {method::post, "/api/skills/{id}/disable", access::admin, setter(false),
       [] {
         return operation{"disableSkill", "skills", "Take a skill away"}
             .returns(200, "Disabled", free_object())
             .take();
       }}};
}

}  // namespace closedpaw::http
