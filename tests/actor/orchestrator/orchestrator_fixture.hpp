#pragma once

#include "actors/orchestrator/orchestrator.hpp"
#include "tests/actor/mocks.hpp"

namespace closedpaw::orchestrator::test {

using closedpaw::test::ask_later;
using closedpaw::test::ask_now;
using closedpaw::test::contains;
using closedpaw::test::test_now;
using closedpaw::test::test_time;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;

/// The orchestrator among mocks: an audit log, a store, one provider
/// ("ollama", which listed "m1" and "m2"; "m1" is the default) and one that has
/// never listed anything ("cloud").
class orchestrator_fixture : public closedpaw::test::fixture {
 public:
  orchestrator_fixture() {
    settings.default_provider = "ollama";
    settings.orchestrator.max_pending = 3;
    for (const auto* name : {"ollama", "cloud"}) {
      config::provider_settings p;
      p.name = name;
      p.type = "ollama";
      p.default_model = "m1";
      settings.providers.push_back(p);
      provider_view view;
      view.name = name;
      if (p.name == "ollama") {
        view.models = {{"m1", 0, "", "", ""}, {"m2", 0, "", "", ""}};
        view.models_at = test_now();
      }
      live.providers.push_back(
          std::make_shared<published<provider_view>>(live.gen, view));
    }
    life_of(log_place, logger.spawn(*this));
    life_of(reader_place, reader.spawn(*this));
    life_of(ollama_place, ollama.spawn(*this));
  }
  ~orchestrator_fixture() override { end(); }

  template <class Place, class Handle>
  static void life_of(Place& p, Handle x) {
    p.begin();
    p.slot->set(x);
  }

  /// Starts a life of the orchestrator and lets it restore.
  void start() {
    orchestrator_args args;
    args.logger = log_place.slot;
    args.reader = reader_place.slot;
    args.providers = {{"ollama", ollama_place.slot},
                      {"cloud", cloud_place.slot}};
    args.live = &live;
    args.settings = settings;
    args.apply_setting = [this](const std::string& key, const json& value) {
      applied.push_back(key + '=' + dump(value));
    };
    args.announce = [this](std::string_view, const json& what) {
      announced.push_back(what.at("action_type").get<std::string>() + ' ' +
                          what.at("status").get<std::string>());
    };
    args.now = test_now;
    sut = keep(spawn_orchestrator(host(), own_place.begin(), args));
    settle();
  }

  // -- requests --------------------------------------------------------------

  static command_context by(const std::string& who) {
    return {{"local", who}, "req-1", ""};
  }
  auto submit(action_type type, json parameters,
              std::optional<std::string> skill = {}) {
    return ask_now<submitted>(
        *this, sut,
        ask_submit{ask<submit_action>{{{type, std::move(parameters), skill}},
                                      by("uid:1000")}});
  }
  auto submit_critical(const std::string& key = "log.level",
                       json value = json("debug")) {
    return submit(action_type::config_change,
                  {{"key", key}, {"value", std::move(value)}});
  }
  /// Submits a configuration change and returns its id.
  uuid pending_change(const std::string& key = "log.level",
                      json value = json("debug")) {
    auto asked = submit_critical(key, std::move(value));
    CAF_REQUIRE_EQUAL(asked->code(), "ok");
    return asked->answer->id;
  }
  auto decide(const uuid& id, bool approved) {
    return ask_now<action_payload>(
        *this, sut,
        ask_decide{ask<decide_action>{{id, approved, "Alice"}, by("uid:7")}});
  }
  auto cancel(const uuid& id) {
    return ask_now<action_payload>(
        *this, sut, ask_cancel{ask<cancel_action>{{id}, by("uid:7")}});
  }
  auto chat(const std::string& message = "hi",
            std::optional<std::string> model = {}) {
    return ask_now<action_payload>(
        *this, sut,
        ask_chat{ask<run_chat>{{message, model, false}, by("uid:1000")}});
  }
  auto switch_to(const std::string& model) {
    return ask_now<action_payload>(
        *this, sut, ask_switch{ask<switch_model>{{model}, by("uid:1000")}});
  }
  auto set_skill(const std::string& id, bool enabled) {
    return ask_now<skill_view>(
        *this, sut,
        ask_skill{ask<set_skill_enabled>{{id, enabled}, by("uid:1000")}});
  }
  auto set_provider(const std::string& name) {
    return ask_now<std::string>(*this, sut,
                                ask_default_provider{ask<set_default_provider>{
                                    {name}, by("uid:1000")}});
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

  /// Ends the logger and everything in its mailbox, as a crash does.
  void logger_dies() {
    const auto old = logger.handle;
    log_place.slot->clear();
    kill(old);
  }
  void logger_returns() {
    logger.held.clear();
    logger.held_barriers.clear();
    logger.hold = false;
    life_of(log_place, logger.spawn(*this));
  }
  /// The store has what the mocked logger was last sent.
  void store_keeps(const commit_unit& unit) {
    if (unit.row)
      reader.rows[unit.row->id] = *unit.row;
    for (const auto& change : unit.registry)
      reader.registry[change.key] = dump(change.value.value_or(json()));
  }

  config::settings settings;
  live_state live;
  closedpaw::test::logger_mock logger;
  closedpaw::test::reader_mock reader;
  closedpaw::test::provider_mock ollama;
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
  strings applied;
  strings announced;
  orchestrator_actor sut;
};

/// The same, started.
class running_orchestrator : public orchestrator_fixture {
 public:
  running_orchestrator() { start(); }
};

}  // namespace closedpaw::orchestrator::test
