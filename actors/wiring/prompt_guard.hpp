#pragma once

#include <future>
#include <memory>
#include <thread>

#include "actors/orchestrator/screening.hpp"
#include "actors/security/prompts/guard.hpp"
#include "config/settings.hpp"

namespace closedpaw::wiring {

/// The judge of prompts. Its rules take longer to compile than a start may:
/// those of the program are compiled by whoever needs them first.
class prompt_guard {
 public:
  /// bad_request says what is wrong with the configured rules.
  static result<std::unique_ptr<prompt_guard>> open(
      const config::prompt_settings& s);

  /// Spares the first request the rules' compilation; in a thread that gives
  /// way to those that answer.
  void warm_up();
  /// From any thread.
  orchestrator::prompt_judge judge() const;
  /// {threat_level, score, matched, sanitized, recommendations}
  json explain(const std::string& text) const;

 private:
  using guard_ptr = std::shared_ptr<const security::prompts::guard>;
  explicit prompt_guard(std::shared_future<guard_ptr> made)
      : made_{std::move(made)} {}

  std::shared_future<guard_ptr> made_;
  std::jthread warming_;
};

}  // namespace closedpaw::wiring
