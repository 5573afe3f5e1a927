#pragma once

#include <map>

#include <caf/allowed_unsafe_message_type.hpp>

#include <set>

#include "actors/sandbox/manager.hpp"

namespace closedpaw::sandbox {

/// What an agent answered to its work, on its way from that agent's thread;
/// process-local.
struct work_done {
  uuid agent;
  result<skill_outcome> outcome;
};
using work_done_ptr = std::shared_ptr<work_done>;

}  // namespace closedpaw::sandbox

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::sandbox::work_done_ptr)

namespace closedpaw::sandbox {

using internal_manager =
    agent_manager_actor::extend<caf::reacts_to<work_done_ptr>>;

class manager_state {
 public:
  static constexpr const char* name = "agent_manager";
  using self_pointer = supervision::self_ptr<internal_manager, manager_state>;

  explicit manager_state(self_pointer me) : self_{me} {}
  ~manager_state();

  internal_manager::behavior_type init(manager_args given);

 private:
  using text_promise = caf::typed_response_promise<std::string>;
  using outcome_promise = caf::typed_response_promise<skill_outcome_payload>;
  using on_recorded = std::function<void(const result<void>&)>;

  caf::result<std::string> on_check();
  caf::result<std::string> on_create(const ask_create_agent& q);
  caf::result<skill_outcome_payload> on_run(const run_skill& q);
  void on_done(work_done& x);
  caf::result<skill_outcome_payload> on_execute(const ask_execute& q);
  template <class Answer, class Question>
  caf::result<Answer> pass_on(const uuid& id, const Question& q);
  template <class Answer, class Question>
  void pass(const agent_record& to, const agent_actor& handle,
            const Question& q, caf::typed_response_promise<Answer> promise);
  caf::result<std::string> on_pause(const ask_pause_agent& q);
  caf::result<std::string> on_stop(const ask_stop_agent& q);
  void on_cancel(const cancel_action& q);
  std::uint32_t on_stop_all();
  void hold_panic();
  /// Nothing is begun in panic, and no agent while the daemon is drained.
  std::optional<failure> halted(operating_mode from) const;
  caf::result<std::string> on_isolation();

  // -- admission (admission.cpp) ---------------------------------------------
  /// The skill as its files are, if it may be used.
  result<skill_manifest> usable(const std::string& id) const;
  std::optional<failure> no_room() const;
  std::shared_ptr<agent_record> make_record(const skill_manifest& skill,
                                            const sandbox_limits& limits) const;
  void begin(const std::shared_ptr<agent_record>& record);
  void record_event(audit_event e, const on_recorded& done);
  void sweep();

  // -- watching (watching.cpp) -----------------------------------------------
  void look_at_lost();
  void look_at_created();
  void look_at_trial();
  void note_ends(const std::vector<std::pair<std::string, std::uint64_t>>& now);
  void publish();

  self_pointer self_;
  manager_args args_;
  /// Whoever waits for an agent's answer.
  std::map<uuid, outcome_promise> working_;
  /// Whoever waits until the agent that they created runs.
  std::map<uuid, text_promise> creating_;
  /// Whoever waits for the trial's end.
  std::vector<text_promise> probing_;
  /// Admitted, and being recorded.
  std::size_t recording_ = 0;
  /// Whoever waits for an agent to do something.
  struct passed {
    uuid agent;
    std::function<void(const failure&)> refused;
  };
  std::map<std::uint64_t, passed> passed_;
  std::uint64_t next_passed_ = 1;
  /// Cancelled before their agents could be told.
  std::vector<uuid> cancelled_;
  /// Because of panic.
  std::set<uuid> told_to_stop_;
  /// By agent: for how many looks it has had no actor.
  std::map<uuid, int> missing_;
  std::uint32_t since_skills_ = 0;
  /// The table's revision that is published.
  std::uint64_t shown_ = 0;
  /// By cause, as of the last look.
  std::map<std::string, std::uint64_t> seen_ends_;
};

}  // namespace closedpaw::sandbox
