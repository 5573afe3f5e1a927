#define CAF_SUITE orchestrator_fixture

#include "tests/actor/orchestrator/orchestrator_fixture.hpp"

#include "config/registered_provider.hpp"
#include "config/runtime_settings.hpp"

namespace closedpaw::orchestrator::test {

void settings_mock::take(const std::string& key, const json& value) {
  auto next = config::apply_runtime_change(values, key, value);
  if (!next)
    return;
  values = std::move(*next);
  told.push_back(key + '=' + dump(value));
}

void settings_mock::provider_changed(const std::string& name, const json& row) {
  std::erase_if(values.providers,
                [&](const auto& p) { return p.registered && p.name == name; });
  if (row.is_object())
    values.providers.push_back(config::registered_provider(name, row).value());
  told.push_back("provider " + name + '=' + dump(row));
}

orchestrator_fixture::orchestrator_fixture() {
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
    auto views = *live.providers.get();
    views.push_back(std::make_shared<published<provider_view>>(live.gen, view));
    live.providers.publish(std::move(views));
  }
  life_of(log_place, logger.spawn(*this));
  life_of(reader_place, reader.spawn(*this));
  life_of(ollama_place, ollama.spawn(*this));
  life_of(agents_place, spawn_agents());
  life_of(
      outside_place, keep(sys.spawn([this](api_caller_actor::pointer me)
                                        -> api_caller_actor::behavior_type {
        return {
            [](check_atom) { return std::string{"proved"}; },
            [=, this](const call_api_payload& q) {
              calls_made.push_back(*q);
              return me->make_response_promise<api_answer_payload>();
            },
            [this](const cancel_action& q) { calls_cancelled.push_back(q.id); },
        };
      })));
  // Its cipher is tested without actors; here it only has to be recognized.
  life_of(
      vault_place,
      keep(sys.spawn([this](
                         vault_actor::pointer) -> vault_actor::behavior_type {
        return {
            [](check_atom) { return std::string{"proved"}; },
            [](const seal_payload& q) {
              return "sealed:" + q->name + ':' + q->audience + ':' +
                     q->value.reveal();
            },
            [](const unseal_secret&) -> caf::result<secret_payload> {
              return to_error({errc::not_found, "none", {}, {}});
            },
            [this](const prove_owner_payload& q) -> caf::result<std::string> {
              const auto& said = q->command.said.reveal();
              owner_asked.push_back(q->context.peer.id + ' ' + said);
              if (on_owner_asked)
                on_owner_asked();
              if (said != "owner's")
                return to_error({errc::forbidden, "not the owner's", {}, {}});
              return std::string{"it is"};
            },
            [this](const ask_vault& q) -> caf::result<std::string> {
              const auto& c = q->command;
              CAF_REQUIRE(c.what == vault_operation::set);
              secrets_set.push_back(q->context.peer.id + ' ' + c.name + '=' +
                                    c.value.reveal());
              if (vault_refuses)
                return to_error({errc::conflict, "the vault refuses", {}, {}});
              return std::string{"{}"};
            },
            closedpaw::test::no_tokens,
        };
      })));
}

skill_manifest orchestrator_fixture::skill_named(const std::string& id,
                                                 security_level level) {
  skill_manifest out;
  out.id = id;
  out.name = id;
  out.level = level;
  out.enabled = id == "filesystem";
  out.operations["run"].level = level;
  out.operations["look"].level = security_level::low;
  out.digest = id + "-1";
  return out;
}

void orchestrator_fixture::end_skill(result<skill_outcome> outcome) {
  agents_todo.queue.push_back([this, outcome] {
    auto promise = std::move(skill_promises.front());
    skill_promises.pop_front();
    if (outcome)
      promise.deliver(skill_outcome_payload{*outcome});
    else
      promise.deliver(to_error(outcome.error()));
  });
  caf::anon_send(*agents_place.slot->get(), wake_atom::value);
  settle();
}

agent_manager_actor orchestrator_fixture::spawn_agents() {
  return keep(sys.spawn([this](agent_manager_actor::pointer me)
                            -> agent_manager_actor::behavior_type {
    return {
        [](check_atom) { return std::string{"proved"}; },
        [](const ask_create_agent&) { return std::string{}; },
        [](const ask_execute&) { return skill_outcome_payload{}; },
        [](const ask_stop_agent&) { return std::string{}; },
        [](const ask_pause_agent&) { return std::string{}; },
        [=, this](const run_skill_payload& q) {
          skills_run.push_back(*q);
          skill_promises.push_back(
              me->make_response_promise<skill_outcome_payload>());
          return skill_promises.back();
        },
        [this](const cancel_action& q) { skills_cancelled.push_back(q.id); },
        [this](stop_atom) {
          ++agents_stopped;
          return std::uint32_t{2};
        },
        [](const ask_isolation&) { return std::string{}; },
        [this](wake_atom) { agents_todo.run(); },
        [](sweep_atom) {},
    };
  }));
}

