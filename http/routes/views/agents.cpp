#include "http/routes/views/agents.hpp"

namespace closedpaw::http {

json agents_json(const live_state& live) {
  const auto view = live.agents.get();
  auto out = json::array();
  for (const auto& x : view->agents)
    out.push_back(to_json(*x->get()));
  return out;
}

json one_agent(const live_state& live, std::string_view id) {
  const auto view = live.agents.get();
  for (const auto& x : view->agents)
    if (const auto agent = x->get(); to_string(agent->id) == id)
      return to_json(*agent);
  return nullptr;
}

json sandbox_info(const live_state& live) {
  const auto view = live.agents.get();
  const auto& isolation = view->isolation;
  auto agents = json::array();
  std::size_t active = 0;
  for (const auto& x : view->agents) {
    const auto agent = x->get();
    if (has_ended(agent->state))
      continue;
    ++active;
    agents.push_back({{"id", to_string(agent->id)},
                      {"skill_id", agent->skill_id},
                      {"state", to_string(agent->state)}});
  }
  auto ended = json::object();
  for (const auto& [why, n] : view->ended)
    ended[why] = n;
  json out{{"sandbox_available", !isolation.chosen.empty()}};
  out["sandbox_type"] = isolation.chosen.empty() ? json() : isolation.chosen;
  out["accounting"] = isolation.accounting;
  out["default_limits"] = to_json(sandbox_limits{});
  out["unenforced"] = to_json(isolation)["unenforced"];
  out["max_agents"] = view->max_agents;
  out["active"] = active;
  out["agents"] = std::move(agents);
  out["started_total"] = view->started;
  out["ended_total"] = std::move(ended);
  return out;
}

}  // namespace closedpaw::http
