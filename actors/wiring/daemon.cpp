#include "actors/wiring/daemon.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "actors/orchestrator/orchestrator.hpp"
#include "actors/storage/anchor_file.hpp"
#include "actors/storage/head_key.hpp"
#include "actors/wiring/actor_system.hpp"
#include "actors/wiring/own_events.hpp"
#include "actors/wiring/paths.hpp"
#include "actors/wiring/remote_access.hpp"
#include "actors/wiring/serve.hpp"
#include "actors/wiring/signals.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

storage::store_options store_options_of(const config::settings& s,
                                        timestamp now) {
  storage::store_options out;
  out.data_dir = s.storage.data_dir;
  out.map_size = std::uint64_t{s.storage.map_size_gib} << 30;
  out.reserve_size = std::uint64_t{s.storage.reserve_mib} << 20;
  out.mode = s.audit.durability == config::durability::sync
                 ? storage::durability::sync
                 : storage::durability::async;
  out.now = now;
  return out;
}

}  // namespace

void die(const std::string& cause) {
  // Logging waits for whoever reads it; a reader that does not must not keep
  // us.
  std::thread{[] {
    std::this_thread::sleep_for(std::chrono::seconds{1});
    _exit(exit_broken);
  }}.detach();
  log::write("main", log::level::critical,
             cause + "; the process ends now, with status " +
                 std::to_string(exit_broken));
  log::flush();
  _exit(exit_broken);
}

daemon::daemon(config::sources from, config::loaded_config loaded,
               service_manager& manager, timestamp now)
    : runtime_{loaded.values, manager, now},
      from_{std::move(from)},
      loaded_{std::move(loaded)} {}

result<std::unique_ptr<daemon>> daemon::start(config::sources from,
                                              config::loaded_config loaded,
                                              service_manager& manager) {
  std::unique_ptr<daemon> d{
      new daemon{std::move(from), std::move(loaded), manager, system_now()}};
  if (auto done = d->open_store(); !done)
    return done.error();
  if (auto done = d->begin(); !done) {
    // Not an unclean end: nothing was taken on.
    (void)d->marker_->end();
    return done.error();
  }
  return d;
}

result<void> daemon::begin() {
  // It takes down what is left of sandboxes.
  auto agents = std::async(std::launch::async, [this] {
    return std::make_unique<agent_services>(runtime_.settings,
                                            early_.skills.get());
  });
  start_upstream();
  runtime_.live.paths = paths_of(loaded_);
  auto prompts = prompt_guard::open(runtime_.settings.prompts);
  if (!prompts)
    return prompts.error();
  runtime_.prompts = std::move(*prompts);
  runtime_.live.explain_text = [this](const std::string& x) {
    return runtime_.prompts->explain(x);
  };
  if (auto done = load_alerts(runtime_, early_.alert_rules.get()); !done)
    return done;
  auto shippers = shippers_spec(runtime_);
  if (!shippers)
    return shippers.error();
  runtime_.shippers = std::move(*shippers);
  start_actor_system();
  runtime_.agents = agents.get();
  start_actors();
  return listen();
}

void daemon::settle() {
  runtime_.agents->begin_trial(runtime_);
  runtime_.prompts->warm_up();
}

daemon::~daemon() {
  // The actors may still be asked what it counts.
  runtime_.server = nullptr;
  if (!stopped_ && root_) {
    // Start failed half way: nothing was acknowledged, nothing waits.
    stop_actors();
  }
  // Its threads also run the connections, which go after them.
  runtime_.leaving.wait(std::chrono::seconds{1});
  root_ = nullptr;
  actors_.reset();
}

// Once without and once with what config_change actions left in the store.
result<void> daemon::open_store() {
  auto& r = runtime_;
  auto opened =
      storage::store::open(store_options_of(r.settings, r.live.started_at));
  if (!opened)
    return opened.error();
  r.store = std::move(*opened);
  auto rows = r.store->registry_list(orchestrator::settings_prefix);
  if (!rows)
    return rows.error();
  for (const auto& row : *rows)
    from_.persisted[row.key.substr(orchestrator::settings_prefix.size())] =
        row.value;
  auto providers = r.store->registry_list(orchestrator::providers_prefix);
  if (!providers)
    return providers.error();
  auto& registered = from_.registered.emplace();
  for (const auto& row : *providers)
    registered[row.key.substr(orchestrator::providers_prefix.size())] =
        row.value;
  if (auto done = open_vault(r); !done)
    return done;
  auto head_key = storage::load_or_create_head_key(r.settings.storage.data_dir);
  if (!head_key)
    return head_key.error();
  r.head_key = std::move(*head_key);
  auto again = config::load(from_);
  if (!again)
    return again.error();
  loaded_ = std::move(*again);
  for (const auto& w : loaded_.warnings)
    log::warn("main", w);
  r.settings = loaded_.values;
  settings_ = std::make_unique<settings_keeper>(from_, loaded_, r.live.config);
  auto marker =
      run_marker::begin(r.settings.storage.data_dir, r.live.started_at);
  if (!marker)
    return marker.error();
  marker_ = std::move(*marker);
  note_last_run();
  if (auto done = restore_mode(); !done)
    return done;
  return load_channels(r);
}

