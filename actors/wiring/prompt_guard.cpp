#include "actors/wiring/prompt_guard.hpp"

#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>

#include "config/prompt_rules.hpp"

namespace closedpaw::wiring {

namespace {

using security::prompts::guard;
using security::prompts::rule_set;

using guard_ptr = std::unique_ptr<const guard>;

result<guard_ptr> make_guard(std::string_view text) {
  auto rules = config::parse_prompt_rules(text);
  if (!rules)
    return rules.error();
  auto compiled = rule_set::compile(std::move(*rules));
  if (!compiled)
    return compiled.error();
  return guard_ptr{std::make_unique<guard>(std::move(*compiled))};
}

}  // namespace

/// Compiled once, or twice when somebody needs them while the thread that gives
/// way to all others is at it: who waited for that one would wait for all
/// others, too.
class prompt_guard::rules {
 public:
  explicit rules(guard_ptr made) : made_{made.release()} {}
  rules(const rules&) = delete;
  rules& operator=(const rules&) = delete;
  ~rules() { delete made_.load(); }

  const guard& get() {
    if (const auto* known = made_.load())
      return *known;
    const std::lock_guard one_at_a_time{needing_};
    return make();
  }

  const guard& make() {
    if (const auto* known = made_.load())
      return *known;
    auto own = make_guard(config::builtin_prompt_rules()).value();
    const guard* none = nullptr;
    if (!made_.compare_exchange_strong(none, own.get()))
      return *none;
    return *own.release();
  }

 private:
  std::atomic<const guard*> made_;
  std::mutex needing_;
};

result<std::unique_ptr<prompt_guard>> prompt_guard::open(
    const config::prompt_settings& s) {
  if (s.rules_file.empty())
    return std::unique_ptr<prompt_guard>{
        new prompt_guard{std::make_shared<rules>(nullptr)}};
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
  return std::unique_ptr<prompt_guard>{
      new prompt_guard{std::make_shared<rules>(std::move(*made))}};
}

void prompt_guard::warm_up() {
  warming_ = std::jthread{[all = rules_] {
    // Of this thread, on Linux; lower is always allowed.
    setpriority(PRIO_PROCESS, 0, 10);
    all->make();
  }};
}

orchestrator::prompt_judge prompt_guard::judge() const {
  return {
      [all = rules_](std::string_view x) { return all->get().judge(x); },
      [all = rules_](std::string_view x) { return all->get().sanitize(x); }};
}

json prompt_guard::explain(const std::string& text) const {
  const auto& made = rules_->get();
  const auto verdict = made.judge(text);
  auto out = to_json(verdict);
  out["sanitized"] = made.sanitize(text);
  out["recommendations"] = security::prompts::recommendations(verdict);
  return out;
}

}  // namespace closedpaw::wiring
