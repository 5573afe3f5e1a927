#include "benchmarks/in_process/daemon_tree.hpp"

#include <thread>

#include "actors/providers/provider.hpp"
#include "actors/storage/head_key.hpp"

namespace closedpaw::benchmarks {

namespace {

config::settings settings_for(config::durability mode,
                              const std::filesystem::path& folder) {
  config::settings s;
  s.storage.data_dir = folder;
  s.audit.durability = mode;
  s.log.level = config::log_level::off;
  // Each restart is to be the first one, which nothing delays.
  s.supervision.fault_injection = true;
  s.supervision.intensity = 1'000;
  s.supervision.period = std::chrono::milliseconds{100};
  s.supervision.quiet_reset = std::chrono::milliseconds{1};
  s.providers = config::builtin_providers();
  s.providers[0].base_url = "http://127.0.0.1:9";
  s.default_provider = s.providers[0].name;
  s.channels = config::builtin_channels();
  return s;
}

}  // namespace

daemon_tree::daemon_tree(config::durability mode)
    : runtime_{std::make_unique<wiring::runtime>(
          settings_for(mode, folder_.path()), nobody_, system_now())} {
  auto& r = *runtime_;
  open_store(mode);
  publish_provider();
  must(wiring::open_vault(r));
  r.head_key = must(storage::load_or_create_head_key(folder_.path()));
  r.prompts = must(wiring::prompt_guard::open(r.settings.prompts));
  r.agents = std::make_unique<wiring::agent_services>(
      r.settings, wiring::read_skills(r.settings.storage.data_dir));
  must(wiring::load_alerts(r, wiring::read_alert_rules("")));
  config::loaded_config loaded;
  loaded.values = r.settings;
  configured_ = std::make_unique<wiring::settings_keeper>(
      config::sources{}, std::move(loaded), r.live.config);
  r.configured = configured_.get();
  http::client_options client;
  client.refuse_address = [&r](std::string_view ip, std::uint16_t port,
                               bool allow_private) {
    return r.refuse_upstream(ip, port, allow_private);
  };
  r.client = std::make_unique<http::client>(r.io, std::move(client));
  start();
}

daemon_tree::~daemon_tree() {
  stop();
}

void daemon_tree::open_store(config::durability mode) {
  storage::store_options where;
  where.data_dir = folder_.path();
  where.mode = mode == config::durability::sync ? storage::durability::sync
                                                : storage::durability::async;
  where.now = system_now();
  runtime_->store = must(storage::store::open(where));
}

void daemon_tree::publish_provider() {
  auto& r = *runtime_;
  auto view = providers::initial_view(
      r.settings.providers[0],
      config::limits_of(r.settings.providers[0], r.settings.provider_defaults));
  view.models = {{model, 0, {}, {}, {}}, {"mistral:7b", 0, {}, {}, {}}};
  view.models_at = system_now();
  r.live.providers.publish(
      {std::make_shared<published<provider_view>>(r.live.gen, view)});
}

void daemon_tree::start() {
  auto& r = *runtime_;
  crew_ = std::make_unique<scheduling::crew>(
      r.io, wiring::crew_options_of(0, r.settings.supervision.max_leaked));
  config_ = std::make_unique<wiring::actor_system_config>(*crew_);
  system_ = std::make_unique<caf::actor_system>(*config_);
  root_ = supervision::spawn_root(*system_, wiring::root_spec(r),
                                  wiring::supervisor_env(r));
  while (r.nodes->find("root/gateway") == nullptr ||
         r.nodes->find("root/gateway")->state() != node_state::running)
    std::this_thread::yield();
}

double daemon_tree::actions_per_commit() {
  for (const auto& family : wiring::measure(*runtime_))
    if (family.name == "closedpaw_audit_commit_units") {
      const auto& units = family.metric.front().histogram;
      return units.sample_sum / static_cast<double>(units.sample_count);
    }
  throw std::runtime_error{"commits are not counted"};
}

void daemon_tree::stop() {
  if (!system_)
    return;
  {
    caf::scoped_actor self{*system_};
    self->monitor(root_);
    self->send_exit(root_, caf::exit_reason::user_shutdown);
    self->receive([](const caf::down_msg&) {});
  }
  // The crew outlives the system.
  root_ = nullptr;
  system_.reset();
}

}  // namespace closedpaw::benchmarks
