#pragma once

#include <functional>
#include <optional>

#include "actors/orchestrator/action_machine.hpp"
#include "config/settings.hpp"
#include "messages/model/prompt_verdict.hpp"

namespace closedpaw::orchestrator {

/// How texts from outside are judged and cleaned; any thread.
struct prompt_judge {
  std::function<prompt_verdict(std::string_view)> judge;
  std::function<std::string(std::string_view)> sanitize;
};

enum class screening_outcome : std::uint8_t { pass, sanitize, ask, block };

/// What its texts read like, and what becomes of the request.
struct screening {
  screening_outcome outcome = screening_outcome::pass;
  /// The gravest of them.
  prompt_verdict verdict;
  /// The request with its texts cleaned, where that is the outcome.
  std::optional<action_request> cleaned{};

  /// What goes on.
  const action_request& of(const action_request& asked) const {
    return cleaned ? *cleaned : asked;
  }
};

/// Judges all that a model or a skill would read of it: the messages of a chat
/// but its application's own, the texts among a skill's parameters. What is to
/// be cleaned and still reads badly then is blocked. Pure but for the judge.
screening screen(const action_request& request, const principal& by,
                 const prompt_judge& with, const config::prompt_settings& s);

/// The step with an event about the verdict, from medium upwards; an action
/// that is to be asked about waits for approval, one that is blocked has failed
/// with bad_request.
transition screened(transition step, const screening& seen, timestamp now);

}  // namespace closedpaw::orchestrator
