#include "config/table_rows.hpp"

namespace closedpaw::config {

namespace {

constexpr std::array<std::string_view, 5> threat_names{"low", "medium", "high",
                                                       "critical", "never"};

/// The three limits of one kind of text.
void add_limits(setting_table& table, const std::string& kind,
                prompt_limits prompt_settings::*limits) {
  const auto add = [&](const char* name, threat_limit prompt_limits::*member,
                       std::string_view text) {
    table.push_back(field<settings>(
        "security.prompts." + kind + name,
        [ limits, member ](auto& owner) -> auto& {
          return owner.prompts.*limits.*member;
        },
        choices<threat_limit>(threat_names), at_once, text));
  };
  add("_sanitize_at", &prompt_limits::sanitize_at,
      "the threat level from which such texts are cleaned");
  add("_ask_at", &prompt_limits::ask_at,
      "the threat level from which such actions wait for approval");
  add("_block_at", &prompt_limits::block_at,
      "the threat level from which such actions are refused");
}

void add_prompts(setting_table& table) {
  using s = prompt_settings;
  rows<s> prompts{table, "security.prompts.", &settings::prompts};
  prompts.add("enabled", &s::enabled, booleans(), at_once,
              "judge texts before models and skills get them");
  prompts.add(
      "rules_file", &s::rules_file,
      texts(check_optional_path, "an absolute path"), after_restart,
      "rules in the form of config/prompt_rules.toml, instead of those");
  add_limits(table, "chat", &s::chat);
  add_limits(table, "channel", &s::channel);
  add_limits(table, "skill", &s::skill);
}

/// The two numbers of one class of requests.
void add_rate(setting_table& table, const std::string& kind,
              rate_limit limit_settings::*limit) {
  const auto add = [&](const char* name, std::uint32_t rate_limit::*member,
                       std::string_view text) {
    table.push_back(field<settings>(
        "security.limits." + kind + name,
        [ limit, member ](auto& owner) -> auto& {
          return owner.limits.*limit.*member;
        },
        integers<std::uint32_t>(1, 1'000'000), at_once, text));
  };
  add("_per_second", &rate_limit::per_second,
      "requests of this kind that each user may make a second");
  add("_burst", &rate_limit::burst, "how many of them may come at once");
}

void add_rates(setting_table& table) {
  using s = limit_settings;
  rows<s> limits{table, "security.limits.", &settings::limits};
  limits.add("enabled", &s::enabled, booleans(), at_once,
             "answer users that ask too often with 429");
  add_rate(table, "read", &s::read);
  add_rate(table, "act", &s::act);
  add_rate(table, "approve", &s::approve);
  add_rate(table, "admin", &s::admin);
}

void add_approvals(setting_table& table) {
  using s = security_settings;
  rows<s> security{table, "security.", &settings::security};
  security.add("confirm_critical", &s::confirm_critical, booleans(), at_once,
               "approve critical actions only with the start of their digest");
  security.add("owner_secret", &s::owner_secret, booleans(), at_once,
               "approve critical actions only with the owner secret");
  security.add("strict", &s::strict, booleans(), at_once,
               "skills, providers, channels and their users wait for approval");
}

}  // namespace

void add_security_settings(setting_table& table) {
  add_approvals(table);
  add_prompts(table);
  add_rates(table);
}

}  // namespace closedpaw::config
