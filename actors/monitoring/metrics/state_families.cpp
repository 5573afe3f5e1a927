#include <map>

#include "actors/monitoring/metrics/live_families.hpp"

namespace closedpaw::monitoring {

namespace {

/// Of those that run; each is there for as long as it runs.
struct usage_families {
  family cpu = family::counter("closedpaw_agent_cpu_seconds_total",
                               "Processor time of the agent");
  family memory =
      family::gauge("closedpaw_agent_memory_bytes", "Memory of the agent");
  family processes =
      family::gauge("closedpaw_agent_processes", "Processes of the agent");
  family refused =
      family::counter("closedpaw_agent_processes_refused_total",
                      "Times that the agent was refused one more process");
  family oom = family::counter("closedpaw_agent_oom_kills_total",
                               "Processes of the agent that were ended for "
                               "want of memory");
  family throttled = family::counter("closedpaw_agent_throttled_total",
                                     "Times that the agent had to wait for "
                                     "its next share of the processor");

  family connections =
      family::counter("closedpaw_agent_connections_total",
                      "Connections that the agent asked for, by result");
  family sent = family::counter("closedpaw_agent_sent_bytes_total",
                                "Bytes that the agent sent outside");
  family received = family::counter("closedpaw_agent_received_bytes_total",
                                    "Bytes that the agent got from outside");

