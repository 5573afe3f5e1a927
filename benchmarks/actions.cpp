// Actions in process: the daemon's own tree without HTTP, fed by producers that
// keep a window of requests in flight. The action is model_switch to a model
// that the cached list holds.
//
//   closedpaw-bench actions [--durability async|sync] [--seconds N]
//                           [--window N] [--producers N]
//
// Prints one JSON object; `per_second` is what counts.

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "actors/providers/provider.hpp"
#include "actors/storage/head_key.hpp"
#include "actors/wiring/actor_system.hpp"
#include "actors/wiring/runtime.hpp"
#include "actors/wiring/settings_keeper.hpp"
#include "messages/log.hpp"

namespace {

using namespace closedpaw;
using steady = std::chrono::steady_clock;

struct options {
  std::string durability = "async";
  std::uint32_t seconds = 2;
  std::uint32_t window = 32;
  std::uint32_t producers = 1;
};

struct producer_state {
  static constexpr const char* name = "producer";
  orchestrator_actor target;
  caf::actor report_to;
  ask_submit request;
  steady::time_point end;
  std::uint64_t answers = 0;
  std::uint64_t in_flight = 0;
  bool over = false;
};

using producer_actor = caf::stateful_actor<producer_state>;

void submit(producer_actor* self) {
  auto& state = self->state;
  ++state.in_flight;
  self->request(state.target, caf::infinite, state.request)
      .then(
          [self](const submitted&) {
            auto& st = self->state;
            --st.in_flight;
            ++st.answers;
            if (st.answers % 64 == 0)
              st.over = steady::now() >= st.end;
            if (!st.over)
              submit(self);
            else if (st.in_flight == 0)
              self->send(st.report_to, st.answers);
          },
          [self](caf::error& reason) { self->quit(std::move(reason)); });
}

void produce(producer_actor* self, const orchestrator_actor& target,
             const caf::actor& report_to, const options& o) {
  self->state.target = target;
  self->state.report_to = report_to;
  action_request request{
      action_type::model_switch, json{{"model", "llama3.2:3b"}}, {}};
  self->state.request = ask<submit_action>{
      {std::move(request)}, {{"local", "uid:0"}, "benchmark", {}}};
  self->state.end = steady::now() + std::chrono::seconds{o.seconds};
  for (std::uint32_t i = 0; i < o.window; ++i)
    submit(self);
}

config::settings settings_for(const options& o, const std::string& folder) {
  config::settings s;
  s.storage.data_dir = folder;
  s.audit.durability = o.durability == "sync" ? config::durability::sync
                                              : config::durability::async;
  s.log.level = config::log_level::error;
  s.providers = config::builtin_providers();
  s.providers[0].base_url = "http://127.0.0.1:9";
  s.default_provider = s.providers[0].name;
  return s;
}

int measure(const options& o, const std::string& folder) {
  wiring::service_manager nobody{{}, {}};
  wiring::runtime r{settings_for(o, folder), nobody, system_now()};
  storage::store_options where;
  where.data_dir = folder;
  where.mode = o.durability == "sync" ? storage::durability::sync
                                      : storage::durability::async;
  where.now = system_now();
  auto opened = storage::store::open(where);
  if (!opened) {
    std::cerr << opened.error().message << '\n';
    return 1;
  }
  r.store = std::move(*opened);
  auto view = providers::initial_view(
      r.settings.providers[0],
      config::limits_of(r.settings.providers[0], r.settings.provider_defaults));
  view.models = {{"llama3.2:3b", 0, {}, {}, {}}, {"mistral:7b", 0, {}, {}, {}}};
  view.models_at = system_now();
  r.live.providers.publish(
      {std::make_shared<published<provider_view>>(r.live.gen, view)});
  if (auto done = wiring::open_vault(r); !done) {
    std::cerr << done.error().message << '\n';
    return 1;
  }
  r.head_key = storage::load_or_create_head_key(folder).value();
  r.prompts = wiring::prompt_guard::open(r.settings.prompts).value();
  r.agents = std::make_unique<wiring::agent_services>(r.settings);
  if (auto done = wiring::load_alerts(r); !done) {
    std::cerr << done.error().message << '\n';
    return 1;
  }
  config::loaded_config loaded;
  loaded.values = r.settings;
  wiring::settings_keeper configured{{}, std::move(loaded), r.live.config};
  r.configured = &configured;
  r.client = std::make_unique<http::client>(r.io);

  scheduling::crew crew{
      r.io, wiring::crew_options_of(0, r.settings.supervision.max_leaked)};
  wiring::actor_system_config cfg{crew};
  std::optional<caf::actor_system> running{std::in_place, cfg};
  auto& system = *running;
  auto root = supervision::spawn_root(system, wiring::root_spec(r),
                                      wiring::supervisor_env(r));
  while (r.nodes->find("root/orchestrator") == nullptr ||
         r.nodes->find("root/orchestrator")->state() != node_state::running)
    std::this_thread::yield();
  std::optional<caf::scoped_actor> asker{std::in_place, system};
  auto& self = *asker;
  const auto begin = steady::now();
  for (std::uint32_t i = 0; i < o.producers; ++i)
    self->spawn<caf::monitored>(produce, *r.orchestrator->get(),
                                caf::actor_cast<caf::actor>(self), o);
  std::uint64_t total = 0;
  int status = 0;
  for (std::uint32_t done = 0; done < o.producers && status == 0;)
    self->receive([&](std::uint64_t n) { total += n, ++done; },
                  [&](const caf::down_msg& down) {
                    if (down.reason) {
                      std::cerr << to_failure(down.reason).message << '\n';
                      status = 1;
                    }
                  });
  const std::chrono::duration<double> elapsed = steady::now() - begin;
  if (status == 0 && total == 0) {
    std::cerr << "no action was done\n";
    status = 1;
  }
  self->monitor(root);
  self->send_exit(root, caf::exit_reason::user_shutdown);
  self->receive([&](const caf::down_msg&) {});
  // The crew outlives the system.
  asker.reset();
  root = nullptr;
  running.reset();
  if (status == 0)
    std::cout << dump({{"benchmark", "actions"},
                       {"durability", o.durability},
                       {"window", o.window},
                       {"producers", o.producers},
                       {"actions", total},
                       {"seconds", elapsed.count()},
                       {"per_second",
                        static_cast<double>(total) / elapsed.count()}})
              << '\n';
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"In-process benchmarks of ClosedPaw", "closedpaw-bench"};
  options o;
  auto& actions = *app.add_subcommand("actions", "Actions per second");
  actions.add_option("--durability", o.durability)
      ->check(CLI::IsMember({"sync", "async"}));
  actions.add_option("--seconds", o.seconds);
  actions.add_option("--window", o.window);
  actions.add_option("--producers", o.producers);
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  config::log_settings quiet;
  quiet.level = config::log_level::error;
  log::configure(quiet);
  // On a disk, which /tmp need not be; and nowhere that a run that is killed
  // leaves something to be committed.
  std::string folder = "/var/tmp/closedpaw-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    std::perror("closedpaw-bench: mkdtemp");
    return 1;
  }
  const int status = measure(o, folder);
  std::filesystem::remove_all(folder);
  return status;
}
