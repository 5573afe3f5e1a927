#pragma once

#include <memory>
#include <thread>

#include "actors/orchestrator/screening.hpp"
#include "actors/security/prompts/guard.hpp"
#include "config/settings.hpp"

namespace closedpaw::wiring {

/// The judge of prompts. Its rules take longer to compile than a start may:
/// those of the program are compiled when there is time, or by whoever needs
/// them before.
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
  class rules;
  explicit prompt_guard(std::shared_ptr<rules> r) : rules_{std::move(r)} {}

  std::shared_ptr<rules> rules_;
  std::jthread warming_;
};

}  // namespace closedpaw::wiring
