#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "actors/monitoring/alert_watch.hpp"
#include "actors/monitoring/health.hpp"
#include "actors/monitoring/metrics/live_families.hpp"
#include "actors/monitoring/metrics/process_families.hpp"
#include "actors/monitoring/notifier.hpp"
#include "actors/monitoring/recorder.hpp"
#include "actors/wiring/worker.hpp"
#include "config/alert_rules.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

using monitoring::families;
using monitoring::family;
using supervision::child_spec;
using supervision::incarnation;
using supervision::supervisor_spec;

void add_server(const http::server_counters& x, families& out) {
  auto connections =
      family::gauge("closedpaw_http_connections", "Open connections");
  connections.add({}, x.connections);
  auto streams = family::gauge("closedpaw_http_streams",
                               "Streams of events that are being read");
  streams.add({}, x.streams);
  auto in_flight = family::gauge("closedpaw_http_requests_in_flight",
                                 "Requests that have no answer yet");
  in_flight.add({}, x.in_flight);
  auto accepted = family::counter("closedpaw_http_connections_total",
                                  "Connections that were accepted");
  accepted.add({}, x.accepted_total);
  auto errors = family::counter("closedpaw_http_accept_errors_total",
                                "Connections that could not be accepted");
  errors.add({}, x.accept_errors_total);
  auto refused = family::counter("closedpaw_http_refused_total",
                                 "Connections and requests that were refused");
  for (std::size_t i = 0; i < http::refused_by_count; ++i)
    refused.add({{"reason", to_string(static_cast<http::refused_by>(i))}},
                x.refused_total[i]);
  for (auto* f :
       {&connections, &streams, &in_flight, &accepted, &errors, &refused})
    std::move(*f).to(out);
}

void add_store(const runtime& r, families& out) {
  const auto one = [&out](family f, double value) {
    f.add({}, value);
    std::move(f).to(out);
  };
  const auto usage = r.store->room();
  one(family::gauge("closedpaw_store_used_bytes",
                    "What the store has ever filled of its map"),
      static_cast<double>(usage.used));
  one(family::gauge("closedpaw_store_map_bytes",
                    "The most that the store may fill"),
      static_cast<double>(usage.map_size));
  one(family::gauge("closedpaw_audit_unrecorded_events",
                    "Events that wait for the audit log"),
      static_cast<double>(r.unrecorded.size()));
}

void add_alerts(const runtime& r, families& out) {
  auto alerts = family::gauge("closedpaw_alerts_firing", "Alerts that fire");
  std::array<std::uint64_t, 3> firing{};
  const auto view = r.live.alerts.get();
  for (const auto& x : view->alerts)
    if (x.state == alert_state::firing)
      ++firing[static_cast<std::size_t>(x.severity)];
  for (std::size_t i = 0; i < firing.size(); ++i)
    alerts.add({{"severity", to_string(static_cast<alert_severity>(i))}},
               firing[i]);
  auto told = family::counter("closedpaw_alert_notifications_total",
                              "Notifications that a receiver took");
  auto failed = family::counter("closedpaw_alert_notifications_failed_total",
                                "Attempts to notify a receiver that failed");
  auto waiting = family::gauge("closedpaw_alert_receiver_failing",
                               "1 while a receiver does not take "
                               "notifications");
  const auto receivers = r.live.receivers.get();
  for (const auto& x : *receivers) {
    told.add({{"receiver", x.name}}, x.delivered);
    failed.add({{"receiver", x.name}}, x.failed);
    waiting.add({{"receiver", x.name}}, x.trouble.empty() ? 0.0 : 1.0);
  }
  for (auto* f : {&alerts, &told, &failed, &waiting})
    std::move(*f).to(out);
}

void add_build(families& out) {
  auto build = family::gauge("closedpaw_build_info", "1; what runs");
  build.add({{"version", CLOSEDPAW_VERSION}}, 1.0);
  std::move(build).to(out);
}

/// On each look of the health actor. What goes wrong here is no reason to end
/// it.
void looked(runtime& r) {
  const auto now = std::chrono::steady_clock::now();
  log::lower_expired(now);
  // Once actors run no longer, this is not called either.
  r.manager.alive(now);
  if (!r.timeline.due(now))
    return;
  try {
    r.timeline.look(measure(r), now, r.live.now());
  } catch (const std::exception& e) {
    log::error("monitoring", "a point of the timeline is missing",
               {{"why", e.what()}});
  }
}

