#pragma once

#include "actors/orchestrator/orchestrator.hpp"
#include "tests/actor/mocks.hpp"

namespace closedpaw::orchestrator::test {

using closedpaw::contains;
using closedpaw::test::ask_later;
using closedpaw::test::ask_now;
using closedpaw::test::test_now;
using closedpaw::test::test_time;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;
/// What became of a request.
template <class Answer>
using answer_to = std::shared_ptr<closedpaw::test::outcome<Answer>>;

/// Settings that keep what they are told.
class settings_mock : public config::live_settings {
 public:
  std::shared_ptr<const config::settings> current() const override {
    return std::make_shared<const config::settings>(values);
  }
  void changed(const std::string& key, const json& value) override {
    take(key, value);
  }
  void stored(const std::string& key, const json& value) override {
    if (std::exchange(persisted[key], value) != value)
      take(key, value);
  }
  void provider_changed(const std::string& name, const json& row) override;
  void take(const std::string& key, const json& value);

  config::settings values;
  std::map<std::string, json> persisted;
  strings told;
};

/// The orchestrator among mocks: an audit log, a store, one provider
/// ("ollama", which listed "m1" and "m2"; "m1" is the default) and one that has
/// never listed anything ("cloud").
class orchestrator_fixture : public closedpaw::test::fixture {
 public:
  orchestrator_fixture();
  ~orchestrator_fixture() override { end(); }

  template <class Place, class Handle>
  static void life_of(Place& p, Handle x) {
    p.begin();
    p.slot->set(x);
  }

  /// Starts a life of the orchestrator and lets it restore.
  void start();

  // -- requests --------------------------------------------------------------

  static command_context by(const std::string& who) {
    return {{"local", who}, "req-1", ""};
  }
  answer_to<submitted> submit(action_type type, json parameters,
                              std::optional<std::string> skill = {});
  answer_to<submitted> submit_critical(const std::string& key = "log.level",
                                       json value = json("debug"));
  /// Submits a configuration change and returns its id.
  uuid pending_change(const std::string& key = "log.level",
                      json value = json("debug"));
  answer_to<action_payload> decide(
      const uuid& id, bool approved,
      std::optional<std::string> owner_secret = {});
  answer_to<action_payload> cancel(const uuid& id);
  answer_to<action_payload> chat(const std::string& message = "hi",
                                 std::optional<std::string> model = {});
  answer_to<action_payload> switch_to(const std::string& model);
  answer_to<skill_view> set_skill(const std::string& id, bool enabled);
  answer_to<std::string> set_provider(const std::string& name);
  answer_to<std::string> register_one(register_provider c);
  answer_to<std::string> remove_one(const std::string& name);
  answer_to<std::string> change_to(operating_mode to,
                                   const std::string& reason = {}) {
    return ask_now<std::string>(
        *this, sut, ask_mode{ask<change_mode>{{to, reason}, by("uid:5")}});
  }

  // -- what can be seen ------------------------------------------------------

  std::shared_ptr<const orchestrator_view> view() const {
    return live.orchestrator.get();
  }
  std::string model_of(const std::string& provider) const {
    return view()->default_models.at(provider);
  }
  bool skill_enabled(const std::string& id) const {
    for (const auto& s : view()->skills)
      if (s.id == id)
        return s.enabled;
    return false;
  }

  /// Everybody's requests reach the orchestrator, and it has looked at none.
  void deliver_requests() {
    sched.run_jobs_filtered([this](caf::resumable* job) {
      return job != &deref<caf::scheduled_actor>(sut);
    });
  }
  /// A request that is only sent.
  answer_to<submitted> send_switch(const std::string& model = "m1") {
    return ask_later<submitted>(
        *this, sut,
        ask_submit{ask<submit_action>{
            {{action_type::model_switch, {{"model", model}}, {}}},
            by("uid:1000")}});
  }

  /// Ends the logger and everything in its mailbox, as a crash does.
  void logger_dies();
  void logger_returns();
  /// The store has what the mocked logger was last sent.
  void store_keeps(const commit_unit& unit);

  /// What the vault was told to keep, and who told it.
  std::vector<std::string> secrets_set;
  bool vault_refuses = false;
  /// Who asked the vault whether what is the owner secret.
  std::vector<std::string> owner_asked;
  /// While the vault has the question.
  std::function<void()> on_owner_asked;
  settings_mock configured;
  config::settings& settings = configured.values;
  live_state live;
  closedpaw::test::logger_mock logger;
  closedpaw::test::reader_mock reader;
  closedpaw::test::provider_mock ollama;
  /// Not running until its place is given a life.
  closedpaw::test::provider_mock cloud;
  closedpaw::test::place<audit_logger_actor> log_place =
      make_place<audit_logger_actor>("the audit log");
  closedpaw::test::place<store_reader_actor> reader_place =
      make_place<store_reader_actor>("the store reader");
  closedpaw::test::place<provider_actor> ollama_place =
      make_place<provider_actor>("provider ollama");
  closedpaw::test::place<provider_actor> cloud_place =
      make_place<provider_actor>("provider cloud");
  closedpaw::test::place<orchestrator_actor> own_place =
      make_place<orchestrator_actor>("orchestrator");
  closedpaw::test::place<vault_actor> vault_place =
      make_place<vault_actor>("the vault");
  closedpaw::test::place<agent_manager_actor> agents_place =
      make_place<agent_manager_actor>("the owner of the agents");
  agent_manager_actor spawn_agents();
  /// "run" is of that level, "look" is harmless; enabled if it is "filesystem".
  static skill_manifest skill_named(const std::string& id,
                                    security_level level);
  std::vector<skill_manifest> skills{
      skill_named("filesystem", security_level::high),
      skill_named("shell", security_level::critical)};
  std::vector<run_skill> skills_run;
  std::deque<caf::typed_response_promise<skill_outcome_payload>> skill_promises;
  closedpaw::test::steps agents_todo;
  std::size_t agents_stopped = 0;
  /// What main was told.
  strings modes;
  /// The oldest of them that runs.
  void end_skill(result<skill_outcome> outcome);
  std::vector<uuid> skills_cancelled;
  closedpaw::test::place<api_caller_actor> outside_place =
      make_place<api_caller_actor>("the caller of the outside");
  std::vector<call_api> calls_made;
  std::vector<uuid> calls_cancelled;
  /// What the tree was told to follow.
  strings provider_changes;
  strings& applied = configured.told;
  strings announced;
  orchestrator_actor sut;
};

/// The same, started.
class running_orchestrator : public orchestrator_fixture {
 public:
  running_orchestrator() { start(); }
};

}  // namespace closedpaw::orchestrator::test
