#include "http/routes/views/agents.hpp"
#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/render.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/agent_requests.hpp"

namespace closedpaw::http {

namespace {

response no_such_agent() {
  return refuse(errc::not_found, "Agent not found");
}

outcome shown(const live_state& live, const json& what) {
  auto answer = json_reply(what);
  mark_stale(answer, live.agents.stale_since());
  return answer;
}

outcome list_agents(const request&, const path_params&,
                    const live_state& live) {
  return shown(live, agents_json(live));
}

outcome show_sandboxes(const request&, const path_params&,
                       const live_state& live) {
  return shown(live, sandbox_info(live));
}

outcome list_runtimes(const request&, const path_params&,
                      const live_state& live) {
  return shown(live, to_json(live.agents.get()->isolation));
}

outcome show_agent(const request&, const path_params& params,
                   const live_state& live) {
  const auto found = one_agent(live, param(params, "id"));
  return found.is_null() ? outcome{no_such_agent()} : shown(live, found);
}

/// What is wrong with a request is told after that there is no such agent.
template <class Command>
route_handler about_agent(checked<Command> (*check)(const request&,
                                                    const uuid&)) {
  return [check](const request& r, const path_params& params,
                 const live_state& live) -> outcome {
    const auto id = parse_uuid(param(params, "id"));
    if (!id || one_agent(live, param(params, "id")).is_null())
      return no_such_agent();
    return to_outcome(check(r, *id));
  };
}

checked<pause_agent> pausing(const request&, const uuid& id) {
  return pause_agent{id, true};
}

checked<pause_agent> resuming(const request&, const uuid& id) {
  return pause_agent{id, false};
}

route create_route() {
  return {method::post, "/api/agents", access::act, checking(check_agent), [] {
            return operation{"createAgent", "agents", "Start an agent"}
                .describe(
                    "A sandbox with the skill's files and an empty "
                    "workspace, which runs commands until it is stopped. "
                    "limits replace the skill's own: memory_bytes, cpus, "
                    "processes, disk_bytes, wall_ms (of one command), "
                    "output_bytes.")
                .body(free_object())
                .returns(201, "It runs", free_object())
                .fails(403, "The skill is disabled")
                .fails(404, "No such skill")
                .fails(409, "The skill's files changed since it was enabled")
                .fails(429, "max_agents run")
                .fails(503,
                       "No isolation works here, or a limit cannot be "
                       "enforced")
                .take();
          }};
}

route execute_route() {
  return {method::post, "/api/agents/{id}/execute", access::act,
          about_agent(check_execution), [] {
            return operation{"executeInAgent", "agents",
                             "Run a command in an agent"}
                .describe(
                    "command is a text for the sandbox's shell, or a list: "
                    "the program and its arguments. timeout is in "
                    "seconds.")
                .body(free_object())
                .returns(200, "How it ended and what it wrote", free_object())
                .fails(404, "No such agent")
                .fails(409, "The agent takes no commands")
                .fails(502, "The sandbox ended meanwhile")
                .take();
          }};
}

route stop_route() {
  return {method::post, "/api/agents/{id}/stop", access::act,
          about_agent(check_stop), [] {
            return operation{"stopAgent", "agents", "Stop an agent"}
                .query("force", boolean_schema(), "Without asking it first")
                .returns(200, "It has ended, and its workspace is gone",
                         free_object())
                .fails(404, "No such agent")
                .fails(409, "It has ended already")
                .take();
          }};
}

template <bool Pause>
json pause_operation() {
  return operation{
      Pause ? "pauseAgent" : "resumeAgent", "agents",
      Pause ? "Freeze an agent's processes" : "Let a paused agent go on"}
      .returns(200, "Done", free_object())
      .fails(404, "No such agent")
      .fails(409, "It is in another state")
      .take();
}

route pause_route(bool pause) {
  return {method::post,
          pause ? "/api/agents/{id}/pause" : "/api/agents/{id}/resume",
          access::act, about_agent(pause ? pausing : resuming),
          pause ? pause_operation<true> : pause_operation<false>};
}

route isolation_route() {
  return {method::post, "/api/agents/runtimes/check", access::admin,
          [](const request&, const path_params&, const live_state&) {
            return outcome{command{check_isolation{}}};
          },
          [] {
            return operation{"checkRuntimes", "agents",
                             "Try each kind of isolation again"}
                .returns(200, "What was found", free_object())
                .fails(503, "None works")
                .take();
          }};
}

}  // namespace

std::vector<route> agents_routes() {
  return {
      {method::get, "/api/agents", access::read, list_agents,
       [] {
         return operation{"listAgents", "agents",
                          "The agents, and the last ones that ended"}
             .returns(200, "All of them", array_of(free_object()))
             .take();
       }},
      {method::get, "/api/agents/sandbox-info", access::read, show_sandboxes,
       [] {
         return operation{"sandboxInfo", "agents",
                          "How agents are isolated here"}
             .returns(200, "Type, limits, agents, counts", free_object())
             .take();
       }},
      {method::get, "/api/agents/runtimes", access::read, list_runtimes,
       [] {
         return operation{
             "listRuntimes", "agents",
             "Kinds of isolation: which are installed, which work, "
             "which limits they enforce, and why not"}
             .returns(200, "All of them", free_object())
             .take();
       }},
      isolation_route(),
      {method::get, "/api/agents/{id}", access::read, show_agent,
       [] {
         return operation{"getAgent", "agents", "One agent"}
             .returns(200, "The agent", free_object())
             .fails(404, "No such agent")
             .take();
       }},
      create_route(),
      execute_route(),
      stop_route(),
      pause_route(true),
      pause_route(false)};
}

response render_agent(const live_state& live, std::string_view id) {
  const auto found = one_agent(live, id);
  return found.is_null() ? no_such_agent() : json_reply(found);
}

response render_agent_created(const live_state& live, std::string_view id) {
  auto out = render_agent(live, id);
  if (out.status == 200)
    out.status = 201;
  return out;
}

response render(const skill_outcome& what) {
  return json_reply(what.result.value());
}

response render_isolation(const live_state& live) {
  return json_reply(to_json(live.agents.get()->isolation));
}

}  // namespace closedpaw::http
