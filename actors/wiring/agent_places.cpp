#include <algorithm>
#include <filesystem>

#include "actors/outbound/api_caller.hpp"
#include "actors/sandbox/agent.hpp"
#include "actors/sandbox/manager.hpp"
#include "actors/wiring/agent_places.hpp"
#include "actors/wiring/runtime.hpp"
#include "messages/log.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::wiring {

namespace {

std::string name_of(const uuid& id) {
  return "sandbox-" + to_string(id);
}

/// Where the programs beside ours are.
std::string helpers() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error)
      .parent_path()
      .string();
}

void remove(runtime& r, const uuid& id) {
  r.set_handle("root/agents/" + name_of(id), nullptr);
  const auto handle = r.handle_of("root/agents");
  if (const auto supervisor = handle ? handle->get() : nullptr)
    supervision::remove_child(supervisor, name_of(id));
}

/// It runs, or has ended.
void changed(runtime& r, const uuid& id) {
  if (!r.agents->table.is_active(id))
    remove(r, id);
  if (const auto manager = r.agent_manager->get())
    caf::anon_send(*manager, wake_atom::value);
}

supervision::child_spec agent_child(runtime& r,
                                    const sandbox::agent_table::record_ptr& x) {
  sandbox::agent_args args;
  args.record = x;
  args.table = &r.agents->table;
  args.where = &r.agents->isolation;
  args.io = &r.io;
  args.server = helpers() + "/agent";
  args.report = [&r](audit_event e) { r.unrecorded.push(std::move(e)); };
  args.changed = [&r](const uuid& id) { changed(r, id); };
  args.egress.directory =
      r.settings.storage.data_dir + "/agents/" + to_string(x->id) + ".egress";
  args.egress.allow = r.settings.sandbox.network_allow;
  args.egress.allow_private_addresses =
      r.settings.sandbox.allow_private_addresses;
  args.egress.refuse_address =
      [&r](std::string_view ip, std::uint16_t port,
           bool allow_private) -> std::optional<std::string> {
    if (const auto mode = r.live.mode.get();
        mode->mode == operating_mode::panic)
      return explain(*mode);
    return r.refuse_upstream(ip, port, allow_private);
  };
  args.network = &r.agents->network;
  args.now = r.live.now;
  auto spec = child_defaults(r);
  spec.id = name_of(x->id);
  spec.restart = restart_kind::temporary;
  // Its sandbox has begun by then, or never will.
  spec.check_timeout = std::chrono::seconds{20};
  spec.where = x->where;
  spec.publications.push_back(x->view.get());
  spec.start = [args, where = x->where](caf::scheduled_actor* parent,
                                        supervision::incarnation life) {
    auto handle = sandbox::spawn_agent(parent, std::move(life), args);
    where->set(handle);
    return caf::actor_cast<caf::actor>(handle);
  };
  r.set_handle("root/agents/" + spec.id, spec.live);
  return spec;
}

void add(runtime& r, const sandbox::agent_table::record_ptr& x) {
  const auto handle = r.handle_of("root/agents");
  if (const auto supervisor = handle ? handle->get() : nullptr)
    supervision::add_child(supervisor, agent_child(r, x));
}

sandbox::isolation_options options_of(const config::settings& s) {
  const auto& dir = s.storage.data_dir;
  sandbox::isolation_options out;
  out.runtimes = s.sandbox.runtimes;
  out.program_directories = s.sandbox.program_directories;
  out.may_be_unenforced = s.sandbox.may_be_unenforced;
  out.network = !s.sandbox.network_allow.empty();
  out.helpers = helpers();
  out.directory = dir + "/sandboxes";
  out.instance = to_hex(sha256({dir})).substr(0, 12);
  return out;
}

}  // namespace

std::unique_ptr<sandbox::catalogue> read_skills(const std::string& data_dir) {
  auto out = std::make_unique<sandbox::catalogue>(
      std::vector<std::string>{helpers() + "/skills", data_dir + "/skills"});
  out->refresh();
  return out;
}

agent_services::agent_services(const config::settings& s,
                               std::unique_ptr<sandbox::catalogue> found)
    : skills{std::move(found)},
      isolation{options_of(s)},
      network_stays_{network.get_executor()} {
  if (!s.sandbox.network_allow.empty())
    network_thread_ = std::jthread{[this](const std::stop_token& stop) {
      const std::stop_callback end{stop, [this] { network.stop(); }};
      network.run();
    }};
  // Of agents that a daemon that crashed left.
  std::error_code ignored;
  std::filesystem::remove_all(s.storage.data_dir + "/agents", ignored);
  // A request before the trial waits for it.
  isolation.will_probe();
  for (const auto& x : skills->broken())
    log::error("agents", "a skill cannot be used", {{"why", x.why}});
  if (isolation.orphans() > 0)
    log::warn("agents", "sandboxes that were left behind are removed",
              {{"sandboxes", isolation.orphans()}});
}

void agent_services::begin_trial(runtime& r) {
  // The start of the daemon and whoever asks for another one.
  const std::lock_guard guard{trial_mutex_};
  trial_ = std::jthread{[this, &r](const std::stop_token& stop) {
    isolation.probe(stop);
    // What was broken off found nothing out.
    if (stop.stop_requested())
      return;
    const auto found = isolation.report();
    if (found.chosen.empty())
      log::warn("agents", "no isolation works here, so no agent starts",
                to_json(found));
    else
      log::info("agents", "sandboxes are made by " + found.chosen);
    if (const auto manager = r.agent_manager->get())
      caf::anon_send(*manager, wake_atom::value);
  }};
}

supervision::supervisor_spec agents_spec(runtime& r) {
  supervision::supervisor_spec spec;
  auto manager = child_defaults(r);
  manager.id = "manager";
  manager.where = r.agent_manager;
  manager.publications.push_back(&r.live.agents);
  manager.start = [&r](caf::scheduled_actor* parent,
                       supervision::incarnation life) {
    sandbox::manager_args args;
    args.logger = r.logger;
    args.table = &r.agents->table;
    args.where = &r.agents->isolation;
    args.skills = r.agents->skills.get();
    args.live = &r.live;
    args.directory = r.settings.storage.data_dir;
    args.max_agents = r.settings.sandbox.max_agents;
    args.add = [&r](const auto& x) { add(r, x); };
    args.remove = [&r](const uuid& id) { remove(r, id); };
    args.probe = [&r] { r.agents->begin_trial(r); };
    args.report = [&r](audit_event e) { r.unrecorded.push(std::move(e)); };
    args.now = r.live.now;
    auto actor = sandbox::spawn_agent_manager(parent, std::move(life), args);
    r.agent_manager->set(actor);
    return caf::actor_cast<caf::actor>(actor);
  };
  spec.children.push_back(std::move(manager));
  auto caller = child_defaults(r);
  caller.id = "api_caller";
  caller.where = r.outside;
  caller.start = [&r](caf::scheduled_actor* parent,
                      supervision::incarnation life) {
    outbound::api_caller_args args;
    args.settings = r.settings.api_calls;
    args.fetch = [client = r.client.get()](auto q, auto done) {
      return client->fetch(std::move(q), std::move(done));
    };
    args.now = r.live.now;
    auto actor = outbound::spawn_api_caller(parent, std::move(life), args);
    r.outside->set(actor);
    return caf::actor_cast<caf::actor>(actor);
  };
  spec.children.push_back(std::move(caller));
  return spec;
}

}  // namespace closedpaw::wiring
