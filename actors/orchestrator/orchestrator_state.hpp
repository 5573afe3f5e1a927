#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "actors/orchestrator/action_machine.hpp"
#include "actors/orchestrator/executor.hpp"
#include "actors/orchestrator/orchestrator.hpp"

namespace closedpaw::orchestrator {

/// The owner of all actions that are not at their end. Nothing changes here
/// before the audit logger has committed it.
class orchestrator_state {
 public:
  static constexpr const char* name = "orchestrator";
  using self_pointer =
      supervision::self_ptr<orchestrator_actor, orchestrator_state>;
  using final_promise = caf::typed_response_promise<action_payload>;

  explicit orchestrator_state(self_pointer self) : self_{self} {}
  ~orchestrator_state();

  orchestrator_actor::behavior_type init(orchestrator_args args);

 private:
  /// Rare enough for a timeout of CAF's own: a reader that hangs is abandoned
  /// with the question in its mailbox.
  static constexpr std::chrono::seconds look_up_timeout{5};

  using monotonic_time = std::chrono::steady_clock::time_point;
  using row_ptr = std::shared_ptr<const action>;
  using on_committed = std::function<void()>;
  using on_refused = std::function<void(failure)>;

  /// An action that runs, or whose end is still to be committed.
  struct running {
    row_ptr row;
    monotonic_time deadline;
    /// Whoever waits for the end.
    std::vector<final_promise> waiters;
    /// Whoever approved it, who is told soon, ended or not.
    std::vector<final_promise> deciders;
    monotonic_time told_until{};
    /// Who may answer a chat; the one that is asked is candidates[asked].
    std::optional<ask_provider> asks;
    std::size_t asked = 0;
    std::vector<chat_attempt> failed;
    /// How the last that was asked failed.
    std::optional<failure> why;
    /// Who was asked, and in which life: a provider or another owner.
    std::shared_ptr<supervision::slot_base> asked_who;
    std::uint64_t asked_life = 0;
    /// Tells another owner than a provider that nobody waits any more.
    std::function<void(const cancel_action&)> withdraw{};
    /// The end, until it is committed; sent again while the logger is away.
    std::shared_ptr<const commit_unit> ending;
    bool ending_in_flight = false;
  };

  // -- commands (commands.cpp) -----------------------------------------------
  caf::result<submitted> on_submit(const ask<submit_action>& q);
  /// `stream_id`: who reads the deltas of a chat; empty for nobody.
  caf::result<action_payload> on_run(const action_request& asked,
                                     const command_context& context,
                                     const std::string& stream_id);
  screening judged(const action_request& request,
                   const command_context& context) const;
  std::optional<failure> no_room_for(const transition& step) const;
  void hold(transition step, std::function<void(const row_ptr&)> done,
            on_refused refused);
  caf::result<action_payload> on_decide(const ask<decide_action>& q);
  result<transition> decided(const ask<decide_action>& q) const;
  void record_decision(transition step,
                       caf::typed_response_promise<action_payload> promise);
  caf::result<action_payload> on_cancel(const ask<cancel_action>& q);
  caf::result<action_payload> on_await(const await_action& q);
  caf::result<skill_view> on_skill(const ask<set_skill_enabled>& q);
  caf::result<std::string> on_default_provider(
      const ask<set_default_provider>& q);

  // -- providers (provider_commands.cpp) -------------------------------------
  caf::result<std::string> on_register(
      const closedpaw::ask<register_provider>& q);
  caf::result<std::string> on_remove(const closedpaw::ask<remove_provider>& q);
  using text_promise = caf::typed_response_promise<std::string>;
  void record_provider(const closedpaw::ask<register_provider>& q,
                       const std::string& sealed, text_promise promise);
  void look_at_starting();
  void change_provider(const std::string& name, const json& row,
                       const std::shared_ptr<commit_unit>& unit,
                       text_promise promise);

