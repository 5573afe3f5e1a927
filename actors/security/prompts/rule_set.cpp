#include "actors/security/prompts/rule_set.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

namespace closedpaw::security::prompts {

namespace {

/// With one of three letters a rule of ours would have none, and run over every
/// text.
constexpr int shortest_atom = 2;

RE2::Options options_of(bool any_case) {
  RE2::Options out;
  out.set_case_sensitive(!any_case);
  out.set_log_errors(false);
  // "Any other character" is one byte then, and an automaton a tenth as large.
  out.set_encoding(RE2::Options::EncodingLatin1);
  return out;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

/// Gaps between words ("{0,40}") make one automaton of all rules huge. So the
/// literal pieces that a rule cannot do without are looked for first, all at
/// once, and then only the rules whose pieces are there.
struct rule_set::automaton {
  re2::FilteredRE2 rules{shortest_atom};
  RE2::Set atoms{options_of(false), RE2::UNANCHORED};
  /// FilteredRE2's answer holds places in the order of Add.
  bool has_atoms = false;
  /// The few rules that can match where there is no atom. FilteredRE2 would
  /// take and give back 25 KB for each text to find which these are.
  std::vector<int> without_atoms;
};

rule_set::rule_set(std::vector<prompt_rule> rules,
                   std::unique_ptr<automaton> all)
    : rules_{std::move(rules)}, all_{std::move(all)} {}
rule_set::rule_set(rule_set&&) noexcept = default;
rule_set& rule_set::operator=(rule_set&&) noexcept = default;
rule_set::~rule_set() = default;

result<rule_set> rule_set::compile(std::vector<prompt_rule> rules) {
  auto all = std::make_unique<automaton>();
  for (const auto& x : rules) {
    int place = 0;
    if (const auto code =
            all->rules.Add(piece(x.pattern), options_of(true), &place);
        code != RE2::NoError)
      return failure{errc::bad_request,
                     "the pattern of rule " + x.id + " is not RE2's: " +
                         RE2{piece(x.pattern), options_of(false)}.error(),
                     {},
                     {}};
    if (RE2::FullMatch("", RE2{piece(x.pattern), options_of(true)}))
      return failure{errc::bad_request,
                     "the pattern of rule " + x.id + " matches nothing at all",
                     {},
                     {}};
  }
  std::vector<std::string> atoms;
  all->rules.Compile(&atoms);
  for (const auto& x : atoms)
    all->atoms.Add(piece(RE2::QuoteMeta(piece(x))), nullptr);
  all->has_atoms = !atoms.empty();
  if (all->has_atoms && !all->atoms.Compile())
    return failure{errc::bad_request,
                   "the rules together are too large; simplify them",
                   {},
                   {}};
  all->rules.AllPotentials({}, &all->without_atoms);
  return rule_set{std::move(rules), std::move(all)};
}

std::vector<std::size_t> rule_set::matching(std::string_view plain) const {
  std::vector<int> atoms;
  if (all_->has_atoms)
    all_->atoms.Match(piece(plain), &atoms);
  std::vector<int> found;
  if (!atoms.empty())
    all_->rules.AllMatches(piece(plain), atoms, &found);
  else
    std::ranges::copy_if(
        all_->without_atoms, std::back_inserter(found), [&](int i) {
          return RE2::PartialMatch(piece(plain), all_->rules.GetRE2(i));
        });
  std::ranges::sort(found);
  return {found.begin(), found.end()};
}

std::string rule_set::without(std::string text,
                              const std::vector<std::size_t>& which) const {
  for (const auto i : which)
    RE2::GlobalReplace(&text, RE2{piece(rules_[i].pattern), options_of(true)},
                       "[removed]");
  return text;
}

}  // namespace closedpaw::security::prompts