void orchestrator_fixture::start() {
  orchestrator_args args;
  args.logger = log_place.slot;
  args.reader = reader_place.slot;
  args.providers =
      std::make_shared<supervision::slot_table<provider_actor>>("provider");
  args.providers->put("ollama", ollama_place.slot);
  args.providers->put("cloud", cloud_place.slot);
  args.vault = vault_place.slot;
  args.agents = agents_place.slot;
  args.outside = outside_place.slot;
  args.skills = [this] { return skills; };
  args.provider_changed = [this](const std::string& name) {
    provider_changes.push_back(name);
  };
  args.mode_changed = [this](const mode_view& x) {
    modes.emplace_back(to_string(x.mode));
  };
  args.live = &live;
  args.settings = &configured;
  args.announce = [this](const std::shared_ptr<const action>& row) {
    announced.push_back(std::string{to_string(row->type)} + ' ' +
                        std::string{to_string(row->status)});
  };
  args.now = test_now;
  sut = keep(spawn_orchestrator(host(), own_place.begin(), args));
  settle();
}

answer_to<submitted> orchestrator_fixture::submit(
    action_type type, json parameters, std::optional<std::string> skill) {
  return ask_now<submitted>(
      *this, sut,
      ask_submit{ask<submit_action>{{{type, std::move(parameters), skill}},
                                    by("uid:1000")}});
}

answer_to<submitted> orchestrator_fixture::submit_critical(
    const std::string& key, json value) {
  return submit(action_type::config_change,
                {{"key", key}, {"value", std::move(value)}});
}

uuid orchestrator_fixture::pending_change(const std::string& key, json value) {
  auto asked = submit_critical(key, std::move(value));
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  return asked->answer->id;
}

answer_to<action_payload> orchestrator_fixture::decide(
    const uuid& id, bool approved, std::optional<std::string> owner_secret) {
  decide_action c{id, approved, "Alice"};
  if (owner_secret)
    c.owner_secret = secret_text{*owner_secret};
  return ask_now<action_payload>(
      *this, sut, ask_decide{ask<decide_action>{std::move(c), by("uid:7")}});
}

answer_to<action_payload> orchestrator_fixture::cancel(const uuid& id) {
  return ask_now<action_payload>(
      *this, sut, ask_cancel{ask<cancel_action>{{id}, by("uid:7")}});
}

answer_to<action_payload> orchestrator_fixture::chat(
    const std::string& message, std::optional<std::string> model) {
  return ask_now<action_payload>(
      *this, sut,
      ask_chat{ask<run_chat>{{{{"user", message}}, model}, by("uid:1000")}});
}

answer_to<action_payload> orchestrator_fixture::switch_to(
    const std::string& model) {
  return ask_now<action_payload>(
      *this, sut, ask_switch{ask<switch_model>{{model}, by("uid:1000")}});
}

answer_to<skill_view> orchestrator_fixture::set_skill(const std::string& id,
                                                      bool enabled) {
  return ask_now<skill_view>(
      *this, sut,
      ask_skill{ask<set_skill_enabled>{{id, enabled}, by("uid:1000")}});
}

answer_to<std::string> orchestrator_fixture::set_provider(
    const std::string& name) {
  return ask_now<std::string>(
      *this, sut,
      ask_default_provider{ask<set_default_provider>{{name}, by("uid:1000")}});
}

void orchestrator_fixture::logger_dies() {
  const auto old = logger.handle;
  log_place.slot->clear();
  kill(old);
}

void orchestrator_fixture::logger_returns() {
  logger.held.clear();
  logger.held_barriers.clear();
  logger.hold = false;
  life_of(log_place, logger.spawn(*this));
}

void orchestrator_fixture::store_keeps(const commit_unit& unit) {
  if (unit.row)
    reader.rows[unit.row->id] = *unit.row;
  for (const auto& change : unit.registry)
    reader.registry[change.key] = dump(change.value.value_or(json()));
}

answer_to<std::string> orchestrator_fixture::register_one(register_provider c) {
  return ask_now<std::string>(*this, sut,
                              ask_register_provider{ask<register_provider>{
                                  std::move(c), by("uid:1000")}});
}

answer_to<std::string> orchestrator_fixture::remove_one(
    const std::string& name) {
  return ask_now<std::string>(
      *this, sut,
      ask_remove_provider{ask<remove_provider>{{name}, by("uid:1000")}});
}

}  // namespace closedpaw::orchestrator::test