  void add(const agent_view& x) {
    const auto id = to_string(x.id);
    const label_list who{{"agent", id}, {"skill", x.skill_id}};
    const auto one = [&who](family& to, const auto& value) {
      if (value)
        to.add(who, static_cast<double>(*value));
    };
    one(cpu, x.usage.cpu_seconds);
    one(memory, x.usage.memory_bytes);
    one(processes, x.usage.processes);
    one(refused, x.usage.processes_refused);
    one(oom, x.usage.oom_kills);
    one(throttled, x.usage.throttled);
    one(sent, x.usage.sent_bytes);
    one(received, x.usage.received_bytes);
    for (const auto& [result, n] :
         {std::pair{"made", x.usage.connections},
          std::pair{"refused", x.usage.connections_refused}})
      if (n)
        connections.add(
            {{"agent", id}, {"skill", x.skill_id}, {"result", result}}, *n);
  }
};

void add_anchor(const anchor_view& x, families& out) {
  auto at = family::gauge("closedpaw_audit_anchored_timestamp_seconds",
                          "When the audit log's head was anchored last");
  auto events = family::gauge("closedpaw_audit_anchored_events",
                              "Events that the newest anchored head proves");
  auto failing = family::gauge("closedpaw_audit_anchor_failing",
                               "1 while heads cannot be anchored there");
  const auto fails = [&](const char* where, const std::string& trouble) {
    failing.add({{"path", "root/storage/head_anchor"}, {"where", where}},
                trouble.empty() ? 0.0 : 1.0);
  };
  fails("file", x.file_trouble);
  if (x.in_file) {
    at.add({{"where", "file"}}, seconds_of(x.in_file_at));
    events.add({{"where", "file"}}, *x.in_file);
  }
  if (x.at_webhook || !x.webhook_trouble.empty())
    fails("webhook", x.webhook_trouble);
  if (x.at_webhook) {
    at.add({{"where", "webhook"}}, seconds_of(x.at_webhook_at));
    events.add({{"where", "webhook"}}, *x.at_webhook);
  }
  for (auto* f : {&at, &events, &failing})
    std::move(*f).to(out);
}

void add_vault(const vault_view& x, families& out) {
  auto locked = family::gauge("closedpaw_vault_locked",
                              "1 while no secret can be had from the vault");
  locked.add({}, x.locked ? 1.0 : 0.0);
  std::move(locked).to(out);
}

void add_verification(const verification_view& x, families& out) {
  auto damaged =
      family::gauge("closedpaw_audit_damaged",
                    "1 where the audit log is not as it was written");
  damaged.add({}, x.damage.empty() ? 0.0 : 1.0);
  auto at = family::gauge("closedpaw_audit_verified_timestamp_seconds",
                          "When all of the audit log was recomputed last");
  if (x.at)
    at.add({}, seconds_of(*x.at));
  for (auto* f : {&damaged, &at})
    std::move(*f).to(out);
}

}  // namespace

void add_agents(const agents_view& view, families& out) {
  usage_families usage;
  std::map<std::string_view, std::uint64_t> by_state;
  for (const auto s :
       {agent_state::pending, agent_state::creating, agent_state::running,
        agent_state::paused, agent_state::stopping})
    by_state[to_string(s)] = 0;
  for (const auto& place : view.agents) {
    const auto x = place->get();
    if (has_ended(x->state))
      continue;
    ++by_state[to_string(x->state)];
    usage.add(*x);
  }
  auto agents = family::gauge("closedpaw_agents", "Agents, by state");
  for (const auto& [state, n] : by_state)
    agents.add({{"state", state}}, n);
  auto limit = family::gauge("closedpaw_agents_limit", "Agents at a time");
  limit.add({}, std::uint64_t{view.max_agents});
  auto started =
      family::counter("closedpaw_agents_started_total", "Agents started");
  started.add({}, view.started);
  auto ended = family::counter("closedpaw_agent_ends_total",
                               "Agents that ended, by cause");
  // From the start, so that the first one of a cause is seen to be one more.
  std::map<std::string_view, std::uint64_t> causes;
  for (auto c = end_cause::exited; c <= end_cause::abandoned;
       c = static_cast<end_cause>(static_cast<int>(c) + 1))
    causes[to_string(c)] = 0;
  for (const auto& [cause, n] : view.ended)
    causes[cause] = n;
  for (const auto& [cause, n] : causes)
    ended.add({{"cause", cause}}, n);
  auto works = family::gauge("closedpaw_sandbox_runtime_works",
                             "Whether this kind of isolation started a "
                             "sandbox when it was tried");
  for (const auto& r : view.isolation.runtimes)
    works.add({{"runtime", r.name}}, r.works ? 1.0 : 0.0);
  for (auto* f :
       {&agents, &limit, &started, &ended, &works, &usage.cpu, &usage.memory,
        &usage.processes, &usage.refused, &usage.oom, &usage.throttled,
        &usage.connections, &usage.sent, &usage.received})
    std::move(*f).to(out);
}

void add_state(const live_state& live, timestamp now, families& out) {
  const auto work = live.orchestrator.get();
  auto pending = family::gauge("closedpaw_actions_pending",
                               "Actions that wait for a person's decision");
  pending.add({}, std::uint64_t{work->pending.size()});
  auto oldest = family::gauge("closedpaw_actions_oldest_pending_seconds",
                              "How long the oldest of them has waited");
  oldest.add({}, work->pending.empty()
                     ? 0.0
                     : seconds_of(now - work->pending.front()->created_at));
  auto executing = family::gauge("closedpaw_actions_executing",
                                 "Actions that are being executed");
  executing.add({}, std::uint64_t{work->executing});
  auto refusing = family::gauge("closedpaw_audit_refusing",
                                "1 while the audit log takes nothing, and so "
                                "no action is taken on");
  const bool refuses =
      live.storage.get()->refusing || live.storage.stale_since();
  refusing.add({}, refuses ? 1.0 : 0.0);
  auto degraded = family::gauge("closedpaw_degraded_causes",
                                "What is wrong, as GET /api/status lists it");
  degraded.add({}, std::uint64_t{live.health.get()->degraded_because.size()});
  auto notices = family::gauge("closedpaw_notices",
                               "What an operator must know of this start, "
                               "such as safe mode");
  notices.add({}, std::uint64_t{live.notices.size()});
  auto mode = family::gauge("closedpaw_mode",
                            "1 for what the daemon takes on: normal, draining "
                            "or panic");
  const auto current = live.mode.get()->mode;
  for (const auto m : {operating_mode::normal, operating_mode::draining,
                       operating_mode::panic})
    mode.add({{"mode", to_string(m)}}, m == current ? 1.0 : 0.0);
  for (auto* f :
       {&pending, &oldest, &executing, &refusing, &degraded, &notices, &mode})
    std::move(*f).to(out);
  add_anchor(*live.anchor.get(), out);
  add_vault(*live.vault.get(), out);
  add_verification(*live.verification.get(), out);
}

}  // namespace closedpaw::monitoring
