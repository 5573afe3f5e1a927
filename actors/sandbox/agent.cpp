#include "actors/sandbox/agent.hpp"

#include "actors/sandbox/agent_life.hpp"
#include "actors/sandbox/runtime/connection_teller.hpp"

namespace closedpaw::sandbox {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds sweep_interval{100};
/// At the workspace.
constexpr milliseconds longest_unlooked{500};
/// Between being asked to end and being killed.
constexpr std::chrono::seconds grace{2};
/// A JSON text of so many bytes may need more of them.
constexpr std::uint64_t wrapped(std::uint64_t bytes) {
  return 12 * bytes + 65'536;
}

}  // namespace

internal_agent::behavior_type agent_life::init(agent_args given) {
  args_ = std::move(given);
  view_ = *record().view->get();
  view_.state = agent_state::creating;
  publish();
  start();
  self_->delayed_send(self_, sweep_interval, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](const ask_execute& q) { return on_execute(q->command); },
      [this](const ask_stop_agent& q) { return on_stop(q->command); },
      [this](const ask_pause_agent& q) { return on_pause(q->command); },
      [this](const launch_news_ptr& x) {
        if (x->outcome)
          started(std::move(*x->outcome));
        else
          failed_to_start(x->outcome.error());
      },
      [this](const process_news_ptr& x) { hear(*x); },
      [this](sweep_atom) {
        sweep();
        self_->delayed_send(self_, sweep_interval, sweep_atom::value);
      },
  };
}

void agent_life::publish() {
  if (!abandoned())
    record().view->publish(view_);
}

sandbox_spec agent_life::spec() const {
  sandbox_spec out;
  out.id = to_string(record().id);
  out.limits = record().limits;
  out.workspace = record().workspace;
  out.system = record().skill.system || serves();
  out.environment = {{"PATH", "/usr/bin:/bin"},
                     {"HOME", "/workspace"},
                     {"TMPDIR", "/tmp"},
                     {"LANG", "C.UTF-8"}};
  out.shown = {{"/skill", record().skill.directory}};
  out.command = record().skill.command;
  std::vector<std::string> before{"/agent/closedpaw-agent"};
  if (egress_) {
    out.shown["/egress"] = args_.egress.directory;
    before.emplace_back("--egress");
    before.push_back(std::string{"/egress/"} + http::egress_socket_name);
  }
  // Bubblewrap has a first process of its own; for one that is somebody's
  // program signals would have no default.
  if (serves())
    out.command = before;
  else if (egress_ || view_.runtime != "bubblewrap") {
    before.emplace_back("--");
    out.command.insert(out.command.begin(), before.begin(), before.end());
  }
  if (out.command.front() == before.front())
    out.shown["/agent"] = args_.server;
  return out;
}

result<void> agent_life::open_egress() {
  args_.egress.report =
      [record = args_.record, tell = args_.report, now = args_.now,
       teller = connection_teller{}](const http::egress_report& x) mutable {
        if (teller.tells(to_string(x.to), x.refused.has_value()))
          tell(agent_connected(*record, x, now()));
      };
  auto made = http::egress_proxy::open(*args_.network, args_.egress);
  if (!made)
    return made.error();
  egress_ = std::move(*made);
  record().held->hold(egress_);
  return {};
}

void agent_life::start() {
  if (auto made = make_workspace(record().workspace); !made)
    return failed_to_start(made.error());
  if (!serves())
    before_ = look_at_workspace(record().workspace);
  const auto most = record().limits.disk_bytes;
  if (workspace_bytes(record().workspace, most) > most)
    return failed_to_start(
        {errc::sandbox_failed,
         "the workspace of skill " + record().skill.id +
             " holds more than its limit of " + std::to_string(most) +
             " bytes (disk_bytes); make room, or raise the limit",
         {},
         {}});
  if (record().limits.network)
    if (auto made = open_egress(); !made)
      return failed_to_start(made.error());
  args_.where->start(spec(), [me = caf::actor_cast<caf::weak_actor_ptr>(self_),
                              where = args_.where](result<launched> outcome) {
    auto news = std::make_shared<launch_news>(*where, std::move(outcome));
    if (auto strong = me.lock())
      caf::anon_send(caf::actor_cast<caf::actor>(strong), news);
  });
}

void agent_life::started(launched x) {
  group_ = x.group;
  auto tell =
      [me = caf::actor_cast<caf::weak_actor_ptr>(self_)](process_news news) {
        if (auto strong = me.lock())
          caf::anon_send(caf::actor_cast<caf::actor>(strong),
                         std::make_shared<process_news>(std::move(news)));
      };
  using kind = process_news::kind;
  process_events events;
  events.output = [tell](std::string text) {
    tell({kind::output, std::move(text)});
  };
  events.errors = [tell](std::string text) {
    tell({kind::errors, std::move(text)});
  };
  events.flooded = [tell] { tell({kind::flooded}); };
  events.ended = [tell](exit_status how) { tell({kind::ended, {}, how}); };
  const auto most = record().limits.output_bytes;
  process_ = watch(*args_.io, std::move(x), serves() ? wrapped(most) : most,
                   std::move(events));
  record().held->hold(process_);
  process_->begin();
  began_ = mono();
  wall_until_ = began_ + record().limits.wall;
  view_.started_at = args_.now();
  if (!serves()) {
    process_->write(dump(record().work->request()), true);
    view_.busy = true;
    if (!ending_)
      view_.state = agent_state::running;
    for (auto& promise : std::exchange(checks_, {}))
      promise.deliver(std::string{"its sandbox runs"});
  }
  publish();
  args_.changed(record().id);
  if (ending_)
    process_->kill();
}

