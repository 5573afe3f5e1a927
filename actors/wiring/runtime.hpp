#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>

#include "actors/monitoring/outbox.hpp"
#include "actors/storage/store/store.hpp"
#include "actors/supervision/slot.hpp"
#include "actors/supervision/supervisor.hpp"
#include "config/live_settings.hpp"
#include "http/client/client.hpp"
#include "http/routes/event_hub.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::wiring {

/// Everything that outlives the actors: they come and go, this stays. Built
/// and owned by main, in this order.
struct runtime {
  explicit runtime(config::settings initial, timestamp started);

  config::settings settings;
  std::unique_ptr<storage::store> store;
  live_state live;
  http::event_hub events;
  std::shared_ptr<supervision::tree> nodes;
  monitoring::outbox unrecorded;
  /// Upstream traffic; a thread of main's runs it.
  boost::asio::io_context upstream_io{1};
  std::unique_ptr<http::client> client;

  supervision::slot_ptr<audit_logger_actor> logger;
  supervision::slot_ptr<store_reader_actor> reader;
  supervision::slot_ptr<orchestrator_actor> orchestrator;
  supervision::slot_ptr<gateway_actor> gateway;
  std::map<std::string, supervision::slot_ptr<provider_actor>> providers;

  /// Set before the actors start.
  config::live_settings* configured = nullptr;
  /// Handles by path, for fault injection.
  std::map<std::string, std::shared_ptr<supervision::live_handle>> handles;
};

/// The tree of the design's section 4, ready to be spawned.
supervision::supervisor_spec root_spec(runtime& r);

/// What all supervisors share.
std::shared_ptr<const supervision::supervisor_env> supervisor_env(runtime& r);

/// POST /api/supervision/fault; forbidden unless the configuration allows it.
result<void> inject(const runtime& r, const std::string& path, fault_kind kind);

}  // namespace closedpaw::wiring
