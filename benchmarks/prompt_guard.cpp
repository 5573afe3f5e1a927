// What the judge of prompts finds, and what it costs: prompt_guard FILE, with
// {"text", "label", "source"} in each line. Beside it the same rules without
// normalization and classifier, as plain patterns would be.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>

#include "actors/security/prompts/classifier.hpp"
#include "actors/security/prompts/guard.hpp"
#include "actors/security/prompts/normalize.hpp"
#include "config/prompt_rules.hpp"

namespace {

using namespace closedpaw;
using namespace closedpaw::security::prompts;

rule_set builtin() {
  return rule_set::compile(
             config::parse_prompt_rules(config::builtin_prompt_rules()).value())
      .value();
}

struct sample {
  std::string text;
  std::string kind;
};

std::vector<sample> read(const std::string& file) {
  std::ifstream in{file};
  std::vector<sample> out;
  for (std::string line; std::getline(in, line);) {
    const auto x = json::parse(line);
    const bool attack = x["label"].get<int>() != 0;
    out.push_back({x["text"].get<std::string>(),
                   (attack ? "attacks of " : "harmless of ") +
                       x["source"].get<std::string>()});
  }
  return out;
}

std::string lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return text;
}

void show_quality(const std::vector<sample>& all) {
  const auto rules = builtin();
  const guard whole{builtin()};
  struct counts {
    int n = 0;
    int patterns = 0;
    int medium = 0;
    int high = 0;
  };
  std::map<std::string, counts> found;
  for (const auto& x : all) {
    auto& c = found[x.kind];
    ++c.n;
    c.patterns += rules.matching(lower(x.text)).empty() ? 0 : 1;
    const auto level = whole.judge(x.text).level;
    c.medium += level >= threat_level::medium ? 1 : 0;
    c.high += level >= threat_level::high ? 1 : 0;
  }
  std::printf("%-28s %6s %16s %10s %10s\n", "", "texts", "plain patterns",
              ">= medium", ">= high");
  for (const auto& [kind, c] : found)
    std::printf("%-28s %6d %14.1f %% %8.1f %% %8.1f %%\n", kind.c_str(), c.n,
                100.0 * c.patterns / c.n, 100.0 * c.medium / c.n,
                100.0 * c.high / c.n);
}

/// The median of the pieces' best of five.
template <class Do>
double microseconds(const std::vector<std::string>& pieces, const Do& act) {
  std::vector<double> all;
  for (const auto& x : pieces) {
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      const auto begun = std::chrono::steady_clock::now();
      act(x);
      const std::chrono::duration<double, std::micro> took =
          std::chrono::steady_clock::now() - begun;
      best = std::min(best, took.count());
    }
    all.push_back(best);
  }
  const auto middle = all.begin() + std::ssize(all) / 2;
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

void show_cost(const std::vector<sample>& all) {
  std::string joined;
  for (const auto& x : all)
    joined += x.text + '\n';
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i + 1024 <= joined.size(); i += 1024)
    pieces.push_back(joined.substr(i, 1024));
  if (pieces.empty())
    return;
  const auto rules = builtin();
  const guard whole{builtin()};
  std::vector<std::string> plain;
  for (const auto& x : pieces)
    plain.push_back(normalize(x).plain);
  std::printf("\nper KiB, median of %zu pieces: ", pieces.size());
  std::printf("normalization %.1f us, ",
              microseconds(pieces, [](const auto& x) { normalize(x); }));
  std::printf("rules %.1f us, ",
              microseconds(plain, [&](const auto& x) { rules.matching(x); }));
  std::printf("classifier %.1f us, ",
              microseconds(plain, [](const auto& x) { attack_odds(x); }));
  std::printf("all %.1f us\n",
              microseconds(pieces, [&](const auto& x) { whole.judge(x); }));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What the judge of prompts finds, and what it costs"};
  std::string file;
  app.add_option("file", file, "Labelled texts, JSON lines")->required();
  CLI11_PARSE(app, argc, argv);
  const auto all = read(file);
  show_quality(all);
  show_cost(all);
  return 0;
}