// What the last run left in force, and where the log ends.
result<void> daemon::restore_mode() {
  auto& r = runtime_;
  const auto head = r.store->audit_head();
  if (!head)
    return head.error();
  r.live.log_size = head->size;
  const auto row = r.store->registry_get(orchestrator::mode_key);
  if (!row)
    return row.error();
  if (*row)
    r.live.mode.publish(orchestrator::mode_from(**row));
  if (const auto mode = r.live.mode.get(); mode->mode != operating_mode::normal)
    log::error("main", "nothing new is begun: " + explain(*mode));
  return {};
}

void daemon::note_last_run() {
  if (!marker_->last_run_unclean())
    return;
  note_unclean_exit(runtime_, marker_->recent_unclean_exits());
  if (!marker_->safe_mode())
    return;
  runtime_.holds_channels = true;
  runtime_.live.notices.push_back(
      "safe mode: " + std::to_string(marker_->recent_unclean_exits()) +
      " unclean exits within five minutes; channels and agents stay stopped "
      "until a start that follows a clean stop or five quiet minutes");
  log::error("main", runtime_.live.notices.back());
}

void daemon::start_upstream() {
  auto& r = runtime_;
  http::client_options options;
  options.refuse_address = [&r](std::string_view ip, std::uint16_t port,
                                bool allow_private) {
    return r.refuse_upstream(ip, port, allow_private);
  };
  r.client = std::make_unique<http::client>(r.io, std::move(options));
  if (const auto mode = r.live.mode.get(); mode->mode == operating_mode::panic)
    r.client->block(explain(*mode));
}

void daemon::start_actor_system() {
  auto& r = runtime_;
  r.configured = settings_.get();
  crew_ = std::make_unique<scheduling::crew>(
      r.io, crew_options_of(r.settings.runtime.workers,
                            r.settings.supervision.max_leaked));
  caf_config_ = std::make_unique<actor_system_config>(*crew_);
  actors_ = std::make_unique<caf::actor_system>(*caf_config_);
}

void daemon::start_actors() {
  auto& r = runtime_;
  supervision::watchdog_options watch;
  watch.max_leaked = r.settings.supervision.max_leaked;
  watch.vital = {"root/storage/audit_logger"};
  watch.on_held = [this](std::size_t threads) { crew_->stand_in(threads); };
  watch.die = [](const std::string& cause) { die(cause); };
  watchdog_ =
      std::make_unique<supervision::watchdog>(r.nodes, std::move(watch));
  root_ = supervision::spawn_root(*actors_, root_spec(r), supervisor_env(r));
  r.handle_of("root")->set(root_);
  root_->attach_functor([this](const caf::error& reason) {
    if (!stopping_) {
      std::lock_guard guard{mutex_};
      root_failure_ = to_failure(reason).message;
    }
    stopped_ = true;
    signals::wake();
  });
  // Listening begins when the way through all actors has been proven once, or
  // has been seen to fail; an operator then finds out why over HTTP.
  caf::scoped_actor self{*actors_};
  self->request(root_, std::chrono::seconds{5}, check_atom::value)
      .receive([](const std::string&) {}, [](const caf::error&) {});
  const auto gateway = r.nodes->find("root/gateway");
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{6};
  while (gateway && gateway->state() != node_state::running &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::microseconds{100});
}

