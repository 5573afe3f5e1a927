#include "actors/security/prompts/guard.hpp"

#include <algorithm>
#include <cmath>

#include "actors/security/prompts/classifier.hpp"
#include "actors/security/prompts/normalize.hpp"

namespace closedpaw::security::prompts {

namespace {

/// From where a score is of that level. A classifier alone reaches `high` where
/// one in five hundred of its own harmless texts does, and not one in fifty of
/// any kind of them (cross-validated).
constexpr double low_from = 0.25;
constexpr double medium_from = 0.5;
constexpr double high_from = 0.7;
constexpr double critical_from = 0.9;

/// The classifier's odds at which its weight is high_from, and how fast that
/// grows.
constexpr double odds_of_high = -0.25;
constexpr double steepness = 4.0;

/// An attack within a long text is lost in the average over it, so parts of it
/// are judged by themselves; many looks need more certainty of each.
constexpr std::size_t long_text = 1'200;
constexpr std::size_t part_size = 400;
constexpr double doubt_of_parts = 0.25;

/// More of them than a language needs.
constexpr std::size_t many_invisible = 3;

threat_level level_of(double score) {
  if (score >= critical_from)
    return threat_level::critical;
  if (score >= high_from)
    return threat_level::high;
  if (score >= medium_from)
    return threat_level::medium;
  return score >= low_from ? threat_level::low : threat_level::none;
}

double weight_of(double odds) {
  const double offset = std::log(high_from / (1 - high_from));
  return 1 / (1 + std::exp(-(steepness * (odds - odds_of_high) + offset)));
}

prompt_rule signal(const char* id, double weight, const char* description) {
  return {id, "obfuscation", description, weight, {}};
}

/// What the way it is written tells, whatever it says.
std::vector<prompt_rule> signals_of(const disguises& x) {
  std::vector<prompt_rule> out;
  if (x.invisible >= many_invisible)
    out.push_back(signal("invisible-characters", 0.3,
                         "characters that show nothing, within the text"));
  if (x.look_alikes > 0)
    out.push_back(signal("look-alike-letters", 0.35,
                         "words that mix letters of scripts that look alike"));
  if (x.spelled > 1)
    out.push_back(
        signal("spelled-words", 0.2,
               "words that are spaced out or have digits for letters"));
  if (x.controls > 0)
    out.push_back(signal("control-characters", 0.3,
                         "control characters, as terminals obey them"));
  return out;
}

double odds_of(std::string_view plain) {
  double out = attack_odds(plain);
  if (plain.size() <= long_text)
    return out;
  for (std::size_t at = 0; at < plain.size(); at += part_size / 2)
    out = std::max(out,
                   attack_odds(plain.substr(at, part_size)) - doubt_of_parts);
  return out;
}

/// Adds one doubt to others that are independent of it.
double joined(double score, double weight) {
  return 1 - (1 - score) * (1 - weight);
}

}  // namespace

prompt_verdict guard::judge(std::string_view text) const {
  const auto x = normalize(text);
  prompt_verdict out;
  std::vector<std::size_t> matched = rules_.matching(x.plain);
  double odds = odds_of(x.plain);
  bool hidden = false;
  for (const auto& inner : x.decoded) {
    const auto inner_odds = odds_of(inner);
    const auto inner_rules = rules_.matching(inner);
    hidden = hidden || !inner_rules.empty() || inner_odds >= odds_of_high;
    odds = std::max(odds, inner_odds);
    matched.insert(matched.end(), inner_rules.begin(), inner_rules.end());
  }
  std::ranges::sort(matched);
  const auto repeated = std::ranges::unique(matched);
  matched.erase(repeated.begin(), repeated.end());
  for (const auto i : matched) {
    out.matched.push_back(rules_.rule(i));
    out.matched.back().pattern.clear();
  }
  for (auto& s : signals_of(x.found))
    out.matched.push_back(std::move(s));
  if (hidden)
    out.matched.push_back(signal("encoded-attack", 0.5,
                                 "an encoded part that reads like an attack"));
  const double classified = weight_of(odds);
  if (classified >= low_from)
    out.matched.push_back({"classifier",
                           "classifier",
                           "reads like the attacks that it was trained on",
                           classified,
                           {}});
  out.score = 0;
  for (const auto& m : out.matched)
    out.score = joined(out.score, m.weight);
  out.level = level_of(out.score);
  std::ranges::stable_sort(out.matched, std::greater{}, &prompt_rule::weight);
  return out;
}

std::string guard::sanitize(std::string_view text) const {
  return rules_.without(without_disguise(text),
                        rules_.matching(normalize(text).plain));
}

std::vector<std::string> recommendations(const prompt_verdict& x) {
  std::vector<std::string> out;
  if (x.level >= threat_level::high)
    out.emplace_back(
        "Do not pass it to a model that can act; security.prompts blocks it");
  else if (x.level == threat_level::medium)
    out.emplace_back("Let a person look at it before a model acts on it");
  const auto has = [&](std::string_view category) {
    return std::ranges::any_of(
        x.matched, [&](const auto& m) { return m.category == category; });
  };
  if (has("obfuscation"))
    out.emplace_back("Use the sanitized text: parts of it are disguised");
  if (has("data_exfiltration"))
    out.emplace_back("Check which addresses and secrets the model can reach");
  if (has("code_execution"))
    out.emplace_back("Run nothing of it outside of a sandbox");
  return out;
}

}  // namespace closedpaw::security::prompts
