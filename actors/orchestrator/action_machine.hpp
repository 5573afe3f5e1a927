#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "messages/model/command.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/skill.hpp"

namespace closedpaw::orchestrator {

/// A step of an action: the new row and what the audit log says about it. The
/// two are committed as one unit, and made in it: rows are too large to be
/// moved about.
class transition {
 public:
  explicit transition(action row) : unit_{std::make_shared<commit_unit>()} {
    unit_->row.emplace(std::move(row));
  }
  transition(transition&&) = default;
  transition& operator=(transition&&) = default;
  ~transition() = default;

  action& row() { return *unit_->row; }
  const action& row() const { return *unit_->row; }
  std::vector<audit_event>& events() { return unit_->events; }
  const std::vector<audit_event>& events() const { return unit_->events; }
  /// What whoever asked for it wants recorded with it.
  void record_with(std::vector<registry_change> changes) {
    unit_->registry = std::move(changes);
  }

  std::shared_ptr<commit_unit> unit() && { return std::move(unit_); }

 private:
  std::shared_ptr<commit_unit> unit_;
};

// The action state machine. Pure: each function makes the next row from the
// present one; ids and times are arguments.
//
//   submit ─┬─ pending ──┬─ approve ─ executing ─┬─ completed
//           │            └─ reject ── rejected   └─ failed
//           └─ executing ─ …              (cancel: failed from either)

/// The first row: pending when its level needs approval, else executing.
/// `program`: the skill that it is for, or null.
transition submit(const action_request& request, const command_context& context,
                  const uuid& id, timestamp now,
                  const skill_manifest* program = nullptr);

/// How an action is decided about.
struct decision {
  bool approved = false;
  principal by;
  std::optional<std::string> claimed_user{};
  /// How the digest of what was shown to them begins.
  std::optional<std::string> confirm{};
  /// A critical action is only approved with it.
  bool must_confirm = false;
};

/// Fails with not_found unless the action is pending, and with conflict when
/// the stored parameters are no longer what was shown, what was shown was
/// another action, or a confirmation is missing. From a channel (whose
/// account may be somebody else's by now) nobody decides about a critical
/// action or about what they asked for themselves: forbidden.
result<transition> decide(const action& current, const decision& how,
                          timestamp now);

/// The end of an executing action.
transition complete(const action& current, json_text outcome, timestamp now);
transition fail(const action& current, const failure& why, timestamp now);

/// The same as part of the step that it follows at once.
transition complete(transition step, json_text outcome, timestamp now);
transition fail(transition step, const failure& why, timestamp now);

/// The same step, with an event for each try that did not lead to an answer;
/// those come first.
transition with_attempts(transition step,
                         const std::vector<chat_attempt>& failed);

/// The same step as the deed of `who`, who also counts as having decided about
/// the action unless somebody had before.
transition by(transition step, const principal& who);

/// A setting changed by a request of its own rather than by an action.
audit_event setting_event(const command_context& context,
                          const std::string& key, const json& before,
                          const json& after, timestamp now);

}  // namespace closedpaw::orchestrator