void agent_life::hear(process_news& x) {
  switch (x.what) {
    case process_news::kind::output:
      output_ += x.text;
      if (serves())
        take_lines();
      break;
    case process_news::kind::errors:
      errors_ += x.text;
      // Of what serves, only the end is worth keeping.
      if (serves() && errors_.size() > 4'096)
        errors_.erase(0, errors_.size() - 4'096);
      break;
    case process_news::kind::flooded:
      end(end_cause::output_limit);
      break;
    case process_news::kind::ended:
      ended(x.status);
      break;
  }
}

void agent_life::measure() {
  constexpr int look_costs_at_most = 20;
  auto seen = usage();
  seen.workspace_bytes = view_.usage.workspace_bytes;
  if (mono() >= workspace_look_at_) {
    const auto begun = std::chrono::steady_clock::now();
    const auto most = record().limits.disk_bytes;
    seen.workspace_bytes = workspace_bytes(record().workspace, most);
    const auto took = std::chrono::steady_clock::now() - begun;
    workspace_look_at_ =
        mono() + std::min<std::chrono::nanoseconds>(look_costs_at_most * took,
                                                    longest_unlooked);
    if (*seen.workspace_bytes > most)
      end(end_cause::disk_limit);
  }
  const auto before = view_.usage.processes_refused.value_or(0);
  if (const auto n = seen.processes_refused.value_or(0); n > before)
    self_->record_exchange(
        true, "was refused " + std::to_string(n) + " processes", args_.now());
  view_.usage = seen;
}

sandbox_usage agent_life::usage() const {
  auto out = group_.usage();
  // Its memory is given back when it ends, so the most is remembered.
  out.tmpfs_bytes = std::max(out.tmpfs_bytes, view_.usage.tmpfs_bytes);
  // Those of a group of the runtime's own go with it.
  out.oom_kills = std::max(out.oom_kills, view_.usage.oom_kills);
  out.processes_refused =
      std::max(out.processes_refused, view_.usage.processes_refused);
  // There all of its memory is in a file.
  if (view_.runtime == "gvisor")
    out.tmpfs_bytes.reset();
  if (egress_) {
    const auto n = egress_->counters();
    out.connections = n.connections;
    out.connections_refused = n.refused;
    out.sent_bytes = n.sent_bytes;
    out.received_bytes = n.received_bytes;
  }
  return out;
}

void agent_life::sweep() {
  if (!process_ || view_.state == agent_state::paused)
    return;
  const auto now = mono();
  if (wall_until_ && now >= *wall_until_)
    end(end_cause::wall_time);
  if (kill_at_ && now >= *kill_at_) {
    kill_at_.reset();
    ending_ = end_cause::killed;
    process_->kill();
  }
  measure();
  publish();
}

caf::result<std::string> agent_life::on_check() {
  if (view_.state == agent_state::running || view_.state == agent_state::paused)
    return std::string{"its sandbox runs"};
  checks_.push_back(self_->make_response_promise<std::string>());
  return checks_.back();
}

caf::result<std::string> agent_life::on_stop(const stop_agent& q) {
  stops_.push_back(self_->make_response_promise<std::string>());
  const auto promise = stops_.back();
  if (!ending_) {
    ending_ = end_cause::stopped;
    view_.state = agent_state::stopping;
    publish();
  }
  if (!process_)
    return promise;
  if (q.force) {
    process_->kill();
    return promise;
  }
  // A frozen one would not hear of it.
  (void)group_.freeze(false);
  kill_at_ = mono() + grace;
  process_->write({}, true);
  process_->terminate();
  return promise;
}

caf::result<std::string> agent_life::on_pause(const pause_agent& q) {
  const bool fits =
      view_.state == (q.paused ? agent_state::running : agent_state::paused);
  if (!fits)
    return to_error({errc::conflict,
                     "the agent is " + std::string{to_string(view_.state)},
                     {},
                     {}});
  if (auto done = group_.freeze(q.paused); !done)
    return to_error(done.error());
  if (q.paused && wall_until_)
    wall_left_ = *std::exchange(wall_until_, std::nullopt) - mono();
  else if (!q.paused && wall_left_)
    wall_until_ = mono() + *std::exchange(wall_left_, std::nullopt);
  view_.state = q.paused ? agent_state::paused : agent_state::running;
  publish();
  serve_next();
  return to_string(record().id);
}

agent_actor spawn_agent(caf::scheduled_actor* parent,
                        supervision::incarnation life, agent_args args) {
  return supervision::spawn_worker<internal_agent, agent_life>(
      parent, std::move(life), true,
      [args = std::move(args)](agent_life::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::sandbox
