#include "config/prompt_rules.hpp"

#include <cstdint>

#include "config/rule_list.hpp"

asm(".section .rodata\n"
    "closedpaw_prompt_rules:\n"
    ".incbin \"" CLOSEDPAW_PROMPT_RULES
    "\"\n"
    "closedpaw_prompt_rules_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const char closedpaw_prompt_rules[];
extern "C" const char closedpaw_prompt_rules_end[];

namespace closedpaw::config {

namespace {

failure wrong(std::string what) {
  return {errc::bad_request, "rules of prompts: " + std::move(what), {}, {}};
}

result<prompt_rule> read_rule(const toml::table& from) {
  prompt_rule out;
  out.id = from["id"].value_or(std::string{});
  const auto name =
      out.id.empty()
          ? "the rule of line " + std::to_string(from.source().begin.line)
          : "rule " + out.id;
  out.category = from["category"].value_or(std::string{});
  out.description = from["description"].value_or(std::string{});
  out.pattern = from["pattern"].value_or(std::string{});
  out.weight = from["weight"].value_or(-1.0);
  for (const auto& [key, value] : from)
    if (const auto text = key.str(); text != "id" && text != "category" &&
                                     text != "description" &&
                                     text != "pattern" && text != "weight")
      return wrong(name + " has an unknown key " + std::string{text});
  if (out.id.empty() || out.category.empty() || out.description.empty() ||
      out.pattern.empty())
    return wrong(name + " needs texts id, category, description and pattern");
  if (out.weight < 0 || out.weight > 1)
    return wrong(name + " needs a weight from 0 to 1");
  return out;
}

}  // namespace

std::string_view builtin_prompt_rules() {
  return {closedpaw_prompt_rules, closedpaw_prompt_rules_end};
}

result<std::vector<prompt_rule>> parse_prompt_rules(std::string_view text) {
  return parse_rule_list<prompt_rule>(text, "rules of prompts", read_rule);
}

}  // namespace closedpaw::config