  // -- mode (mode.cpp) -------------------------------------------------------
  caf::result<std::string> on_mode(const closedpaw::ask<change_mode>& q);
  /// Why nothing new is begun.
  std::optional<failure> not_taking_on() const;
  void record_mode(const mode_view& next, const mode_view& before,
                   const command_context& by, const on_committed& done,
                   const on_refused& refused);
  void enter(const mode_view& next);
  void hold_panic();
  void end_running();
  void reject_pending();
  /// On behalf of whoever brought the mode about.
  command_context by_mode() const;

  // -- running actions (running.cpp) -----------------------------------------
  struct planned {
    std::shared_ptr<commit_unit> unit;
    std::vector<setting_change> changes;
    /// Who goes on with it, unless it is finished.
    execution rest;
    const action& row() const { return *unit->row; }
  };
  planned plan(transition step, const json& parameters);
  /// Records the step and what follows from it at once, and begins what does
  /// not end at once. One of the two is called, after that. `parameters` are
  /// the action's, parsed.
  void carry_out(transition step, const json& parameters,
                 std::optional<final_promise> waiter,
                 std::function<void(const planned&)> done, on_refused refused);
  void carry_out_now(transition step, const json& parameters,
                     std::optional<final_promise> waiter,
                     std::function<void(const planned&)> done,
                     on_refused refused);
  void began(const planned& p, std::optional<final_promise> waiter);
  /// Asks the present candidate.
  void ask(const uuid& id);
  void answered(const uuid& id, const chat_reply& reply);
  /// The next candidate, if that may be; else it ends so.
  void not_answered(const uuid& id, failure why);
  /// The agents' owner, or whoever calls the outside.
  template <class Answer, class Handle, class Question>
  void ask_owner(const uuid& id, const supervision::slot_ptr<Handle>& owner,
                 const Question& what);
  /// trusting.cpp
  void apply_trust(const uuid& id, const trust_change& what);
  void stop_asking(const running& run);
  /// The original answers an approval when the action has ended; so do we where
  /// that is soon.
  void tell_decider(const planned& p, final_promise promise);
  static void tell_deciders(running& run, const row_ptr& row);
  /// `ended_by`: whoever decided it, if not the course of things.
  void finish(const uuid& id, const result<json_text>& outcome,
              const principal* ended_by = nullptr);
  void send_ending(const uuid& id);
  void settle(const uuid& id);
  void sweep();
  void sweep_running(monotonic_time now);
  void expire_pending();

  // -- committing (committing.cpp) -------------------------------------------
  void commit(const std::shared_ptr<const commit_unit>& unit, on_committed done,
              on_refused refused);
  /// What this turn's messages brought goes to the logger in few messages.
  void send_outbox();
  void committed(std::uint64_t key);
  void not_committed(std::uint64_t key, failure why);
  /// Settings are changed one after the other, so that the audited "before" is
  /// true. `change` ends with settings_rest().
  void when_settings_rest(std::function<void()> change, on_refused unanswered);
  void settings_rest();
  void commit_setting(const std::shared_ptr<const commit_unit>& unit,
                      const on_committed& done, const on_refused& refused);
  failure refusal(const failure& why, const uuid& id) const;
  static bool is_definite(const failure& why);
  void look_up_later(const uuid& id) { unknown_.insert(id); }
  void look_up_unknown();
  void look_up_registry(const store_reader_actor& reader);
  void adopt(const action& stored);
  std::uint64_t wait_for_answer(on_refused unanswered);
  /// `Request`: one that the vault answers with a text.
  template <class Request>
  void ask_the_vault(const Request& q, std::chrono::seconds longest,
                     const std::function<void(const std::string&)>& done,
                     const on_refused& refused) {
    const auto vault = args_.vault->get();
    if (!vault)
      return refused(args_.vault->unavailable(now()));
    const auto key = wait_for_answer(refused);
    self_->request(*vault, longest, q)
        .then(
            [=, this](const std::string& answer) {
              in_flight_.erase(key);
              done(answer);
            },
            [=, this](const caf::error& e) {
              in_flight_.erase(key);
              refused(to_failure(e));
            });
  }