result<void> daemon::listen() {
  auto& r = runtime_;
  door_ = std::make_unique<front_door>(
      early_.routes.get(), r.live, *settings_, r.gateway,
      [this] { return server_->in_flight(); },
      [this](std::function<void()> f) {
        boost::asio::post(runtime_.io, std::move(f));
      },
      [&r](const http::request& q, const security::rate_verdict& seen) {
        note_limited(r, q, seen);
      },
      [&r](const http::request& q, const failure& why,
           std::optional<std::uint64_t> times) {
        note_stranger(r, q, why, times);
      });
  serve_logins(r, *door_);
  // In the loop, so that no connection finds us half made.
  std::promise<result<void>> opened;
  boost::asio::post(r.io, [&] { opened.set_value(open_server()); });
  if (auto done = opened.get_future().get(); !done)
    return done;
  heartbeat_ = std::jthread{[this, &r](const std::stop_token& stop) {
    std::mutex m;
    std::condition_variable_any wake;
    std::unique_lock lock{m};
    auto looked = r.live.now();
    while (!wake.wait_for(lock, stop, std::chrono::seconds{15},
                          [&] { return stop.stop_requested(); })) {
      r.events.heartbeat();
      r.feeds.heartbeat();
      end_expired(r, looked);
      end_old_logins(r, *door_);
    }
  }};
  return {};
}

result<void> daemon::open_server() {
  const auto& s = runtime_.settings.http;
  http::server_options options;
  options.host = s.listen.host;
  options.port = s.listen.port;
  options.max_connections = s.max_connections;
  options.max_body = s.max_body_bytes;
  options.idle_timeout = s.idle_timeout;
  options.allowed_origins = s.allowed_origins;
  if (s.allow_root_peer)
    options.allow_root_peer = true;
  options.request_deadline = [this](http::method verb, std::string_view path) {
    return door_->session_deadline(verb, path);
  };
  options.on_answer = [&r = runtime_](const http::answered_request& x) {
    r.meters.answered(x);
  };
  options.on_fault = [](std::string_view request_id, std::string_view what) {
    log::error("http", "a request or its connection failed with an exception",
               {{"request_id", request_id}, {"what", what}});
  };
  if (!runtime_.settings.remote.listen.host.empty()) {
    auto remote = remote_options_of(runtime_);
    if (!remote)
      return remote.error();
    options.remote = std::move(*remote);
  }
  auto opened =
      http::server::open(runtime_.io, std::move(options),
                         [this](http::request&& q, http::reply_slot& reply) {
                           return door_->handle(std::move(q), reply);
                         });
  if (!opened)
    return opened.error();
  server_ = std::move(*opened);
  runtime_.server = server_.get();
  // Before the first request, which might register us as an upstream.
  runtime_.own_port = server_->port();
  runtime_.own_remote_port = server_->remote_port();
  return {};
}

void daemon::reload() {
  // Whatever the configuration file says by now.
  renew_identity(runtime_, *server_);
  auto changes = settings_->reload();
  if (!changes) {
    log::error("main", "reload refused, the old configuration stays: " +
                           changes.error().message);
    return;
  }
  for (const auto& c : *changes) {
    log::info("main", "reloaded " + c.key,
              {{"before", c.before}, {"after", c.after}});
  }
  if (auto handle = runtime_.orchestrator->get())
    caf::anon_send(*handle, apply_atom::value);
  log::info("main", "reload done; " + std::to_string(changes->size()) +
                        " settings changed");
}

// Reverse order: the door first, then the tree from the gateway to storage.
void daemon::begin_stop() {
  stopping_ = true;
  const auto deadline = runtime_.settings.supervision.shutdown_deadline;
  watchdog_->begin_shutdown(deadline);
  runtime_.events.close_all();
  runtime_.feeds.close_all();
  server_->stop(deadline / 4, [this] {
    caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  });
}

void daemon::stop_actors() {
  stopping_ = true;
  watchdog_->begin_shutdown(runtime_.settings.supervision.shutdown_deadline);
  caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  while (!stopped_)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

std::optional<std::string> daemon::root_failure() const {
  std::lock_guard guard{mutex_};
  return root_failure_;
}

result<void> daemon::finish() {
  auto& r = runtime_;
  if (auto done = r.store->sync(); !done)
    return done;
  // With what the actors' own end has added. Nothing is lost where it fails.
  const auto head = storage::sign_head(*r.store, *r.head_key, r.live.now());
  if (head && r.live.anchor.get()->in_file != head->head.size)
    if (auto done = storage::append_head(
            storage::anchor_path(r.settings.storage.data_dir,
                                 r.settings.audit.anchor_file),
            *head);
        !done)
      log::error("storage", "the audit log's last head is not anchored",
                 {{"why", done.error().message}});
  return marker_->end();
}

}  // namespace closedpaw::wiring
