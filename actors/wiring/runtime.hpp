#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "actors/audit/signed_head.hpp"
#include "actors/channels/policy/table.hpp"
#include "actors/monitoring/alerts/board.hpp"
#include "actors/monitoring/history/timeline.hpp"
#include "actors/monitoring/metrics/meters.hpp"
#include "actors/monitoring/outbox.hpp"
#include "actors/storage/store/store.hpp"
#include "actors/supervision/slot.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/vault/key_ring.hpp"
#include "actors/wiring/agent_places.hpp"
#include "actors/wiring/prompt_guard.hpp"
#include "actors/wiring/service_manager.hpp"
#include "config/live_settings.hpp"
#include "http/client/client.hpp"
#include "http/client/farewells.hpp"
#include "http/routes/channel_feeds.hpp"
#include "http/routes/event_hub.hpp"
#include "http/server/listener.hpp"
#include "messages/actors.hpp"
#include "messages/model/delta_sink.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::wiring {

/// Everything that outlives the actors: they come and go, this stays. Built
/// and owned by main, in this order.
struct runtime {
  runtime(config::settings initial, service_manager& told, timestamp started);

  config::settings settings;
  service_manager& manager;
  std::unique_ptr<storage::store> store;
  live_state live;
  http::event_hub events;
  /// What is said on local channels.
  http::channel_feeds feeds;
  std::shared_ptr<supervision::tree> nodes;
  monitoring::outbox unrecorded;
  monitoring::meters meters;
  /// What the dashboard plots.
  monitoring::timeline timeline;
  /// Set before the actors start.
  std::unique_ptr<monitoring::alerts::board> alerts;
  supervision::supervisor_spec shippers;
  /// Of those who read exports of the audit log.
  http::seats export_seats{8};
  /// Null until it listens.
  std::atomic<const http::server*> server{nullptr};
  /// The last words of those that are closed.
  http::farewells leaving;
  /// All connections, those of clients and those to upstreams.
  boost::asio::io_context io{1};
  std::unique_ptr<http::client> client;

  supervision::slot_ptr<audit_logger_actor> logger;
  supervision::slot_ptr<store_reader_actor> reader;
  supervision::slot_ptr<log_verifier_actor> verifier;
  supervision::slot_ptr<orchestrator_actor> orchestrator;
  supervision::slot_ptr<gateway_actor> gateway;
  supervision::slot_ptr<vault_actor> vault;
  supervision::slot_ptr<channel_router_actor> channel_router;
  supervision::slot_ptr<agent_manager_actor> agent_manager;
  supervision::slot_ptr<api_caller_actor> outside;
  supervision::slot_ptr<alert_watch_actor> alert_watch;
  supervision::slot_ptr<log_exporter_actor> exporter;
  supervision::slot_table_ptr<provider_actor> providers;
  supervision::slot_table_ptr<channel_actor> channels;
  /// As the tree has them.
  published<channels::channel_table> channel_table{live.gen};
  /// Safe mode: they run only when they are started by hand.
  bool holds_channels = false;
  /// Who reads chats while they are made.
  stream_hub streams;
  /// The port that we listen on, which no upstream may have; 0 until then.
  std::atomic<std::uint16_t> own_port{0};
  std::atomic<std::uint16_t> own_remote_port{0};
  /// Why an address may not be called from here; empty where it may.
  std::optional<std::string> refuse_upstream(std::string_view ip,
                                             std::uint16_t port,
                                             bool allow_private) const;
  /// Set before the actors start.
  std::unique_ptr<vault::key_ring> keys;
  std::optional<audit::signing_key> head_key;
  std::unique_ptr<agent_services> agents;
  std::unique_ptr<prompt_guard> prompts;

  /// Set before the actors start.
  config::live_settings* configured = nullptr;
  /// Handles by path, for fault injection; null forgets one.
  void set_handle(const std::string& path,
                  std::shared_ptr<supervision::live_handle> where);
  /// Null for a path without one.
  std::shared_ptr<supervision::live_handle> handle_of(
      const std::string& path) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<supervision::live_handle>> handles_;
};

/// Takes the vault's key from where the store says, or makes the first one.
/// Locked is no failure. Before the actors start.
result<void> open_vault(runtime& r);

/// The vault's keeper.
supervision::child_spec vault_child(runtime& r);

/// Reads what the store has of channels, and publishes all of them. Before the
/// actors start.
result<void> load_channels(runtime& r);

/// Their router, and one child for each that is to run.
supervision::supervisor_spec channels_spec(runtime& r);

/// The owner of the agents; they themselves come and go.
supervision::supervisor_spec agents_spec(runtime& r);

/// The provider of that name was registered, changed or removed: makes its
/// place and its actor, or ends them. Called by the orchestrator only.
void provider_changed(runtime& r, const std::string& name);

/// Publishes what is configured of a provider that has no actor.
void show_provider(runtime& r, const config::provider_settings& p);

/// The child of the tree for one provider.
supervision::child_spec provider_child(runtime& r,
                                       const config::provider_settings& p);

/// The limits that the configuration gives every child.
supervision::child_spec child_defaults(const runtime& r);

/// The rules of that file, or those that are part of the program.
result<std::vector<alert_rule>> read_alert_rules(const std::string& file);

/// Puts the rules of alerts in their place.
result<void> load_alerts(runtime& r, result<std::vector<alert_rule>> rules);

/// One child for each target of the audit log. Once, before the actors start;
/// bad_request where a file that is named cannot be read.
result<supervision::supervisor_spec> shippers_spec(runtime& r);

/// Health, alerts, and those who tell of them.
supervision::supervisor_spec monitoring_spec(runtime& r);

/// Everything that GET /metrics shows; any thread.
monitoring::families measure(runtime& r);

/// The tree of the design's section 4, ready to be spawned.
supervision::supervisor_spec root_spec(runtime& r);

/// What all supervisors share.
std::shared_ptr<const supervision::supervisor_env> supervisor_env(runtime& r);

/// POST /api/supervision/fault; forbidden unless the configuration allows it.
result<void> inject(const runtime& r, const std::string& path, fault_kind kind);

}  // namespace closedpaw::wiring