  // -- restoring (restoring.cpp) ---------------------------------------------
  caf::result<std::string> on_check();
  void restore();
  void restore_later();
  void restore_again_if_abandoned();
  void restored(const restored_state& stored);
  void take_registry(const restored_state& stored);
  void take_providers(const restored_state& stored);
  void interrupt(const action& stored);
  void become_ready();

  /// Replaced while it hung: what it still does must not count.
  bool abandoned() const {
    return self_->life().where->fenced(self_->life().number);
  }

  // -- shared ----------------------------------------------------------------
  timestamp now() const { return args_.now(); }
  monotonic_time mono() const;
  std::chrono::milliseconds deadline_for(action_type type) const;
  execution_context context() const;
  void apply(const std::vector<setting_change>& changes);
  void refresh_settings();
  static std::shared_ptr<commit_unit> unit_of(
      transition step, const std::vector<setting_change>& changes);
  static row_ptr row_of(const std::shared_ptr<const commit_unit>& unit) {
    return {unit, &*unit->row};
  }
  std::optional<failure> not_ready() const;
  void publish();
  void announce(const row_ptr& row) const;
  skill_view* find_skill(const std::string& id);
  const skill_manifest* program_for(const action_request& request);

  // -- skills (skills.cpp) ---------------------------------------------------
  /// Whether there are other ones than before.
  bool take_skills();
  void take_skill_row(const std::string& id, const json& row);
  void set_skill(
      skill_view changed, const command_context& context,
      std::optional<caf::typed_response_promise<skill_view>> promise);
  void disable_changed_skills();

  self_pointer self_;
  orchestrator_args args_;
  std::shared_ptr<const config::settings> settings_;
  mode_view mode_;
  std::uint64_t mode_changes_ = 0;
  bool panic_unrecorded_ = false;
  bool ready_ = false;
  bool restoring_ = false;
  bool restore_scheduled_ = false;
  std::chrono::milliseconds restore_delay_{2};
  /// Of the reader that was asked.
  std::optional<std::uint64_t> restore_life_;
  std::string restore_trouble_;
  std::vector<caf::typed_response_promise<std::string>> waiting_checks_;
  std::vector<skill_view> skills_;
  std::map<uuid, row_ptr> pending_;
  std::map<uuid, running> running_;
  /// Who reads the deltas of a chat, until it is asked for.
  std::map<uuid, std::string> streams_;
  /// Recorded, and not running yet.
  struct starting_provider {
    std::string name;
    text_promise promise;
    monotonic_time deadline;
  };
  std::vector<starting_provider> starting_;
  /// Decisions under way; a second one meanwhile finds nothing pending.
  std::set<uuid> deciding_;
  /// Sent to a logger that died before it answered.
  std::set<uuid> unknown_;
  /// So was a unit that changes the registry.
  bool registry_unknown_ = false;
  /// Counts changes, so that an older reading does not undo a newer one.
  std::uint64_t registry_version_ = 0;
  bool setting_in_flight_ = false;
  /// Changes that wait for the present one, by who is told if they never run.
  std::deque<std::pair<std::uint64_t, std::function<void()>>> later_;
  /// Submissions that will wait for approval, being recorded.
  std::size_t recording_pending_ = 0;
  /// Who is to be told what the logger answers, or that no answer came:
  /// promises that only handlers know would answer nobody when this actor ends.
  struct awaited {
    on_refused refused;
    on_committed done;
    /// What is looked up if the answer does not come.
    std::optional<uuid> id;
    bool changes_registry = false;
  };
  std::map<std::uint64_t, awaited> in_flight_;
  std::uint64_t next_key_ = 1;
  /// Not sent yet, and by which key each is awaited.
  commit_batch outbox_;
  std::vector<std::uint64_t> outbox_keys_;
};

}  // namespace closedpaw::orchestrator
