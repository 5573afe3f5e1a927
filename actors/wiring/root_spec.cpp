#include "actors/gateway/gateway.hpp"
#include "actors/orchestrator/orchestrator.hpp"
#include "actors/storage/anchor_file.hpp"
#include "actors/storage/audit_logger.hpp"
#include "actors/storage/head_anchor.hpp"
#include "actors/storage/log_exporter.hpp"
#include "actors/storage/log_retention.hpp"
#include "actors/storage/log_verifier.hpp"
#include "actors/storage/store_reader.hpp"
#include "actors/wiring/runtime.hpp"
#include "actors/wiring/worker.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

using supervision::child_spec;
using supervision::incarnation;
using supervision::supervisor_spec;

// The audit log holds every action; the other log repeats it for debugging.
void announce_action(runtime& r, const action& row) {
  r.meters.changed(row, r.live.now());
  // Without the parameters and the result: a thousand events are kept.
  r.events.publish_lazily(
      "action", [brief = action_summary{row}] { return dump(to_json(brief)); });
  if (log::enabled("orchestrator", log::level::debug))
    log::write("orchestrator", log::level::debug, "action",
               to_json(action_summary{row}));
}

void committed(runtime& r, const commit_report& x) {
  r.meters.committed(x);
  auto size = r.live.log_size.load();
  for (std::size_t i = 0; i < x.units.size(); ++i)
    if (x.answers[i])
      size = std::max(size,
                      x.answers[i]->first_sequence + x.units[i]->events.size());
  r.live.log_size = size;
}

storage::retention_limits limits_of(const config::audit_settings& s) {
  storage::retention_limits out;
  if (s.keep_days > 0)
    out.age = std::chrono::hours{24} * s.keep_days;
  if (s.keep_bytes > 0)
    out.live_bytes = s.keep_bytes;
  return out;
}

child_spec head_anchor_child(runtime& r) {
  auto child =
      worker(r, "head_anchor",
             std::make_shared<supervision::slot<head_anchor_actor>>(
                 "the audit log's anchor"),
             [&r](caf::scheduled_actor* parent, incarnation life) {
               const auto& s = r.settings.audit;
               storage::head_anchor_args args;
               args.where = r.store.get();
               args.key = &*r.head_key;
               args.file = storage::anchor_path(r.settings.storage.data_dir,
                                                s.anchor_file);
               args.webhook = s.anchor_webhook;
               args.interval = s.head_interval;
               args.fetch = [client = r.client.get()](auto q, auto done) {
                 return client->fetch(std::move(q), std::move(done));
               };
               args.view = &r.live.anchor;
               args.now = r.live.now;
               return storage::spawn_head_anchor(parent, std::move(life), args);
             });
  child.publications.push_back(&r.live.anchor);
  return child;
}

child_spec log_retention_child(runtime& r) {
  return worker(r, "log_retention",
                std::make_shared<supervision::slot<log_retention_actor>>(
                    "the audit log's retention"),
                [&r](caf::scheduled_actor* parent, incarnation life) {
                  storage::log_retention_args args;
                  args.where = r.store.get();
                  args.logger = r.logger;
                  args.limits = [&r] {
                    return limits_of(r.configured->current()->audit);
                  };
                  args.anchored = [&r] {
                    return r.live.anchor.get()->in_file.value_or(0);
                  };
                  args.interval = r.settings.audit.keep_interval;
                  args.now = r.live.now;
                  return storage::spawn_log_retention(parent, std::move(life),
                                                      args);
                });
}

supervisor_spec storage_spec(runtime& r) {
  supervisor_spec spec;
  auto logger = worker(
      r, "audit_logger", r.logger,
      [&r](caf::scheduled_actor* parent, incarnation life) {
        storage::audit_logger_args args;
        args.where = r.store.get();
        args.view = &r.live.storage;
        args.mode = r.settings.audit.durability == config::durability::sync
                        ? storage::durability::sync
                        : storage::durability::async;
        args.committed = [&r](const commit_report& x) { committed(r, x); };
        // A commit without a sync is short enough for the crew.
        const bool detached = args.mode == storage::durability::sync;
        return storage::spawn_audit_logger(parent, std::move(life), detached,
                                           args);
      });
  logger.hang_after = r.settings.audit.hang_after;
  logger.publications.push_back(&r.live.storage);
  spec.children.push_back(std::move(logger));
  spec.children.push_back(
      worker(r, "store_reader", r.reader,
             [&r](caf::scheduled_actor* parent, incarnation life) {
               return storage::spawn_store_reader(parent, std::move(life), true,
                                                  r.store.get(), &*r.head_key,
                                                  r.live.now);
             }));
  spec.children.push_back(
      worker(r, "log_verifier", r.verifier,
             [&r](caf::scheduled_actor* parent, incarnation life) {
               return storage::spawn_log_verifier(
                   parent, std::move(life), true,
                   {r.store.get(), r.settings.audit.verify_interval,
                    &r.live.verification, r.live.now});
             }));
  spec.children.push_back(worker(
      r, "log_exporter", r.exporter,
      [exports = storage::log_exporter_args{r.reader, &r.live.log_size}](
          caf::scheduled_actor* parent, incarnation life) {
        return storage::spawn_log_exporter(parent, std::move(life), exports);
      }));
  spec.children.push_back(head_anchor_child(r));
  spec.children.push_back(log_retention_child(r));
  spec.children.push_back(vault_child(r));
  return spec;
}

