#include "actors/wiring/prompt_guard.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "config/prompt_rules.hpp"

namespace closedpaw::wiring {

namespace {

using security::prompts::guard;
using security::prompts::rule_set;

result<std::shared_ptr<const guard>> make_guard(std::string_view text) {
  auto rules = config::parse_prompt_rules(text);
  if (!rules)
    return rules.error();
  auto compiled = rule_set::compile(std::move(*rules));
  if (!compiled)
    return compiled.error();
  return std::shared_ptr<const guard>{
      std::make_shared<guard>(std::move(*compiled))};
}

}  // namespace

result<std::unique_ptr<prompt_guard>> prompt_guard::open(
    const config::prompt_settings& s) {
  if (s.rules_file.empty())
    return std::unique_ptr<prompt_guard>{new prompt_guard{
        std::async(std::launch::deferred, [] {
          return make_guard(config::builtin_prompt_rules()).value();
        }).share()}};
  std::ifstream in{s.rules_file};
  if (!in)
    return failure{errc::bad_request,
                   "security.prompts.rules_file " + s.rules_file +
                       " cannot be read: " + std::strerror(errno),
                   {},
                   {}};
  auto made = make_guard(std::string{std::istreambuf_iterator<char>{in}, {}});
  if (!made)
    return failure{
        errc::bad_request, s.rules_file + ": " + made.error().message, {}, {}};
  std::promise<guard_ptr> ready;
  ready.set_value(std::move(*made));
  return std::unique_ptr<prompt_guard>{
      new prompt_guard{ready.get_future().share()}};
}

void prompt_guard::warm_up() {
  warming_ = std::jthread{[made = made_] {
    // Of this thread, on Linux; lower is always allowed.
    setpriority(PRIO_PROCESS, 0, 10);
    made.wait();
  }};
}

orchestrator::prompt_judge prompt_guard::judge() const {
  return {
      [made = made_](std::string_view x) { return made.get()->judge(x); },
      [made = made_](std::string_view x) { return made.get()->sanitize(x); }};
}

json prompt_guard::explain(const std::string& text) const {
  const auto verdict = made_.get()->judge(text);
  auto out = to_json(verdict);
  out["sanitized"] = made_.get()->sanitize(text);
  out["recommendations"] = security::prompts::recommendations(verdict);
  return out;
}

}  // namespace closedpaw::wiring
