#define CAF_SUITE screening

#include "actors/orchestrator/screening.hpp"

#include "tests/unit_test.hpp"

namespace screening_tests {

using namespace closedpaw;
using namespace closedpaw::orchestrator;
using config::threat_limit;

/// "bad" is high, "odd" is medium.
prompt_judge words() {
  return {[](std::string_view x) {
            prompt_verdict out;
            if (contains(x, "bad"))
              out = {threat_level::high, 0.8, {{"r", "c", "d", 0.8, {}}}};
            else if (contains(x, "odd"))
              out = {threat_level::medium, 0.6, {}};
            return out;
          },
          [](std::string_view) { return std::string{"clean"}; }};
}

struct world {
  config::prompt_settings settings;
  principal by{"local", "uid:1000"};

  struct seen_request : screening {
    action_request asked;
  };

  seen_request see(action_type type, json parameters) const {
    action_request asked{type, std::move(parameters), {}};
    auto seen = screen(asked, by, words(), settings);
    return {std::move(seen), std::move(asked)};
  }
  transition step(const seen_request& seen) const {
    command_context context;
    context.peer = by;
    return screened(submit(seen.of(seen.asked), context, uuid{}, {}), seen, {});
  }
};

using enum screening_outcome;

CAF_TEST(a_chat_that_reads_badly_is_blocked) {
  const world w;
  const auto seen = w.see(action_type::chat, {{"message", "bad"}});
  CAF_CHECK(seen.outcome == block);
  const auto x = w.step(seen);
  CAF_CHECK(x.row().status == action_status::failed);
  CAF_CHECK_EQUAL(x.row().error_code.value_or(""), "bad_request");
  CAF_CHECK(contains(x.row().error.value_or(""), "threat level high: r"));
  CAF_CHECK_EQUAL(x.row().version, 1U);
  const auto& e = x.events().back();
  CAF_CHECK_EQUAL(e.action_type, "security");
  CAF_CHECK_EQUAL(e.status, "blocked");
  CAF_CHECK_EQUAL(e.level, "high");
  CAF_CHECK_EQUAL(e.outcome.value_or(""), "rejected");
  CAF_CHECK(contains(e.details.str(), R"("score":0.8)"));
}

CAF_TEST(what_reads_oddly_is_told_and_goes_on) {
  const world w;
  const auto seen = w.see(action_type::chat, {{"message", "odd"}});
  CAF_CHECK(seen.outcome == pass);
  const auto x = w.step(seen);
  CAF_CHECK(x.row().status == action_status::executing);
  CAF_CHECK_EQUAL(x.events().back().status, "flagged");
  CAF_CHECK_EQUAL(x.events().size(), 2U);
}

CAF_TEST(what_reads_well_is_not_mentioned) {
  const world w;
  const auto x = w.step(w.see(action_type::chat, {{"message", "fine"}}));
  CAF_CHECK_EQUAL(x.events().size(), 1U);
}

CAF_TEST(who_speaks_decides_what_is_judged) {
  world w;
  const auto talk = [](const char* role) {
    return json{
        {"messages", json::array({{{"role", role}, {"content", "bad"}},
                                  {{"role", "user"}, {"content", "fine"}}})}};
  };
  CAF_CHECK(w.see(action_type::chat, talk("user")).outcome == block);
  CAF_CHECK(w.see(action_type::chat, talk("tool")).outcome == block);
  // Any client can claim that.
  CAF_CHECK(w.see(action_type::chat, talk("assistant")).outcome == block);
  // Defensive set-ups speak of attacks.
  CAF_CHECK(w.see(action_type::chat, talk("system")).outcome == pass);
  CAF_CHECK(w.see(action_type::chat, talk("developer")).outcome == pass);
  // A channel's transcript is ours.
  w.by = {"channel", "telegram:7"};
  CAF_CHECK(w.see(action_type::chat, talk("assistant")).outcome == pass);
  CAF_CHECK(w.see(action_type::chat, talk("user")).outcome == pass);
}

CAF_TEST(every_text_of_a_message_is_judged_and_no_image) {
  const world w;
  const auto say = [&](const char* message) {
    return w
        .see(action_type::chat,
             {{"messages", json::array({json::parse(message)})}})
        .outcome;
  };
  CAF_CHECK(say(R"({"role":"user","content":[{"type":"text","text":"fine"},
                   {"type":"text","text":"bad"}]})") == block);
  // As the model gets it.
  CAF_CHECK(say(R"({"role":"user","content":[{"type":"text","text":"b"},
                   {"type":"text","text":"ad"}]})") == block);
  CAF_CHECK(say(R"({"role":"assistant","content":null,"tool_calls":[{"id":"c",
                   "function":{"name":"f","arguments":"bad"}}]})") == block);
  CAF_CHECK(say(R"({"role":"user","content":[{"type":"image_url",
                   "image_url":{"url":"data:image/png;base64,bad"}}]})") ==
            pass);
}

