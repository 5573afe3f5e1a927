#define CAF_SUITE executor

#include "actors/orchestrator/executor.hpp"

#include "tests/unit_test.hpp"

namespace executor_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator;
using enum action_type;

/// "ollama" (default model "m1", lists "m1" and "m2") is the default; "cloud"
/// has no default model and never listed anything.
struct world {
  world() {
    settings.default_provider = "ollama";
    settings.providers.resize(2);
    settings.providers[0].name = "ollama";
    settings.providers[0].default_model = "m1";
    settings.providers[1].name = "cloud";
    views["ollama"].models = {{"m1", 0, "", "", ""}, {"m2", 0, "", "", ""}};
    views["ollama"].models_at = timestamp{};
    views["cloud"].last_error =
        failure{errc::unreachable, "connection refused", {}, {}};
  }

  execution run(action_type type, const json& parameters,
                std::optional<std::string> skill = {}) const {
    action x;
    x.type = type;
    x.parameters = parameters;
    x.skill_id = std::move(skill);
    x.request_id = "req-1";
    execution_context context{settings, {}, skills};
    context.provider =
        [this](
            const std::string& name) -> std::shared_ptr<const provider_view> {
      auto it = views.find(name);
      return it == views.end() ? nullptr
                               : std::make_shared<provider_view>(it->second);
    };
    return execute(x, parameters, context);
  }
  finished_now done(action_type type, json parameters,
                    std::optional<std::string> skill = {}) const {
    auto x = run(type, std::move(parameters), std::move(skill));
    CAF_REQUIRE(std::holds_alternative<finished_now>(x));
    return std::get<finished_now>(std::move(x));
  }
  /// "code: message" of what failed.
  std::string trouble(action_type type, json parameters,
                      std::optional<std::string> skill = {}) const {
    const auto x = done(type, std::move(parameters), std::move(skill));
    if (x.outcome)
      return "none";
    CAF_CHECK(x.changes.empty());
    return std::string{to_string(x.outcome.error().code)} + ": " +
           x.outcome.error().message;
  }

  config::settings settings;
  std::vector<skill_view> skills{{"telegram", "Telegram", false},
                                 {"filesystem", "File System", true}};
  std::map<std::string, provider_view> views;
};

CAF_TEST(a_chat_asks_the_provider) {
  const world w;
  const auto x = w.run(chat, {{"message", "hi"}});
  CAF_REQUIRE(std::holds_alternative<ask_provider>(x));
  const auto& q = std::get<ask_provider>(x);
  CAF_REQUIRE_EQUAL(q.candidates.size(), 1u);
  CAF_CHECK_EQUAL(q.candidates[0].provider, "ollama");
  CAF_CHECK_EQUAL(q.candidates[0].model, "m1");
  CAF_CHECK_EQUAL(q.request.request_id, "req-1");
  CAF_REQUIRE_EQUAL(q.request.messages.size(), 1u);
  CAF_CHECK_EQUAL(q.request.messages[0].role, "user");
  CAF_CHECK_EQUAL(q.request.messages[0].content, "hi");
}

CAF_TEST(a_chat_may_name_model_and_provider) {
  const world w;
  const auto x =
      w.run(chat, {{"message", "hi"}, {"model", "x1"}, {"provider", "cloud"}});
  const auto& q = std::get<ask_provider>(x);
  CAF_CHECK_EQUAL(q.candidates.at(0).provider, "cloud");
  CAF_CHECK_EQUAL(q.candidates.at(0).model, "x1");
}

CAF_TEST(a_model_may_name_its_provider) {
  const world w;
  const auto first = [&](const char* model) {
    const auto x = w.run(chat, {{"message", "hi"}, {"model", model}});
    const auto& c = std::get<ask_provider>(x).candidates.at(0);
    return c.provider + ' ' + c.model;
  };
  CAF_CHECK_EQUAL(first("cloud/a/b"), "cloud a/b");
  CAF_CHECK_EQUAL(first("hf.co/a/b"), "ollama hf.co/a/b");
  CAF_CHECK_EQUAL(first("/b"), "ollama /b");
}