child_spec alert_watch_child(runtime& r) {
  auto child = worker(
      r, "alert_watch", r.alert_watch,
      [&r](caf::scheduled_actor* parent, incarnation life) {
        monitoring::alert_watch_args args;
        args.board = r.alerts.get();
        args.live = &r.live;
        args.logger = r.logger;
        args.measure = [&r] {
          timespec boot{};
          clock_gettime(CLOCK_BOOTTIME, &boot);
          r.meters.looked_at_clocks(
              r.live.now(),
              std::chrono::seconds{boot.tv_sec} +
                  std::chrono::microseconds{boot.tv_nsec / 1'000});
          return measure(r);
        };
        args.stored = [&r]() -> result<std::vector<json>> {
          auto rows = r.store->registry_list(monitoring::silences_prefix);
          if (!rows)
            return rows.error();
          std::vector<json> out;
          for (auto& row : *rows)
            out.push_back(std::move(row.value));
          return out;
        };
        args.report = [&r](audit_event e) { r.unrecorded.push(std::move(e)); };
        args.announce = [&r](const alert& x) {
          r.events.publish("alert", to_json(x));
        };
        args.interval = r.settings.alerts.interval;
        return monitoring::spawn_alert_watch(parent, std::move(life), args);
      });
  child.publications.push_back(&r.live.alerts);
  return child;
}

child_spec notifier_child(runtime& r) {
  auto child = worker(
      r, "notifier",
      std::make_shared<supervision::slot<notifier_actor>>("the notifier"),
      [&r](caf::scheduled_actor* parent, incarnation life) {
        monitoring::notifier_args args;
        args.board = r.alerts.get();
        args.channels = r.channels;
        args.fetch = [client = r.client.get()](auto q, auto done) {
          return client->fetch(std::move(q), std::move(done));
        };
        args.settings = r.settings.alerts;
        args.view = &r.live.receivers;
        args.now = r.live.now;
        return monitoring::spawn_notifier(parent, std::move(life), args);
      });
  child.publications.push_back(&r.live.receivers);
  return child;
}

}  // namespace

result<std::vector<alert_rule>> read_alert_rules(const std::string& file) {
  if (file.empty())
    return config::parse_alert_rules(config::builtin_alert_rules());
  std::ifstream in{file};
  if (!in)
    return failure{
        errc::bad_request,
        "the rules file " + file + " cannot be read: " + std::strerror(errno),
        {},
        {}};
  auto rules = config::parse_alert_rules(
      std::string{std::istreambuf_iterator<char>{in}, {}});
  if (!rules)
    return failure{
        errc::bad_request, file + ": " + rules.error().message, {}, {}};
  return rules;
}

result<void> load_alerts(runtime& r, result<std::vector<alert_rule>> rules) {
  if (!rules)
    return rules.error();
  const auto& s = r.settings.alerts;
  for (const auto& x : *rules)
    r.live.alert_rules.push_back(to_json(x));
  monitoring::alerts::mailing::times times;
  times.group_wait = s.group_wait;
  times.repeat_interval = s.repeat_interval;
  r.alerts = std::make_unique<monitoring::alerts::board>(
      std::move(*rules), r.settings.receivers, times);
  return {};
}

families measure(runtime& r) {
  const auto now = r.live.now();
  const auto root = r.live.tree();
  r.meters.expect_exits(root);
  auto out = r.meters.collect();
  monitoring::add_tree(root, out);
  monitoring::add_providers(r.live, now, out);
  monitoring::add_channels(r.live, now, out);
  monitoring::add_agents(*r.live.agents.get(), out);
  monitoring::add_state(r.live, now, out);
  monitoring::add_shippers(r.live, now, out);
  if (const auto* server = r.server.load())
    add_server(server->counters(), out);
  add_store(r, out);
  add_alerts(r, out);
  monitoring::add_disk(r.settings.storage.data_dir, out);
  monitoring::add_process(out);
  add_build(out);
  return out;
}

supervisor_spec monitoring_spec(runtime& r) {
  supervisor_spec spec;
  auto health = worker(
      r, "health", std::make_shared<supervision::slot<health_actor>>("health"),
      [&r](caf::scheduled_actor* parent, incarnation life) {
        return monitoring::spawn_health(parent, std::move(life), &r.live,
                                        [&r] { looked(r); });
      });
  health.publications.push_back(&r.live.health);
  spec.children.push_back(std::move(health));
  if (r.settings.alerts.enabled) {
    spec.children.push_back(alert_watch_child(r));
    spec.children.push_back(notifier_child(r));
  }
  spec.children.push_back(worker(
      r, "recorder",
      std::make_shared<supervision::slot<recorder_actor>>("the recorder"),
      [&r](caf::scheduled_actor* parent, incarnation life) {
        return monitoring::spawn_recorder(parent, std::move(life),
                                          &r.unrecorded, r.logger, r.live.now);
      }));
  spec.children.push_back(supervision::supervisor_child(
      "shippers", r.shippers, supervisor_env(r), child_defaults(r)));
  return spec;
}

}  // namespace closedpaw::wiring