CAF_TEST(an_attack_may_be_spread_over_messages) {
  const world w;
  const auto whole = prompt_judge{[](std::string_view x) {
                                    prompt_verdict out;
                                    if (contains(x, "b\nad"))
                                      out.level = threat_level::high;
                                    return out;
                                  },
                                  {}};
  const json two{
      {"messages", json::array({{{"role", "user"}, {"content", "b"}},
                                {{"role", "user"}, {"content", "ad"}}})}};
  CAF_CHECK(
      screen({action_type::chat, two, {}}, w.by, whole, w.settings).outcome ==
      block);
}

CAF_TEST(what_skills_are_asked_waits_for_a_person) {
  const world w;
  const auto seen =
      w.see(action_type::file_operation,
            {{"operation", "read"}, {"path", {{"deep", {"x", "bad"}}}}});
  CAF_CHECK(seen.outcome == ask);
  const auto x = w.step(seen);
  CAF_CHECK(x.row().status == action_status::pending);
  CAF_CHECK(x.row().level == security_level::high);
  CAF_CHECK_EQUAL(x.events().back().status, "held");
}

CAF_TEST(a_channel_has_limits_of_its_own) {
  world w;
  w.settings.channel.block_at = threat_limit::never;
  w.settings.channel.ask_at = threat_limit::medium;
  w.by = {"channel", "telegram:7"};
  CAF_CHECK(w.see(action_type::chat, {{"message", "bad"}}).outcome == ask);
  CAF_CHECK(w.see(action_type::chat, {{"message", "odd"}}).outcome == ask);
  w.by = {"local", "uid:1000"};
  CAF_CHECK(w.see(action_type::chat, {{"message", "bad"}}).outcome == block);
}

CAF_TEST(a_cleaned_text_is_what_goes_on) {
  world w;
  w.settings.chat = {threat_limit::medium, threat_limit::never,
                     threat_limit::high};
  const auto seen = w.see(action_type::chat, {{"message", "odd"}});
  CAF_CHECK(seen.outcome == sanitize);
  const auto x = w.step(seen);
  CAF_CHECK_EQUAL(x.row().parameters.str(), R"({"message":"clean"})");
  CAF_CHECK_EQUAL(x.events().back().status, "sanitized");
}

CAF_TEST(what_cannot_be_cleaned_is_blocked) {
  world w;
  w.settings.chat.sanitize_at = threat_limit::medium;
  auto judge = words();
  judge.sanitize = [](std::string_view x) { return std::string{x}; };
  CAF_CHECK(screen({action_type::chat, {{"message", "odd"}}, {}}, w.by, judge,
                   w.settings)
                .outcome == block);
}

CAF_TEST(other_actions_and_switched_off) {
  world w;
  CAF_CHECK(w.see(action_type::model_switch, {{"model", "bad"}}).outcome ==
            pass);
  CAF_CHECK(w.see(action_type::config_change, {{"key", "bad"}}).outcome ==
            pass);
  w.settings.enabled = false;
  const auto seen = w.see(action_type::chat, {{"message", "bad"}});
  CAF_CHECK(seen.outcome == pass);
  CAF_CHECK(seen.verdict.level == threat_level::none);
}

}  // namespace screening_tests
