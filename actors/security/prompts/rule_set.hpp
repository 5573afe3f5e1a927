#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/prompt_verdict.hpp"

namespace closedpaw::security::prompts {

/// All rules as one automaton (RE2: linear in the text). Immutable; any thread.
class rule_set {
 public:
  /// bad_request names the rule whose pattern is not RE2's.
  static result<rule_set> compile(std::vector<prompt_rule> rules);
  rule_set(rule_set&&) noexcept;
  rule_set& operator=(rule_set&&) noexcept;
  ~rule_set();

  /// The rules that normalized text matches, by their place.
  std::vector<std::size_t> matching(std::string_view plain) const;
  const prompt_rule& rule(std::size_t i) const { return rules_[i]; }

  /// The text, in any case, with what these rules match taken out.
  std::string without(std::string text,
                      const std::vector<std::size_t>& which) const;

 private:
  struct automaton;
  rule_set(std::vector<prompt_rule> rules, std::unique_ptr<automaton> all);

  std::vector<prompt_rule> rules_;
  std::unique_ptr<automaton> all_;
};

}  // namespace closedpaw::security::prompts
