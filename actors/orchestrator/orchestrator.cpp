#include "actors/orchestrator/orchestrator.hpp"

#include "actors/orchestrator/orchestrator_state.hpp"

namespace closedpaw::orchestrator {

namespace {

constexpr std::chrono::milliseconds sweep_interval{250};

}  // namespace

orchestrator_actor spawn_orchestrator(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      orchestrator_args args) {
  return supervision::spawn_worker<orchestrator_actor, orchestrator_state>(
      parent, std::move(life), false,
      [args = std::move(args)](orchestrator_state::self_pointer self) {
        return self->state.init(args);
      });
}

orchestrator_state::~orchestrator_state() {
  const auto because = [](errc code, const char* why) {
    return failure{code, why, std::chrono::milliseconds{1000}, {}};
  };
  const auto unsent = because(
      errc::unavailable, "the orchestrator stopped before it recorded this");
  const auto unheard =
      because(errc::outcome_unknown,
              "the orchestrator stopped before it heard whether this was "
              "recorded");
  const auto gone =
      because(errc::outcome_unknown,
              "the orchestrator stopped before the action ended; it is "
              "recorded: look it up again");
  auto keys = std::exchange(outbox_keys_, {});
  for (const auto& [key, change] : std::exchange(later_, {}))
    keys.push_back(key);
  auto waiting = std::exchange(in_flight_, {});
  for (const auto key : keys)
    if (const auto who = waiting.extract(key); !who.empty())
      who.mapped().refused(unsent);
  for (const auto& [key, who] : waiting)
    who.refused(unheard);
  for (auto& [id, run] : running_) {
    auto f = gone;
    f.extra = {{"action_id", to_string(id)}, {"outcome", "unknown"}};
    for (auto& waiter : run.waiters)
      waiter.deliver(to_error(f));
    // What they decided is recorded.
    tell_deciders(run, run.row);
  }
  for (auto& promise : waiting_checks_)
    promise.deliver(to_error(gone));
  // What they asked for is recorded.
  for (auto& x : starting_)
    x.promise.deliver(x.name);
}

orchestrator_actor::behavior_type orchestrator_state::init(
    orchestrator_args args) {
  args_ = std::move(args);
  settings_ = args_.settings->current();
  mode_ = *args_.live->mode.get();
  // Unless the store says so.
  panic_unrecorded_ = mode_.mode == operating_mode::panic;
  take_skills();
  // Stopping in order loses nothing that was to be recorded.
  self_->set_exit_handler([this](caf::exit_msg& x) {
    if (x.reason != caf::exit_reason::kill)
      send_outbox();
    self_->quit(std::move(x.reason));
  });
  restore();
  self_->delayed_send(self_, sweep_interval, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](const ask_submit& q) { return on_submit(*q); },
      [this](const ask_chat& q) {
        return on_run({action_type::chat, chat_parameters(q->command), {}},
                      q->context, q->command.stream_id);
      },
      [this](const ask_switch& q) {
        return on_run(
            {action_type::model_switch, json{{"model", q->command.model}}, {}},
            q->context, {});
      },
      [this](const ask_decide& q) { return on_decide(*q); },
      [this](const ask_cancel& q) { return on_cancel(*q); },
      [this](const await_action& q) { return on_await(q); },
      [this](const ask_skill& q) { return on_skill(*q); },
      [this](const ask_default_provider& q) { return on_default_provider(*q); },
      [this](const ask_register_provider& q) { return on_register(*q); },
      [this](const ask_remove_provider& q) { return on_remove(*q); },
      [this](const ask_mode& q) { return on_mode(*q); },
      [this](apply_atom) {
        refresh_settings();
        look_at_starting();
      },
      [this](restore_atom) {
        restore_scheduled_ = false;
        restore();
      },
      [this](commit_atom) { send_outbox(); },
      [this](sweep_atom) {
        sweep();
        self_->delayed_send(self_, sweep_interval, sweep_atom::value);
      },
  };
}

// -- shared ------------------------------------------------------------------

orchestrator_state::monotonic_time orchestrator_state::mono() const {
  return self_->clock().now();
}

std::chrono::milliseconds orchestrator_state::deadline_for(
    action_type type) const {
  const auto& s = settings_->orchestrator;
  // A call's own end comes first, and says more.
  if (type == action_type::api_call)
    return std::max(s.action_deadline,
                    settings_->api_calls.timeout + std::chrono::seconds{1});
  return type == action_type::chat ? s.chat_deadline : s.action_deadline;
}

execution_context orchestrator_state::context() const {
  execution_context out{*settings_, {}, skills_};
  out.provider =
      [this](
          const std::string& wanted) -> std::shared_ptr<const provider_view> {
    const auto providers = args_.live->providers.get();
    for (const auto& p : *providers)
      if (auto view = p->get(); view->name == wanted)
        return view;
    return nullptr;
  };
  return out;
}

std::optional<failure> orchestrator_state::not_ready() const {
  if (ready_)
    return std::nullopt;
  return failure{
      errc::unavailable,
      "the orchestrator is still restoring its actions" +
          (restore_trouble_.empty() ? std::string{} : ": " + restore_trouble_),
      std::chrono::milliseconds{1000},
      {}};
}

void orchestrator_state::publish() {
  if (abandoned())
    return;
  orchestrator_view view;
  view.pending.reserve(pending_.size());
  for (const auto& [id, row] : pending_)
    view.pending.push_back(row);
  view.executing = running_.size();
  view.skills = skills_;
  view.default_provider = settings_->default_provider;
  for (const auto& p : settings_->providers)
    view.default_models[p.name] = p.default_model;
  args_.live->orchestrator.publish(std::move(view));
}

void orchestrator_state::announce(const row_ptr& row) const {
  if (args_.announce)
    args_.announce(row);
}

}  // namespace closedpaw::orchestrator
