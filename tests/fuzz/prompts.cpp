#include "actors/security/prompts/guard.hpp"
#include "actors/security/prompts/normalize.hpp"
#include "config/prompt_rules.hpp"
#include "messages/model/json.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;
using namespace closedpaw::security::prompts;

namespace {

const guard& shipped() {
  static const guard made{
      rule_set::compile(
          config::parse_prompt_rules(config::builtin_prompt_rules()).value())
          .value()};
  return made;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  const auto verdict = shipped().judge(input);
  fuzz::must(verdict.score >= 0 && verdict.score <= 1, "a score is a share");
  fuzz::must(shipped().judge(input).level == verdict.level,
             "the same text is judged the same");
  fuzz::must(
      verdict.level < threat_level::medium || !recommendations(verdict).empty(),
      "where there is a threat, there is something to do");
  const auto read = normalize(input);
  fuzz::must(read.decoded.size() <= max_decoded, "decoding is bounded");
  // All of it can be written into the audit log.
  for (const auto& text : {read.plain, shipped().sanitize(input)}) {
    std::string quoted;
    append_json_string(quoted, text);
    fuzz::must(parse_json(quoted).has_value(), "what is kept can be read");
  }
  return 0;
}
