#include "actors/orchestrator/orchestrator_state.hpp"
#include "messages/log.hpp"

namespace closedpaw::orchestrator {

namespace {

json stored(const mode_view& x) {
  return {{"mode", to_string(x.mode)},
          {"since", to_iso8601(x.since)},
          {"by", x.by},
          {"reason", x.reason}};
}

audit_event event_of(const mode_view& next, const mode_view& before,
                     const command_context& by) {
  audit_event e;
  e.time = next.since;
  e.actor = "orchestrator";
  e.user = by.peer;
  e.action_type = "system";
  e.status = to_string(next.mode);
  e.outcome = "success";
  e.level = next.mode == operating_mode::panic ? "critical" : "medium";
  e.request_id = by.request_id;
  e.details = json_text{
      json{{"before", to_string(before.mode)}, {"reason", next.reason}}};
  return e;
}

}  // namespace

mode_view mode_from(const json& row) {
  mode_view out;
  // Drained is only a process.
  if (!row.is_object() || row.value("mode", "") != "panic")
    return out;
  out.mode = operating_mode::panic;
  out.since = parse_iso8601(row.value("since", "")).value_or(timestamp{});
  out.by = row.value("by", "");
  out.reason = row.value("reason", "");
  return out;
}

std::optional<failure> orchestrator_state::not_taking_on() const {
  if (auto no = not_ready())
    return no;
  if (mode_.mode == operating_mode::normal)
    return std::nullopt;
  return failure{errc::unavailable,
                 "nothing new is begun: " + explain(mode_),
                 std::chrono::milliseconds{10'000},
                 {{"mode", to_string(mode_.mode)}}};
}

// What takes power away holds before it is recorded; what gives it back does
// not, and not where something else was asked for meanwhile. Panic asks for
// nothing: neither that the store is there, nor that it was not asked for yet.
caf::result<std::string> orchestrator_state::on_mode(
    const closedpaw::ask<change_mode>& q) {
  const auto& wanted = q.command;
  const bool panic = wanted.to == operating_mode::panic;
  if (auto no = panic ? std::nullopt : not_ready())
    return to_error(*no);
  if (wanted.to == operating_mode::draining &&
      mode_.mode == operating_mode::panic)
    return to_error(
        {errc::conflict, "nothing is begun anyway: " + explain(mode_), {}, {}});
  const auto before = mode_;
  const mode_view next{wanted.to, now(), q.context.peer.id, wanted.reason};
  const bool at_once = panic || next.mode > before.mode;
  const auto change = ++mode_changes_;
  auto promise = self_->make_response_promise<std::string>();
  if (at_once)
    enter(next);
  record_mode(
      next, before, q.context,
      [=, this]() mutable {
        if (change != mode_changes_ && mode_.mode != next.mode) {
          promise.deliver(to_error(
              {errc::conflict,
               "something else was asked for meanwhile: " + explain(mode_),
               {},
               {}}));
          return;
        }
        if (!at_once)
          enter(next);
        promise.deliver(std::string{to_string(next.mode)});
      },
      [=, this](const failure& why) mutable {
        auto told = refusal(why, {});
        if (at_once)
          told.message = std::string{to_string(next.mode)} +
                         " holds, and is recorded as soon as that is possible "
                         "again: " +
                         told.message;
        promise.deliver(to_error(told));
      });
  return promise;
}

void orchestrator_state::record_mode(const mode_view& next,
                                     const mode_view& before,
                                     const command_context& by,
                                     const on_committed& done,
                                     const on_refused& refused) {
  const bool panic = next.mode == operating_mode::panic;
  auto unit = std::make_shared<commit_unit>();
  unit->may_use_reserve = true;
  unit->events.push_back(event_of(next, before, by));
  unit->registry.push_back(
      {std::string{mode_key},
       panic ? std::optional{stored(next)} : std::nullopt});
  panic_unrecorded_ = false;
  commit(unit, done, [=, this](const failure& why) {
    // Also where it was to end: what is stored may be an earlier mode.
    panic_unrecorded_ = mode_.mode == operating_mode::panic;
    refused(why);
  });
}

void orchestrator_state::enter(const mode_view& next) {
  mode_ = next;
  log::warn("orchestrator", "mode " + explain(mode_));
  if (abandoned())
    return;
  args_.live->mode.publish(next);
  if (args_.mode_changed)
    args_.mode_changed(next);
  if (next.mode != operating_mode::panic)
    return;
  if (const auto agents = args_.agents->get())
    self_->request(*agents, look_up_timeout, stop_atom::value)
        .then([](std::uint32_t) {},
              [](const caf::error& e) {
                log::error("orchestrator", "agents are not known to be stopped",
                           {{"why", to_failure(e).message}});
              });
  else
    log::error(
        "orchestrator",
        "the owner of the agents is away; it stops them when it is back");
  end_running();
  reject_pending();
}

// Also for what comes to wait while it lasts: actions that were being recorded,
// and those that a later life restores.
void orchestrator_state::hold_panic() {
  if (mode_.mode != operating_mode::panic)
    return;
  reject_pending();
  if (panic_unrecorded_)
    record_mode(
        mode_, mode_, by_mode(), [] {}, [](const failure&) {});
}

command_context orchestrator_state::by_mode() const {
  return {{"local", mode_.by}, {}, {}};
}

void orchestrator_state::end_running() {
  const auto by = by_mode().peer;
  std::vector<uuid> ids;
  for (const auto& [id, run] : running_)
    if (!run.ending)
      ids.push_back(id);
  for (const auto& id : ids)
    finish(id, failure{errc::cancelled, "ended by " + explain(mode_), {}, {}},
           &by);
}

void orchestrator_state::reject_pending() {
  std::vector<row_ptr> rows;
  for (const auto& [id, row] : pending_)
    if (!deciding_.contains(id))
      rows.push_back(row);
  for (const auto& row : rows) {
    auto step = decide(*row, {false, by_mode().peer}, now());
    if (!step)
      continue;
    const auto id = row->id;
    deciding_.insert(id);
    carry_out(
        std::move(*step), row->parameters.value(), {},
        [=, this](const planned&) {
          deciding_.erase(id);
          pending_.erase(id);
          publish();
        },
        // The next look tries again.
        [=, this](const failure&) { deciding_.erase(id); });
  }
}

}  // namespace closedpaw::orchestrator
