#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/security/prompts/rule_set.hpp"
#include "messages/model/prompt_verdict.hpp"

namespace closedpaw::security::prompts {

/// Judges texts before a model or a skill gets them, by rules, by structure and
/// by a classifier, after normalization. Immutable; any thread; linear in the
/// text. Pure.
class guard {
 public:
  explicit guard(rule_set rules) : rules_{std::move(rules)} {}

  prompt_verdict judge(std::string_view text) const;

  /// The text without disguise and without what rules match.
  std::string sanitize(std::string_view text) const;

 private:
  rule_set rules_;
};

/// What may be done about a verdict, one sentence each; for a person.
std::vector<std::string> recommendations(const prompt_verdict& x);

}  // namespace closedpaw::security::prompts