CAF_TEST(fallbacks_follow_the_default_provider_only) {
  world w;
  w.settings.chat.fallbacks = {"cloud", "nobody", "ollama", "cloud/x",
                               "cloud/x"};
  const auto all = [&](json parameters) {
    std::string out;
    const auto x = w.run(chat, parameters);
    for (const auto& c : std::get<ask_provider>(x).candidates)
      out += c.provider + '/' + c.model + ' ';
    return out;
  };
  CAF_CHECK_EQUAL(all({{"message", "hi"}}), "ollama/m1 cloud/x ");
  CAF_CHECK_EQUAL(all({{"message", "hi"}, {"model", "m2"}}),
                  "ollama/m2 ollama/m1 cloud/x ");
  CAF_CHECK_EQUAL(all({{"message", "hi"}, {"provider", "ollama"}}),
                  "ollama/m1 ");
}

CAF_TEST(what_was_asked_comes_back_out_of_the_parameters) {
  const world w;
  run_chat asked;
  asked.form = chat_form::openai;
  asked.messages = {
      {"system", "s"},
      {"user", "u"},
      {"assistant", ""},
      {"assistant", "", {{"c", "f", "{}", "sig"}}, ""},
      {"tool", "42", {}, "c"},
      {"user", "see", {}, {}, {{"see", {}, {}}, {{}, "https://h/x", "low"}}}};
  asked.tools.tools = {{"f", "d", {}, true}};
  asked.tools.choice = tool_choice::none;
  asked.model = "cloud/x";
  asked.options = {0.5, 0.9, 0.1,     0.2,
                   7,   3,   {"END"}, json{{"type", "json_object"}}};
  const auto x = w.run(chat, chat_parameters(asked));
  CAF_REQUIRE(std::holds_alternative<ask_provider>(x));
  const auto& q = std::get<ask_provider>(x);
  CAF_CHECK(q.request.messages == asked.messages);
  CAF_CHECK(q.request.options == asked.options);
  CAF_CHECK(q.request.tools == asked.tools);
  CAF_CHECK_EQUAL(q.candidates.at(0).model, "x");
}

CAF_TEST(who_may_be_stood_in_for) {
  CAF_CHECK(may_fall_back({errc::unreachable, "", {}, {}}));
  CAF_CHECK(may_fall_back({errc::unavailable, "", {}, {}}));
  CAF_CHECK(may_fall_back({errc::upstream_refused, "", {}, {}}));
  CAF_CHECK(may_fall_back({errc::bad_request, "", {}, {{"unsuited", true}}}));
  CAF_CHECK(!may_fall_back({errc::bad_request, "", {}, {}}));
  CAF_CHECK(may_fall_back({errc::outcome_unknown, "", {}, {}}));
  CAF_CHECK(!may_fall_back({errc::not_found, "", {}, {}}));
  CAF_CHECK(!may_fall_back({errc::bad_request, "", {}, {}}));
  CAF_CHECK(!may_fall_back({errc::cancelled, "", {}, {}}));
  CAF_CHECK(!may_fall_back({errc::unreachable, "", {}, {{"partial", true}}}));
}

CAF_TEST(a_chat_that_cannot_be_asked) {
  const world w;
  CAF_CHECK(contains(w.trouble(chat, json::object()), "bad_request"));
  CAF_CHECK(contains(w.trouble(chat, {{"message", 5}}), "bad_request"));
  CAF_CHECK(
      contains(w.trouble(chat, {{"messages", json::array({{{"role", "x"}}})}}),
               "bad_request: parameters.messages[0].role: "));
  CAF_CHECK(contains(
      w.trouble(chat, {{"message", "hi"}, {"tools", json::array({5})}}),
      "bad_request: parameters.tools[0].type: "));
  CAF_CHECK_EQUAL(w.trouble(chat, {{"message", "hi"}, {"provider", "nobody"}}),
                  "not_found: Provider not found: nobody");
  const auto no_model =
      w.trouble(chat, {{"message", "hi"}, {"provider", "cloud"}});
  CAF_CHECK(contains(no_model, "providers.cloud.default_model"));
}

CAF_TEST(switching_changes_the_default_model) {
  const world w;
  const auto x = w.done(model_switch, {{"model", "m2"}});
  CAF_REQUIRE(x.outcome.has_value());
  CAF_REQUIRE_EQUAL(x.changes.size(), 1u);
  CAF_CHECK_EQUAL(x.changes[0].key, "providers.ollama.default_model");
  CAF_CHECK_EQUAL(x.changes[0].value.get<std::string>(), "m2");
  // To what it is already: nothing to change.
  CAF_CHECK(w.done(model_switch, {{"model", "m1"}}).changes.empty());
}

