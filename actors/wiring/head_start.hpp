#pragma once

#include <future>
#include <memory>
#include <vector>

#include "actors/sandbox/skills/catalogue.hpp"
#include "http/routes/route.hpp"
#include "messages/model/alert.hpp"
#include "messages/model/error.hpp"

namespace closedpaw::wiring {

struct runtime;

/// What the store has no part in, made in two threads while it is opened: a
/// start then waits for its disk and its processors at once. Of the settings
/// only those are looked at that nothing in the store changes.
struct head_start {
  explicit head_start(runtime& r);

  /// Each once.
  std::future<std::vector<http::route>> routes;
  std::future<result<std::vector<alert_rule>>> alert_rules;
  std::future<std::unique_ptr<sandbox::catalogue>> skills;

 private:
  std::future<void> rules_and_routes_;
};

}  // namespace closedpaw::wiring