/// Those of the file first; what requests registered may change.
supervisor_spec providers_spec(runtime& r) {
  supervisor_spec spec;
  const auto configured = r.configured->current();
  for (const auto& p : configured->providers)
    if (!p.enabled)
      show_provider(r, p);
    else if (!p.registered)
      spec.children.push_back(provider_child(r, p));
  spec.added = [&r] {
    std::vector<child_spec> more;
    const auto present = r.configured->current();
    for (const auto& p : present->providers)
      if (p.enabled && p.registered)
        more.push_back(provider_child(r, p));
    return more;
  };
  return spec;
}

// Nothing may leave in panic, whoever wants it to.
void mode_changed(runtime& r, const mode_view& x) {
  if (x.mode == operating_mode::panic)
    r.client->block(explain(x));
  else
    r.client->unblock();
}

child_spec orchestrator_child(runtime& r) {
  auto child = worker(
      r, "orchestrator", r.orchestrator,
      [&r](caf::scheduled_actor* parent, incarnation life) {
        orchestrator::orchestrator_args args;
        args.logger = r.logger;
        args.reader = r.reader;
        args.providers = r.providers;
        args.vault = r.vault;
        args.agents = r.agent_manager;
        args.outside = r.outside;
        args.channel_router = r.channel_router;
        args.prompts = r.prompts->judge();
        args.prompts.judge =
            [&r, inner = std::move(args.prompts.judge)](std::string_view text) {
              auto verdict = inner(text);
              r.meters.judged(verdict.level);
              return verdict;
            };
        args.skills = [&r] { return r.agents->skills->skills(); };
        args.provider_changed = [&r](const std::string& name) {
          provider_changed(r, name);
        };
        args.mode_changed = [&r](const mode_view& x) { mode_changed(r, x); };
        args.live = &r.live;
        args.settings = r.configured;
        args.announce = [&r](const auto& row) { announce_action(r, *row); };
        args.now = r.live.now;
        return orchestrator::spawn_orchestrator(parent, std::move(life), args);
      });
  child.publications.push_back(&r.live.orchestrator);
  return child;
}

child_spec gateway_child(runtime& r) {
  return worker(r, "gateway", r.gateway,
                [&r](caf::scheduled_actor* parent, incarnation life) {
                  gateway::gateway_args args;
                  args.orchestrator = r.orchestrator;
                  args.reader = r.reader;
                  args.verifier = r.verifier;
                  args.providers = r.providers;
                  args.channel_router = r.channel_router;
                  args.channels = r.channels;
                  args.agents = r.agent_manager;
                  args.alerts = r.alert_watch;
                  args.exporter = r.exporter;
                  args.vault = r.vault;
                  args.export_seats = &r.export_seats;
                  args.streams = &r.streams;
                  args.live = &r.live;
                  args.now = r.live.now;
                  args.inject = [&r](const std::string& path, fault_kind kind) {
                    return inject(r, path, kind);
                  };
                  return gateway::spawn_gateway(parent, std::move(life), args);
                });
}

/// Remembers where every handle of the tree will be.
void collect(runtime& r, const std::string& path,
             const std::vector<child_spec>& children) {
  for (const auto& c : children)
    r.set_handle(path + '/' + c.id, c.live);
}

}  // namespace

supervisor_spec root_spec(runtime& r) {
  auto env = supervisor_env(r);
  supervisor_spec root;
  root.escalate = true;
  auto branch = [&](const std::string& id, supervisor_spec spec) {
    collect(r, "root/" + id, spec.children);
    root.children.push_back(supervision::supervisor_child(
        id, std::move(spec), env, child_defaults(r)));
  };
  branch("storage", storage_spec(r));
  branch("providers", providers_spec(r));
  branch("channels", channels_spec(r));
  branch("agents", agents_spec(r));
  root.children.push_back(orchestrator_child(r));
  branch("monitoring", monitoring_spec(r));
  root.children.push_back(gateway_child(r));
  collect(r, "root", root.children);
  r.set_handle("root", std::make_shared<supervision::live_handle>());
  return root;
}

}  // namespace closedpaw::wiring
