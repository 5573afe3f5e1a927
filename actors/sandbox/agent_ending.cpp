#include <algorithm>
#include <filesystem>

#include "actors/sandbox/agent_life.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::sandbox {

namespace {

std::string tail_of(std::string text) {
  constexpr std::size_t most = 500;
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text.size() <= most ? text : text.substr(text.size() - most);
}

bool as_wanted(const sandbox_end& how) {
  return how.cause == end_cause::stopped ||
         (how.cause == end_cause::exited && how.exit_code == 0);
}

failure failure_of(const sandbox_end& how) {
  const auto code =
      how.cause == end_cause::wall_time ? errc::timeout
      : how.cause == end_cause::stopped || how.cause == end_cause::killed
          ? errc::cancelled
          : errc::sandbox_failed;
  return {code, "the sandbox failed: " + how.why, {}, {}};
}

/// An object keeps its order, at a price that is quadratic in its members.
constexpr std::size_t most_members = 5'000;

/// Commas that are not within a text.
std::size_t members_in(std::string_view json_text) {
  std::size_t n = 0;
  bool within = false;
  for (std::size_t i = 0; i < json_text.size(); ++i) {
    const char c = json_text[i];
    if (within && c == '\\')
      ++i;
    else if (c == '"')
      within = !within;
    else if (!within && c == ',')
      ++n;
  }
  return n;
}

audit_event event_of(const agent_record& x, timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = "agents/sandbox-" + to_string(x.id);
  e.action_type = "agent";
  e.skill_id = x.skill.id;
  return e;
}

/// The action is not the event's own: an action's events are written with its
/// row.
json with_ids(const agent_record& x, json details) {
  details["agent_id"] = to_string(x.id);
  if (x.action_id)
    details["action_id"] = to_string(*x.action_id);
  return details;
}

}  // namespace

std::optional<json> read_foreign(const std::string& text) {
  if (members_in(text) > most_members)
    return std::nullopt;
  auto out = parse_json(text);
  if (!out)
    return std::nullopt;
  return std::move(*out);
}

audit_event agent_ended(const agent_record& x, const sandbox_end& how,
                        timestamp now) {
  auto e = event_of(x, now);
  e.status = "ended";
  e.outcome = as_wanted(how) ? "success" : "failure";
  e.level = as_wanted(how) ? "low" : "high";
  e.details = json_text{with_ids(x, to_json(how))};
  return e;
}

audit_event agent_connected(const agent_record& x,
                            const http::egress_report& what, timestamp now) {
  auto e = event_of(x, now);
  json details{{"to", to_string(what.to)}};
  e.status = what.refused ? "connection_refused" : "connected";
  e.outcome = what.refused ? "failure" : "success";
  e.level = what.refused ? "medium" : "low";
  if (what.refused)
    details["why"] = what.refused->message;
  e.details = json_text{with_ids(x, std::move(details))};
  return e;
}

agent_life::~agent_life() {
  // Neither stopped nor ended: it threw, or is told to go.
  if (args_.record && !has_ended(view_.state)) {
    sandbox_end how;
    how.cause = ending_.value_or(end_cause::abandoned);
    how.why = how.cause == end_cause::abandoned
                  ? "its actor ended first, so it was killed"
                  : "it was stopped with its actor";
    how.usage = view_.usage;
    if (process_)
      process_->kill();
    if (!abandoned())
      close(how);
  }
}

void agent_life::end(end_cause why) {
  if (ending_)
    return;
  ending_ = why;
  view_.state = agent_state::stopping;
  publish();
  if (process_)
    process_->kill();
}

void agent_life::failed_to_start(const failure& why) {
  sandbox_end how;
  how.cause = end_cause::start_failed;
  how.why = why.message;
  if (record().work)
    record().work->answer(why);
  for (auto& promise : std::exchange(checks_, {}))
    promise.deliver(to_error(why));
  close(how);
  self_->quit();
}

void agent_life::ended(const exit_status& status) {
  auto seen = usage();
  seen.workspace_bytes =
      workspace_bytes(record().workspace, record().limits.disk_bytes);
  auto how =
      judge_end(status, ending_, seen, record().limits, tail_of(errors_));
  answer_work(how);
  close(how);
  self_->quit();
}

void agent_life::close(const sandbox_end& how) {
  // Given up already, by the owner of the agents.
  if (!args_.table->is_active(record().id))
    return;
  view_.usage = how.usage;
  view_.end = how;
  if (egress_)
    egress_->close();
  view_.ended_at = args_.now();
  view_.busy = false;
  view_.state = as_wanted(how) || how.cause == end_cause::killed
                    ? agent_state::stopped
                    : agent_state::error;
  record().view->publish(view_);
  if (process_) {
    process_->forget();
    args_.where->retire(group_, to_string(record().id));
  }
  record().held->release();
  args_.table->count_end(how.cause);
  args_.report(agent_ended(record(), how, args_.now()));
  const auto why = failure_of(how);
  for (auto& promise : std::exchange(checks_, {}))
    promise.deliver(to_error(why));
  for (auto& x : std::exchange(commands_, {}))
    x.promise.deliver(to_error(why));
  for (auto& promise : std::exchange(stops_, {}))
    promise.deliver(to_string(record().id));
  if (record().work)
    record().work->answer(why);
  args_.table->retire(record().id);
  args_.changed(record().id);
  if (record().own_workspace) {
    std::error_code ignored;
    std::filesystem::remove_all(record().workspace, ignored);
  }
}

json agent_life::about_sandbox(const sandbox_end& how) const {
  auto out = to_json(how);
  out["agent_id"] = to_string(record().id);
  out["runtime"] = view_.runtime;
  out["duration_ms"] =
      std::chrono::duration_cast<std::chrono::milliseconds>(mono() - began_)
          .count();
  return out;
}

result<skill_outcome> agent_life::outcome_of(const sandbox_end& how) const {
  auto told = [&](failure why) {
    why.extra = nlohmann::json::parse(
        dump(json{{"sandbox", about_sandbox(how)}}), nullptr, false);
    return why;
  };
  if (!as_wanted(how) || how.cause == end_cause::stopped)
    return told(failure_of(how));
  const auto answer = read_foreign(output_);
  if (!answer || !answer->is_object() || !answer->contains("ok"))
    return told({errc::sandbox_failed,
                 "the skill's program answered something that is not its "
                 "protocol: {\"ok\": …} with at most " +
                     std::to_string(most_members) + " members was expected",
                 {},
                 {}});
  const auto ok = (*answer)["ok"];
  if (ok != true) {
    const auto* why = text_in(*answer, "error");
    return told({errc::bad_request, why ? *why : "it did not say why", {}, {}});
  }
  json out{{"status", "success"}, {"skill_id", record().skill.id}};
  out["result"] = answer->contains("result") ? (*answer)["result"] : json();
  out["changes"] = workspace_changes(record().workspace, before_,
                                     look_at_workspace(record().workspace));
  out["sandbox"] = about_sandbox(how);
  return skill_outcome{json_text{out}};
}

void agent_life::answer_work(const sandbox_end& how) {
  if (record().work)
    record().work->answer(outcome_of(how));
}

}  // namespace closedpaw::sandbox