CAF_TEST(switching_to_what_is_not_there) {
  const world w;
  CAF_CHECK_EQUAL(w.trouble(model_switch, {{"model", "m9"}}),
                  "not_found: Model m9 not available");
  CAF_CHECK_EQUAL(w.trouble(model_switch, json::object()),
                  "bad_request: No model specified");
  const auto never =
      w.trouble(model_switch, {{"model", "m1"}, {"provider", "cloud"}});
  CAF_CHECK(contains(never, "unreachable"));
  CAF_CHECK(contains(never, "connection refused"));
}

CAF_TEST(a_configuration_change_tells_before_and_after) {
  const world w;
  const auto x =
      w.done(config_change, {{"key", "log.level"}, {"value", "debug"}});
  CAF_REQUIRE(x.outcome.has_value());
  CAF_CHECK_EQUAL(x.outcome->value().at("before").get<std::string>(), "info");
  CAF_CHECK_EQUAL(x.outcome->value().at("after").get<std::string>(), "debug");
  CAF_REQUIRE_EQUAL(x.changes.size(), 1u);
  CAF_CHECK_EQUAL(x.changes[0].key, "log.level");
}

CAF_TEST(a_configuration_change_that_cannot_be) {
  const world w;
  for (const auto& text :
       {w.trouble(config_change, {{"key", "no.such"}, {"value", 1}}),
        w.trouble(config_change, {{"value", 1}}),
        w.trouble(config_change, json::object())}) {
    CAF_CHECK(contains(text, "log.level"));
    CAF_CHECK(contains(text, "providers.default"));
  }
  CAF_CHECK(w.trouble(config_change, {{"key", "log.level"}}) != "none");
  CAF_CHECK(w.trouble(config_change,
                      {{"key", "log.level"}, {"value", "loud"}}) != "none");
  CAF_CHECK(w.trouble(config_change, {{"key", "providers.default"},
                                      {"value", "nobody"}}) != "none");
}

CAF_TEST(an_api_call_is_asked_of_whoever_calls) {
  const world w;
  const auto x = w.run(api_call, {{"url", "https://a.example/"}});
  CAF_REQUIRE(std::holds_alternative<ask_outside>(x));
  CAF_CHECK_EQUAL(std::get<ask_outside>(x).what.url, "https://a.example/");
  CAF_CHECK(contains(w.trouble(api_call, json::object()),
                     "bad_request: parameters.url"));
}

CAF_TEST(skills_are_asked_of_the_agents) {
  const world w;
  const auto asked = [&](action_type type, const json& parameters,
                         std::optional<std::string> skill = {}) {
    const auto x = w.run(type, parameters, std::move(skill));
    CAF_REQUIRE(std::holds_alternative<ask_agents>(x));
    const auto& q = std::get<ask_agents>(x).what;
    return q.skill_id + ' ' + q.operation + ' ' + q.parameters.str();
  };
  CAF_CHECK_EQUAL(asked(file_operation, {{"operation", "read"}, {"path", "a"}}),
                  R"(filesystem read {"path":"a"})");
  CAF_CHECK_EQUAL(asked(skill_execution, {{"skill_id", "filesystem"},
                                          {"operation", "list"},
                                          {"parameters", {{"path", "b"}}}}),
                  R"(filesystem list {"path":"b"})");
  CAF_CHECK_EQUAL(asked(skill_execution, json::object(), "telegram"),
                  "telegram  {}");
  CAF_CHECK(contains(
      w.trouble(skill_execution, {{"skill_id", "filesystem"}}, "telegram"),
      "two skills are named"));
  CAF_CHECK_EQUAL(w.trouble(skill_execution, json::object(), "juggling"),
                  "not_found: Skill not found: juggling");
  CAF_CHECK(contains(w.trouble(skill_execution, json::object()),
                     "no skill is named"));
}

CAF_TEST(the_result_of_a_chat) {
  const auto x = chat_result({"m1", "hello", 1, 2, 3, "stop"});
  CAF_CHECK_EQUAL(x.value().at("response").get<std::string>(), "hello");
  CAF_CHECK_EQUAL(x.value().at("model").get<std::string>(), "m1");
  CAF_CHECK(!x.member("tool_calls"));
  chat_reply calling{"m1", "", 1, 2, 3, "tool_calls"};
  calling.tool_calls = {{"c", "f", "{}", ""}};
  CAF_CHECK_EQUAL(*chat_result(calling).member("tool_calls"),
                  dump(to_json(calling.tool_calls)));
}

}  // namespace executor_tests
