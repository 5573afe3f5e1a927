#include "actors/wiring/runtime.hpp"

#include <random>

#include "actors/security/address_policy.hpp"
#include "actors/wiring/own_events.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

json change_json(const supervision::node_change& c) {
  return {{"path", c.path},
          {"state", to_string(c.state)},
          {"why", c.why},
          {"restarts", c.restarts},
          {"at", to_iso8601(c.at)}};
}

log::level severity_of(node_state s) {
  switch (s) {
    case node_state::hung:
    case node_state::failed:
      return log::level::error;
    case node_state::backoff:
    case node_state::recovering:
      return log::level::warn;
    case node_state::running:
      return log::level::info;
    default:
      return log::level::debug;
  }
}

}  // namespace

runtime::runtime(config::settings initial, service_manager& told,
                 timestamp started)
    : settings{std::move(initial)},
      manager{told},
      events{started},
      feeds{started},
      nodes{std::make_shared<supervision::tree>(
          [this](const supervision::node_change& c) {
            live.gen.advance();
            events.publish("supervision", change_json(c));
            log::write("supervision", severity_of(c.state),
                       c.path + " is " + std::string{to_string(c.state)} +
                           (c.why.empty() ? "" : ": " + c.why),
                       {{"restarts", c.restarts}});
          })},
      timeline{std::to_string(started.time_since_epoch().count())},
      logger{std::make_shared<supervision::slot<audit_logger_actor>>(
          "the audit log")},
      reader{std::make_shared<supervision::slot<store_reader_actor>>(
          "the store reader")},
      verifier{std::make_shared<supervision::slot<log_verifier_actor>>(
          "the log's verifier")},
      orchestrator{std::make_shared<supervision::slot<orchestrator_actor>>(
          "the orchestrator")},
      gateway{
          std::make_shared<supervision::slot<gateway_actor>>("the gateway")},
      vault{std::make_shared<supervision::slot<vault_actor>>("the vault")},
      channel_router{std::make_shared<supervision::slot<channel_router_actor>>(
          "the owner of the channels")},
      agent_manager{std::make_shared<supervision::slot<agent_manager_actor>>(
          "the owner of the agents")},
      outside{std::make_shared<supervision::slot<api_caller_actor>>(
          "the caller of the outside")},
      alert_watch{std::make_shared<supervision::slot<alert_watch_actor>>(
          "the watch over alerts")},
      exporter{std::make_shared<supervision::slot<log_exporter_actor>>(
          "the exporter of the audit log")},
      providers{std::make_shared<supervision::slot_table<provider_actor>>(
          "provider")},
      channels{
          std::make_shared<supervision::slot_table<channel_actor>>("channel")} {
  live.started_at = started;
  live.fault_injection = settings.supervision.fault_injection;
  live.durability =
      settings.audit.durability == config::durability::sync ? "sync" : "async";
  live.metrics = [this] { return monitoring::exposition(measure(*this)); };
  live.log_lines = [](const log_query& q) { return log::recent(q); };
  live.raise_log_level = [this](const raise_log_level& x,
                                const principal& who) {
    raise_level(*this, x, who);
  };
  live.timeline = [this](std::int64_t since) { return timeline.after(since); };
  live.tree = [this] {
    return nodes->snapshot(supervision::steady_ns(), live.now());
  };
}

std::optional<std::string> runtime::refuse_upstream(std::string_view ip,
                                                    std::uint16_t port,
                                                    bool allow_private) const {
  return security::refuse_upstream(
      ip, port, allow_private,
      {own_port.load(), own_remote_port.load(), settings.remote.listen.host});
}

void runtime::set_handle(const std::string& path,
                         std::shared_ptr<supervision::live_handle> where) {
  const std::lock_guard guard{mutex_};
  if (where)
    handles_[path] = std::move(where);
  else
    handles_.erase(path);
}

std::shared_ptr<supervision::live_handle> runtime::handle_of(
    const std::string& path) const {
  const std::lock_guard guard{mutex_};
  const auto it = handles_.find(path);
  return it == handles_.end() ? nullptr : it->second;
}

std::shared_ptr<const supervision::supervisor_env> supervisor_env(runtime& r) {
  auto env = std::make_shared<supervision::supervisor_env>();
  env->nodes = r.nodes;
  env->now = r.live.now;
  env->chance = [] {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>{0, 1}(engine);
  };
  env->report = [&r](audit_event e) {
    r.meters.supervised(e);
    r.unrecorded.push(std::move(e));
  };
  return env;
}

result<void> inject(const runtime& r, const std::string& path,
                    fault_kind kind) {
  if (!r.settings.supervision.fault_injection)
    return failure{errc::forbidden,
                   "fault injection is off; set supervision.fault_injection = "
                   "true and restart to rehearse faults",
                   {},
                   {}};
  const auto where = r.handle_of(path);
  if (!where)
    return failure{
        errc::not_found,
        "no node is at " + path + "; GET /api/supervision lists them",
        {},
        {}};
  auto handle = where->get();
  if (!handle)
    return failure{errc::unavailable,
                   path + " is not running, so nothing can be injected",
                   std::chrono::milliseconds{1000},
                   {}};
  caf::anon_send(handle, fault_atom::value, kind);
  return {};
}

}  // namespace closedpaw::wiring
