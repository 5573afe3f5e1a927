#include "actors/sandbox/manager_state.hpp"

// What became of agents that were begun.
namespace closedpaw::sandbox {

namespace {

constexpr std::chrono::seconds longest_to_begin{10};
constexpr int looks_before_lost = 3;

}  // namespace

void manager_state::look_at_created() {
  std::erase_if(creating_, [this](const auto& x) {
    auto promise = x.second;
    const auto record = args_.table->find(x.first);
    const auto view = record ? record->view->get() : nullptr;
    if (view && view->state == agent_state::running) {
      promise.deliver(to_string(x.first));
      return true;
    }
    if (view && !has_ended(view->state))
      return false;
    promise.deliver(to_error(
        {errc::sandbox_failed,
         "the agent did not start: " +
             (view && view->end ? view->end->why : std::string{"it is gone"}),
         {},
         {}}));
    return true;
  });
}

// An actor that hung was replaced by nobody: what it held goes.
void manager_state::look_at_lost() {
  for (const auto& x : args_.table->active()) {
    auto view = *x->view->get();
    const bool waits = x->where->incarnation() == 0 &&
                       args_.now() - view.created_at < longest_to_begin;
    if (waits || x->where->get()) {
      missing_.erase(x->id);
      continue;
    }
    // A life that begins has no handle for a moment.
    if (++missing_[x->id] < looks_before_lost)
      continue;
    missing_.erase(x->id);
    sandbox_end how;
    how.cause = end_cause::abandoned;
    how.why = "its actor is gone, so it was killed";
    const auto held = x->held->release();
    if (held.egress)
      held.egress->close();
    if (held.program) {
      held.program->kill();
      held.program->forget();
      args_.where->retire(held.program->group(), to_string(x->id));
    }
    view.state = agent_state::error;
    view.ended_at = args_.now();
    view.end = how;
    x->view->publish(view);
    args_.table->count_end(how.cause);
    args_.report(agent_ended(*x, how, args_.now()));
    const failure gone{errc::interrupted, how.why, {}, {}};
    if (x->work)
      x->work->answer(gone);
    for (auto it = passed_.begin(); it != passed_.end();)
      if (it->second.agent == x->id) {
        it->second.refused(gone);
        it = passed_.erase(it);
      } else {
        ++it;
      }
    args_.table->retire(x->id);
    args_.remove(x->id);
  }
}

// What a limit has ended is no failure of ours, and is to be seen in the tree:
// its own node is gone.
void manager_state::note_ends(
    const std::vector<std::pair<std::string, std::uint64_t>>& now) {
  for (const auto& [cause, times] : now)
    if (std::exchange(seen_ends_[cause], times) < times && cause != "exited" &&
        cause != "stopped")
      self_->record_exchange(true, "an agent ended: " + cause, args_.now());
}

void manager_state::publish() {
  if (self_->life().where->fenced(self_->life().number))
    return;
  shown_ = args_.table->revision();
  agents_view view;
  view.agents = args_.table->views();
  view.isolation = args_.where->report();
  view.max_agents = args_.max_agents;
  view.started = args_.table->started();
  view.ended = args_.table->ends();
  note_ends(view.ended);
  args_.live->agents.publish(std::move(view));
}

}  // namespace closedpaw::sandbox
