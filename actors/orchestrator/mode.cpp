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
// not.
caf::result<std::string> orchestrator_state::on_mode(
    const closedpaw::ask<change_mode>& q) {
  if (auto no = not_ready())
    return to_error(*no);
  const auto& wanted = q.command;
  const auto before = mode_;
  const mode_view next{wanted.to, now(), q.context.peer.id, wanted.reason};
  const bool at_once = next.mode > before.mode;
  auto promise = self_->make_response_promise<std::string>();
  if (at_once)
    enter(next, q.context);
  auto unit = std::make_shared<commit_unit>();
  unit->may_use_reserve = true;
  unit->events.push_back(event_of(next, before, q.context));
  unit->registry.push_back(
      {std::string{mode_key}, next.mode == operating_mode::panic
                                  ? std::optional{stored(next)}
                                  : std::nullopt});
  commit(
      unit,
      [=, this, context = q.context]() mutable {
        if (!at_once)
          enter(next, context);
        promise.deliver(std::string{to_string(next.mode)});
      },
      [=, this](const failure& why) mutable {
        auto told = refusal(why, {});
        if (at_once)
          told.message = std::string{to_string(next.mode)} +
                         " holds, but not beyond this process: " + told.message;
        promise.deliver(to_error(told));
      });
  return promise;
}

void orchestrator_state::enter(const mode_view& next,
                               const command_context& by) {
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
  end_running(by);
  reject_pending(by);
}

void orchestrator_state::end_running(const command_context& by) {
  std::vector<uuid> ids;
  for (const auto& [id, run] : running_)
    if (!run.ending)
      ids.push_back(id);
  for (const auto& id : ids)
    finish(id, failure{errc::cancelled, "ended by " + explain(mode_), {}, {}},
           &by.peer);
}

void orchestrator_state::reject_pending(const command_context& by) {
  std::vector<row_ptr> rows;
  for (const auto& [id, row] : pending_)
    if (!deciding_.contains(id))
      rows.push_back(row);
  for (const auto& row : rows) {
    auto step = decide(*row, false, by.peer, std::nullopt, now());
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
        [=, this](const failure&) { deciding_.erase(id); });
  }
}

}  // namespace closedpaw::orchestrator
