#include "actors/orchestrator/action_machine.hpp"

#include "actors/orchestrator/security_rules.hpp"
#include "messages/model/chat.hpp"
#include "messages/model/json_writer.hpp"

namespace closedpaw::orchestrator {

namespace {

audit_event& add_event(transition& step, action_status status, timestamp now,
                       json_text details) {
  const auto& x = step.row();
  // Most steps are an action's whole life.
  step.events().reserve(2);
  auto& e = step.events().emplace_back();
  e.time = now;
  e.actor = "orchestrator";
  e.user = x.requested_by;
  e.action_id = x.id;
  e.action_type = to_string(x.type);
  e.skill_id = x.skill_id;
  e.status = to_string(status);
  e.level = to_string(x.level);
  e.request_id = x.request_id;
  e.details = std::move(details);
  return e;
}

transition next_step(const action& current) {
  transition out{current};
  ++out.row().version;
  return out;
}

std::optional<failure> refuse_channel(const action& current,
                                      const principal& by) {
  if (by.kind != "channel")
    return std::nullopt;
  const auto no = [](const char* why) {
    return failure{errc::forbidden, why, {}, {}};
  };
  if (current.level == security_level::critical)
    return no("critical actions are decided about at the machine itself");
  if (current.requested_by == by)
    return no("nobody decides about an action that they asked for");
  return std::nullopt;
}

/// Rejecting needs no confirmation: it must stay easy.
std::optional<failure> refuse_confirmation(const action& current,
                                           const decision& how) {
  if (!how.approved)
    return std::nullopt;
  if (how.confirm && !current.digest.starts_with(*how.confirm))
    return failure{errc::conflict,
                   "what was shown is not what waits: the digest of this "
                   "action does not begin with " +
                       *how.confirm + "; look at it again",
                   {},
                   {}};
  if (how.must_confirm && !how.confirm &&
      current.level == security_level::critical)
    return failure{errc::conflict,
                   "a critical action is approved with \"confirm\": the first "
                   "8 digits or more of its digest, as GET /api/actions/" +
                       to_string(current.id) +
                       " shows it (security.confirm_critical)",
                   {},
                   {}};
  return std::nullopt;
}

}  // namespace

transition submit(const action_request& request, const command_context& context,
                  const uuid& id, timestamp now,
                  const skill_manifest* program) {
  transition out{{}};
  auto& row = out.row();
  row.id = id;
  row.version = 1;
  row.type = request.type;
  row.level = classify(request, program);
  row.status = needs_approval(row.level) ? action_status::pending
                                         : action_status::executing;
  row.skill_id = request.skill_id;
  row.parameters = request.parameters;
  row.digest = action_digest(row.type, row.skill_id, row.parameters);
  row.created_at = now;
  row.requested_by = context.peer;
  row.request_id = context.request_id;
  // The original logs every submission as "pending", whatever its level.
  add_event(out, action_status::pending, now, object_text([&](json_writer& w) {
              w.value("parameters", row.type == action_type::chat
                                        ? without_images(row.parameters)
                                        : row.parameters);
              w.text("security_level", to_string(row.level));
            }));
  return out;
}

result<transition> decide(const action& current, const decision& how,
                          timestamp now) {
  const bool approved = how.approved;
  if (current.status != action_status::pending)
    return failure{errc::not_found, "Action not found or not pending", {}, {}};
  if (auto no = refuse_channel(current, how.by))
    return *no;
  if (auto no = refuse_confirmation(current, how))
    return *no;
  if (approved && action_digest(current.type, current.skill_id,
                                current.parameters) != current.digest)
    return failure{errc::conflict,
                   "the stored action is not the one that was shown: its "
                   "digest does not match; reject it and submit it again",
                   {},
                   {}};
  auto out = next_step(current);
  auto& row = out.row();
  row.status = approved ? action_status::executing : action_status::rejected;
  row.decided_by = how.by;
  row.claimed_user = how.claimed_user;
  if (!approved)
    row.completed_at = now;
  auto details = object_text([&](json_writer& w) {
    w.text("digest", row.digest);
    w.text_if("claimed_user", how.claimed_user);
    w.text_if("confirmed", how.confirm);
  });
  auto& e = add_event(
      out, approved ? action_status::approved : action_status::rejected, now,
      std::move(details));
  e.user = how.by;
  if (!approved)
    e.outcome = "rejected";
  return out;
}

transition complete(const action& current, json_text outcome, timestamp now) {
  return complete(next_step(current), std::move(outcome), now);
}

transition complete(transition step, json_text outcome, timestamp now) {
  auto& row = step.row();
  row.status = action_status::completed;
  row.result = std::move(outcome);
  row.completed_at = now;
  add_event(step, row.status, now,
            object_text([&](json_writer& w) { w.value("result", row.result); }))
      .outcome = "success";
  return step;
}

transition fail(const action& current, const failure& why, timestamp now) {
  return fail(next_step(current), why, now);
}

transition fail(transition step, const failure& why, timestamp now) {
  auto& row = step.row();
  row.status = action_status::failed;
  row.error = why.message;
  row.error_code = to_string(why.code);
  // How a sandbox ended, and which limits it met.
  std::optional<json_text> sandbox;
  if (why.extra.is_object() && why.extra.contains("sandbox"))
    sandbox = json_text{json(why.extra["sandbox"])};
  // Clients of the original look for what became of it in the result.
  row.result = object_text([&](json_writer& w) {
    w.text("status", "failed");
    w.text("action_type", to_string(row.type));
    w.text("error", why.message);
    if (why.retry_after)
      w.value("retry_after_ms", why.retry_after->count());
    if (sandbox)
      w.value("sandbox", *sandbox);
  });
  row.completed_at = now;
  add_event(step, row.status, now, object_text([&](json_writer& w) {
              w.text("error", why.message);
              w.text("code", to_string(why.code));
              if (sandbox)
                w.value("sandbox", *sandbox);
            }))
      .outcome = "failure";
  return step;
}

transition with_attempts(transition step,
                         const std::vector<chat_attempt>& failed) {
  std::vector<audit_event> tries;
  for (const auto& x : failed) {
    auto e = step.events().back();
    e.status = "attempt_failed";
    e.outcome = "failure";
    e.user = step.row().requested_by;
    e.details = object_text([&](json_writer& w) {
      w.text("provider", x.provider);
      w.text("model", x.model);
      w.text("code", x.code);
      w.text("error", x.error);
      w.value("latency_ms", x.latency_ms);
    });
    tries.push_back(std::move(e));
  }
  step.events().insert(step.events().begin(), tries.begin(), tries.end());
  return step;
}

transition by(transition step, const principal& who) {
  if (!step.row().decided_by)
    step.row().decided_by = who;
  step.events().back().user = who;
  return step;
}

audit_event setting_event(const command_context& context,
                          const std::string& key, const json& before,
                          const json& after, timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = "orchestrator";
  e.user = context.peer;
  e.action_type = to_string(action_type::config_change);
  e.status = to_string(action_status::completed);
  e.outcome = "success";
  e.request_id = context.request_id;
  e.details = object_text([&](json_writer& w) {
    w.text("key", key);
    w.value("before", json_text{before});
    w.value("after", json_text{after});
  });
  return e;
}

}  // namespace closedpaw::orchestrator
